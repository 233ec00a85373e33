/**
 * Event lines of the spool: how the hook reports to the host what happened.
 *
 * One JSON object a line, `k` first, under 4,096 bytes with its newline, appended to one file an isolate
 * (`<pid>-<tid>-<begin>.<segment>.jsonl`). The first line of each file is `proc`. Ids are bare integers, one counter an
 * isolate; instants are whole µs since the `proc` line's `monotonicNs`. Nothing is promised between files.
 *
 * Hot lines: call sites come apart, read in batches (`src` makes an entry of the isolate's table, `site` points to it);
 * a `req` line may carry the fields of `end` when both are in one write; and what each request says has a short form:
 * - `t`: the instants of the exchange, relative to `createdAt`;
 * - `s`: the response came by HTTP/1.1 with this status; 200 without a `response.statusText` has the text `OK`;
 * - `l`: `loopBusyDuration`;
 * - `b`: sizes of the exchange, `ka`: the response's `Keep-Alive` hint.
 * `more` reports what is known only after the end, `body` a recorded body in parts, `upg` an upgraded connection while it lives,
 * `brk` a hit of a network breakpoint.
 * In these lists null, or being left off at the end, means unknown. The long form stays legal and wins.
 *
 * Everything here comes from the debuggee and is untrusted: `parseLine` validates, unknown kinds are kept and counted.
 */
import type { Static } from 'typebox';
import * as Type from 'typebox';
import { checksOf } from '../base/checks';
import { optional } from '../base/schema';
import {
  bodyContent,
  certificate,
  connection,
  decodeError,
  dial,
  dnsExchange,
  dnsSocket,
  errorInfo,
  lookup,
  request,
  settings,
  tlsTunnel,
} from '../records';
import { proxyEnvironment } from '../records/process';

const n = Type.Integer({ minimum: 0 });
const at = Type.Number();
const part = <T extends Type.TObject>(schema: T, without: readonly (keyof T['properties'] & string)[]) =>
  Type.Partial(Type.Omit(schema, without as readonly string[] as never)) as unknown as Type.TObject<{
    [K in Exclude<keyof T['properties'], (typeof without)[number]>]: Type.TOptional<T['properties'][K]>;
  }>;

/** Instants of an exchange in µs after createdAt: assigned, sendBegin, sendEnd, responseBegin, end, readBegin. */
const exchangeInstants = Type.Array(Type.Union([Type.Number(), Type.Null()]), { maxItems: 16 });

/** bytesSent, bytesReceived, and of the response declaredBytes, wireBytes, bodyBytes, readBytes. */
const exchangeSizes = Type.Array(Type.Union([n, Type.Null()]), { maxItems: 16 });
/** `timeout` (µs) and `max`. */
const keepAliveHint = Type.Array(Type.Union([n, Type.Null()]), { maxItems: 2 });

/** File, line, column, function (may be empty), kind. */
export const siteTuple = Type.Tuple([Type.String(), Type.Number(), Type.Number(), Type.String(), Type.String()]);
export type SiteTuple = Static<typeof siteTuple>;
/** File, line, column in the original source, by a map that only the running program has (tsx, ts-node). */
export const sourceTuple = Type.Tuple([Type.String(), Type.Number(), Type.Number()]);
export type SourceTuple = Static<typeof sourceTuple>;

/**
 * An entry of the isolate's table. `hash`: SHA-256 of the code that ran; `evaluated`: it was made by `eval` or a
 * constructor of functions; `around`: entries of the calls around it, innermost first, where its file is a bundle.
 */
export const sourceLine = Type.Object({
  n,
  at: siteTuple,
  source: optional(sourceTuple),
  evaluated: optional(Type.Literal(true)),
  hash: optional(Type.String({ maxLength: 64 })),
  around: optional(Type.Array(n, { maxItems: 16 })),
});
export type SourceEntry = Static<typeof sourceLine>;

const requestPart = {
  ...part(request, [
    'id',
    'thread',
    'callSite',
    'redirectOf',
    'retryOf',
    'operation',
    'cause',
    'dial',
    'connection',
    'blockedBy',
    'priorSends',
    'stack',
  ]).properties,
  id: n,
  t: optional(exchangeInstants),
  s: optional(n),
  b: optional(exchangeSizes),
  ka: optional(keepAliveHint),
  l: optional(n),
  redirectOf: optional(n),
  retryOf: optional(n),
  operation: optional(n),
  cause: optional(n),
  dial: optional(n),
  connection: optional(n),
  blockedBy: optional(n),
  priorSends: optional(
    Type.Array(
      Type.Object({
        connection: optional(n),
        ordinal: optional(n),
        assignedAt: optional(at),
        endAt: optional(at),
        error: optional(errorInfo('Why the socket was given up.')),
      }),
      { maxItems: 16 },
    ),
  ),
};

