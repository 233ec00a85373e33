/** What a file of another program does not contain is unknown: it is absent, and never 0. */
import { expect, test } from 'vitest';
import { verdictOf } from '../analysis/verdict/verdict';
import { rowsOf } from '../answers/requests/rows';
import { toHar } from '../formats/har/write';
import { nativeText } from '../formats/native/format';
import { parseTrace } from '../formats/read';
import { phasesOf } from '../model/phases/phases';
import type { Request } from '../model/records';
import { Store } from '../model/store/store';
import { headline } from './summary/summary';
import { requestLines } from './table/requestTable';
import { styleFor } from './terminal/say';

const entry = (more: object) => ({
  startedDateTime: '2026-01-01T00:00:00.000Z',
  time: 12,
  request: {
    method: 'GET',
    url: 'https://a.example/x',
    httpVersion: 'HTTP/1.1',
    headers: [],
    bodySize: 0,
    headersSize: -1,
  },
  response: {
    status: 200,
    statusText: 'OK',
    headers: [],
    content: { size: 5 },
    bodySize: 5,
    headersSize: 20,
    _transferSize: 25,
  },
  timings: { blocked: 1, dns: -1, connect: -1, ssl: -1, send: 1, wait: 9, receive: 1 },
  ...more,
});
const har = (...entries: object[]) =>
  JSON.stringify({ log: { version: '1.2', creator: { name: 'x', version: '1' }, entries } });
const phases = (text: string) => {
  const store = Store.fromDocument(parseTrace(text));
  return [...store.requests.values()].map((r) => phasesOf(r, store, 0).phases.map((p) => p.name));
};

test('bytes sent, which HAR does not keep', () => {
  const store = Store.fromDocument(parseTrace(har(entry({}))));
  expect(headline(store, 0)).toContain('25 B received');
  expect(headline(store, 0)).not.toContain('sent');
});

test('nor the sum of them, also in a native file made of it', () => {
  const { counts } = parseTrace(har(entry({})));
  expect(counts).toMatchObject({ requests: 1, bytesReceived: 25 });
  expect(counts).not.toHaveProperty('bytesSent');
  const again = parseTrace(nativeText(parseTrace(har(entry({})))));
  expect(again.counts).toEqual(counts);
  expect(Store.fromDocument(again).counts).not.toHaveProperty('bytesSent');
});

test.each([
  [{ type: 'parser', url: 'https://a.example/', lineNumber: 11, columnNumber: 3 }],
  [{ type: 'preload', url: 'https://a.example/' }],
  [{ type: 'other' }],
])('what Chrome says of a request comes back: %j', (_initiator) => {
  const chrome = { _initiator, _priority: 'VeryHigh' };
  expect(toHar(parseTrace(har(entry(chrome)))).log.entries[0]).toMatchObject(chrome);
  expect(toHar(parseTrace(har(entry({})))).log.entries[0]).not.toHaveProperty('_priority');
});

const eve = (request: object) =>
  JSON.stringify({
    traceBeginAt: '2026-01-01T00:00:00.000Z',
    traceEndAt: '+200ms',
    uuid: '0b4c0d6e-0000-4000-8000-000000000000',
    httpRequests: [{ traceID: 'r1', reqSentAt: '+10ms', reqMethod: 'GET', reqURL: 'http://a.example/', ...request }],
  });

test.each([
  ['aborted: bye', 'Aborted by the program.'],
  ['failed', 'Failed: no reason given.'],
])('when a request of an EVE file ended without a response: %s', (reqError, text) => {
  const store = Store.fromDocument(parseTrace(eve({ reqError })));
  const [request] = [...store.requests.values()];
  const { phases, total, absent } = phasesOf(request as Request, store, 200_000);
  expect([phases, total]).toEqual([[], undefined]);
  for (const name of ['queue', 'wait']) expect(absent).toContainEqual({ name, why: 'notInFormat' });
  expect(verdictOf(request as Request, store, 200_000).text).toBe(text);
  expect(requestLines(rowsOf(store, 0), { style: styleFor({}), width: 200, max: 9 }).join()).not.toContain('0.0 ms');
});

test('a connection that failed earlier has no setup', () => {
  const failed = { status: 0, headers: [], content: { size: 0 }, _error: 'net::ERR_CONNECTION_REFUSED' };
  const none = { dns: -1, connect: -1, ssl: -1 };
  const first = entry({
    connection: '7',
    response: failed,
    timings: { blocked: 1, dns: 2, connect: 3, ssl: -1, send: -1, wait: -1, receive: -1 },
  });
  const later = entry({
    startedDateTime: '2026-01-01T00:00:05.000Z',
    connection: '7',
    response: failed,
    timings: { blocked: 4, ...none, send: 0, wait: 0, receive: 0 },
  });
  const [, second] = phases(har(first, later));
  for (const name of ['dns', 'tcp', 'tls']) expect(second).not.toContain(name);
});

test.each([
  ['net::ERR_CONNECTION_REFUSED', 'tcp'],
  ['net::ERR_NAME_NOT_RESOLVED', 'dns'],
  ['net::ERR_CERT_DATE_INVALID', 'tls'],
  ['net::ERR_EMPTY_RESPONSE', undefined],
])('an error of Chrome names its phase: %s', (_error, phase) => {
  const { requests } = parseTrace(har(entry({ response: { status: 0, headers: [], content: {} }, _error })));
  expect(requests[0]?.error?.phase).toBe(phase);
});

test('an aborted request says so to other programs, and is the same when read again', () => {
  const native = parseTrace(
    har(entry({ response: { status: 0, headers: [], content: {} }, _state: 'aborted', _error: 'aborted: too slow' })),
  );
  expect(native.requests[0]).toMatchObject({ outcome: 'aborted', abort: { reason: 'too slow' } });
  expect(native.requests[0]?.error).toBeUndefined();
  const again = toHar(native);
  expect(again.log.entries[0]).toMatchObject({ _state: 'aborted', _error: 'aborted: too slow' });
  expect(parseTrace(JSON.stringify(again)).requests[0]).toMatchObject({
    outcome: 'aborted',
    abort: { reason: 'too slow' },
  });
});
