/**
 * What a HAR file must be to be read. Strict only in what nothing can be made without: entries with a begin, a method
 * and a URL. The rest is as found in the wild: missing, null where a figure was not a number, -1, numbers as text.
 */
import type { Static, TSchema } from 'typebox';
import * as Type from 'typebox';

const maybe = <S extends TSchema>(item: S) => Type.Optional(Type.Union([item, Type.Null()]));
const text = maybe(Type.String());
const number = maybe(Type.Number());
/** Ids that some write as numbers. */
const label = maybe(Type.Union([Type.String(), Type.Number()]));

const headers = maybe(
  Type.Array(
    Type.Object({
      name: Type.String(),
      value: maybe(Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
      _length: number,
    }),
  ),
);

const timings = Type.Object({
  blocked: number,
  dns: number,
  connect: number,
  ssl: number,
  send: number,
  wait: number,
  receive: number,
});

const frame = Type.Object({ functionName: text, url: text, lineNumber: number, columnNumber: number });

const entry = Type.Object({
  pageref: label,
  startedDateTime: Type.String(),
  time: number,
  request: Type.Object({
    method: Type.String(),
    url: Type.String(),
    httpVersion: text,
    headers,
    headersSize: number,
    bodySize: number,
    postData: maybe(
      Type.Object({
        mimeType: text,
        text,
        params: maybe(Type.Array(Type.Object({ name: Type.String(), value: text }))),
        _base64: text,
        _truncated: maybe(Type.Boolean()),
      }),
    ),
  }),
  response: maybe(
    Type.Object({
      status: number,
      statusText: text,
      httpVersion: text,
      headers,
      content: maybe(
        Type.Object({
          size: number,
          compression: number,
          mimeType: text,
          text,
          encoding: text,
          _truncated: maybe(Type.Boolean()),
        }),
      ),
      redirectURL: text,
      headersSize: number,
      bodySize: number,
      _transferSize: number,
      _error: text,
    }),
  ),
  timings: maybe(timings),
  serverIPAddress: text,
  connection: label,
  _serverPort: number,
  _securityDetails: maybe(Type.Object({ protocol: text, subjectName: text, issuer: text })),
  _priority: text,
  _initiator: maybe(
    Type.Object({
      type: text,
      url: text,
      lineNumber: number,
      columnNumber: number,
      stack: maybe(Type.Object({ callFrames: maybe(Type.Array(frame)) })),
    }),
  ),
  _resourceType: text,
  _error: text,
  _failureText: text,
  _errorPhase: text,
  _state: text,
  _api: text,
  _process: text,
  _id: text,
  _operation: text,
  _redirectOf: text,
  _retryOf: text,
  _label: text,
  _test: text,
  _proxy: text,
  _informational: maybe(Type.Array(Type.Object({ status: Type.Integer(), time: Type.Number() }))),
  _upgrade: text,
  _timeout: text,
  _mocked: maybe(Type.Boolean()),
  _streamId: number,
  _absentTimings: maybe(Type.Record(Type.String(), Type.String())),
});

export const harInput = Type.Object({
  log: Type.Object({
    creator: maybe(Type.Object({ name: text, version: text })),
    browser: maybe(Type.Object({ name: text, version: text })),
    pages: maybe(Type.Array(Type.Object({ startedDateTime: text, id: label, title: text }))),
    entries: Type.Array(entry),
    comment: text,
    _nettrace: maybe(Type.Object({ id: text, missing: maybe(Type.Array(Type.String())) })),
  }),
});

export type HarInput = Static<typeof harInput>;
export type HarEntryInput = HarInput['log']['entries'][number];
export type HarPageInput = NonNullable<HarInput['log']['pages']>[number];
export type HarFrameInput = Static<typeof frame>;
export type HarHeadersInput = HarEntryInput['request']['headers'];