/** What comes of a request after its begin. */
const requestLine = Type.Object(requestPart);

/** Of `connection.upgrade`, what the connection itself reports; the rest comes from the request. */
const { chunksSent, chunksReceived, framesSent, framesReceived } = connection.properties.upgrade.properties;
const figures = { chunksSent, chunksReceived, framesSent, framesReceived };
const upgradeFigures = { upgrade: optional(Type.Object(figures)) };

/** See HookCost. */
const cost = Type.Object({ start: n, handlers: n, requests: n });

const attempt = Type.Object({
  id: n,
  family: optional(n),
  remote: optional(Type.Object({ address: Type.String(), port: Type.Integer() })),
  path: optional(Type.String()),
  local: optional(Type.Object({ address: Type.String(), port: Type.Integer() })),
  beginAt: optional(at),
  endAt: optional(at),
  result: optional(Type.String()),
  error: optional(errorInfo('Why it failed.')),
});

/** Kind (0 read, 1 readFrom, 2 write, 3 writeTo), at, returnAt, bytes, remote address and port, error code. */
const operation = Type.Array(Type.Union([Type.Number(), Type.String(), Type.Null()]), { maxItems: 16 });

/** Of the lines, in each `proc`: a file with another one is not read, as its words may mean something else. */
export const linesVersion = 1;

/** Schemas by kind. */
export const lineSchemas = {
  proc: Type.Object({
    v: Type.Integer(),
    trace: Type.String(),
    pid: n,
    ppid: optional(n),
    tid: n,
    segment: n,
    monotonicNs: Type.String({ pattern: '^[0-9]+$' }),
    wallMs: Type.Number(),
    runtime: optional(Type.Object({ name: Type.String(), version: Type.String(), undici: optional(Type.String()) })),
    argv: optional(Type.Array(Type.String())),
    title: optional(Type.String()),
    proxyEnvironment: optional(proxyEnvironment),
    hook: optional(Type.String()),
    parts: optional(Type.Array(Type.String())),
    settings: optional(settings),
  }),
  ctl: Type.Object({
    at,
    generation: optional(n),
    enabled: optional(Type.Array(Type.String())),
    reason: Type.String(),
    limits: optional(Type.Array(Type.String())),
    part: optional(Type.String()),
    message: optional(Type.String()),
    cost: optional(cost),
  }),
  count: Type.Object({ requests: n, failed: n, untraced: n }),
  req: Type.Object({ ...requestPart, createdAt: optional(at), callSite: optional(siteTuple) }),
  head: requestLine,
  hdr: Type.Object({
    id: n,
    side: Type.String(),
    part: optional(n),
    of: optional(n),
    headers: Type.Array(Type.Object({ name: Type.String(), value: optional(Type.String()), length: optional(n) })),
  }),
  body: Type.Object({
    id: n,
    side: Type.String(),
    part: n,
    of: n,
    text: Type.String(),
    about: optional(Type.Omit(bodyContent, ['text'])),
  }),
  mark: requestLine,
  more: Type.Object({ id: n, bodyBytes: optional(n), readBytes: optional(n), decodeError: optional(decodeError) }),
  end: requestLine,
  dial: Type.Object({
    ...part(dial, ['id', 'thread', 'request', 'callSite', 'lookup', 'attempts', 'connection']).properties,
    id: n,
    request: optional(n),
    callSite: optional(siteTuple),
  }),
  lookup: Type.Object({
    ...part(lookup, ['id', 'thread', 'dial', 'callSite', 'system']).properties,
    id: n,
    dial: optional(n),
    callSite: optional(siteTuple),
  }),
  /** Messages of one exchange; `socket` is there when it was the resolver's, a later line adds messages. */
  dns: Type.Object({
    ...part(dnsExchange, ['id', 'thread', 'lookup', 'connection', 'followUpOf']).properties,
    id: n,
    lookup: optional(n),
    dial: optional(n),
    connection: optional(n),
    followUpOf: optional(n),
    socket: optional(Type.Object({ ...dnsSocket.properties, id: n })),
  }),
  conn: Type.Object({
    dial: optional(n),
    endAt: optional(at),
    attempts: Type.Array(attempt),
    connection: optional(n),
    earlierTrace: optional(Type.Boolean()),
    mocked: optional(Type.Boolean()),
    kind: optional(Type.String()),
    direction: optional(Type.String()),
    createdAt: optional(at),
    local: optional(Type.Object({ address: Type.String(), port: Type.Integer() })),
    error: optional(errorInfo('Why no attempt connected.')),
    abort: optional(Type.Object({ at: optional(at), reason: optional(Type.String()) })),
    options: connection.properties.options,
    protocol: optional(Type.String()),
  }),
  cert: certificate,
  tls: Type.Object({
    ...part(tlsTunnel, ['id', 'connection', 'outer']).properties,
    id: n,
    connection: optional(n),
    outer: optional(n),
  }),
  tunnel: Type.Object({
    id: n,
    host: optional(Type.String()),
    port: optional(Type.Integer()),
    establishedAt: optional(at),
  }),
  close: Type.Object({
    ...part(connection, ['id', 'thread', 'dial', 'tunnel', 'upgrade']).properties,
    ...upgradeFigures,
    id: n,
  }),
  upg: Type.Object({ id: n, upgrade: Type.Object(figures) }),
  ops: Type.Object({ connection: n, dropped: optional(n), list: Type.Array(operation) }),
  src: sourceLine,
  site: Type.Object({ s: Type.Array(n) }),
  /** Entries of the isolate's table, innermost first; below 0: reached by an await. */
  stack: Type.Object({ id: n, f: Type.Array(Type.Integer(), { maxItems: 64 }) }),
  /** A hit of a network breakpoint. The last line of its file while the program is paused at it. */
  brk: Type.Object({
    at,
    breakpoint: Type.String({ maxLength: 128 }),
    hits: n,
    what: Type.Union([Type.Literal('stop'), Type.Literal('over'), Type.Literal('log'), Type.Literal('count')]),
    title: optional(Type.String()),
    request: optional(n),
    method: optional(Type.String()),
    url: optional(Type.String()),
    text: optional(Type.String()),
    callSite: optional(Type.Object({ file: Type.String(), line: n, column: n, function: optional(Type.String()) })),
  }),
  loss: Type.Object({
    what: Type.String(),
    count: n,
    kind: optional(Type.String()),
    reason: optional(Type.String()),
    beginAt: optional(at),
    endAt: optional(at),
  }),
  /** A child process, or a thread of this one, that may not have the hook. */
  child: Type.Object({
    at,
    pid: n,
    threadId: optional(n),
    argv: Type.Array(Type.String(), { maxItems: 64 }),
    why: Type.String({ maxLength: 16 }),
  }),
  exit: Type.Object({ at, code: optional(Type.Integer()), cost: optional(cost) }),
} as const;

const recordOf: { [K in LineKind]?: Type.TObject } = {
  req: request,
  head: request,
  mark: request,
  end: request,
  dial,
  lookup,
  dns: dnsExchange,
  tls: tlsTunnel,
  close: connection,
  upg: connection,
};

/** Fields of the record that no line of the kind may carry: the fold alone sets them. */
const foldOnly = Object.fromEntries(
  Object.entries(recordOf).map(([kind, schema]) => [
    kind,
    Object.keys(schema.properties).filter((key) => !Object.hasOwn(lineSchemas[kind as LineKind].properties, key)),
  ]),
) as Partial<Record<LineKind, string[]>>;

export type LineKind = keyof typeof lineSchemas;
/** A valid line of kind K. */
export type LineOf<K extends LineKind> = { k: K } & Static<(typeof lineSchemas)[K]>;
export type KnownLine = { [K in LineKind]: LineOf<K> }[LineKind];
/** A line of a kind that this version does not know: kept and counted. */
export interface UnknownLine {
  k: string;
}

const checks = checksOf(lineSchemas, 'line.');

export type ParsedLine = { line: KnownLine } | { unknown: UnknownLine } | { error: string };

const isKind = (k: string): k is LineKind => Object.hasOwn(lineSchemas, k);

/** Parses and validates one line (without its newline). Never throws; an error names the place in the line. */
export function parseLine(text: string): ParsedLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (e) {
    return { error: `not JSON: ${(e as Error).message}` };
  }
  const k = (value as { k?: unknown } | null)?.k;
  if (typeof value !== 'object' || typeof k !== 'string') return { error: 'not an event line: no kind "k"' };
  if (!isKind(k)) return { unknown: value as UnknownLine };
  if (checks[k].passes(value)) {
    for (const key of foldOnly[k] ?? []) delete (value as Record<string, unknown>)[key];
    return { line: value as KnownLine };
  }
  const first = checks[k].firstError(value);
  return { error: `${k} line${first?.instancePath ?? ''} ${first?.message ?? 'is not valid'}` };
}
