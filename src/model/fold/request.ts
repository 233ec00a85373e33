/** The lines of a request: `req`, `head`, `hdr`, `mark`, `end`, and the call sites that come apart. */

import { recordIdOf } from '../base/ids';
import { packageOf } from '../base/package';
import { hasFailed } from '../facts/outcome';
import { type RanSite, ran } from '../facts/ran';
import type { LineOf, SiteTuple, SourceEntry, SourceTuple } from '../lines/lines';
import {
  type CallSite,
  type Connection,
  type DecodeError,
  type ErrorInfo,
  type Request,
  request as requestSchema,
} from '../records';
import type { Store } from '../store/store';
import { merge, shiftedField } from './merge';
import { serverTimingOf } from './serverTiming';
import type { Isolate } from './types';

type RequestLine = LineOf<'req'> | LineOf<'head'> | LineOf<'mark'> | LineOf<'end'>;

const references = ['redirectOf', 'retryOf', 'operation', 'cause', 'dial', 'connection', 'blockedBy'] as const;
const instants = ['assignedAt', 'sendBeginAt', 'sendEndAt', 'responseBeginAt', 'endAt'] as const;

/** What a tool's own socket took (nock, msw) while the real one could not be connected: it never left. */
function withoutUnsent(r: Request): Request {
  const phase = r.error?.phase;
  if ((phase !== 'dns' && phase !== 'tcp') || r.connection !== undefined || r.responseBeginAt !== undefined) return r;
  const { assignedAt: _, sendBeginAt: _begin, sendEndAt: _end, ...rest } = r;
  return rest;
}

/** It was given a connection, and its end says that a tool answered instead. */
function withoutCarrier(r: Request): Request {
  if (!r.mocked || r.connection === undefined) return r;
  const { connection: _, ordinal: _ordinal, idleDuration: _idle, bytesSent: _sent, bytesReceived: _got, ...rest } = r;
  return rest;
}

export function foldRequest(store: Store, isolate: Isolate, line: RequestLine): void {
  const id = recordIdOf(isolate.thread, line.id);
  const before = store.requests.get(id);
  if ((line as { direction?: unknown }).direction === 'in' || store.incoming.has(id))
    return foldIncoming(store, isolate, line, id);
  if (line.k === 'mark' && before?.outcome !== undefined) return;
  if (line.k === 'req') {
    const made = { id, thread: isolate.thread };
    // Most requests are one such line: its fields are put into the record at once.
    const whole = before
      ? merge<Request>(before, fieldsOf(isolate, line, before))
      : fieldsOf(isolate, line, before, made);
    const next = withoutUnsent(whole);
    if (next.traceRequests === undefined && isolate.enabled.length > 0) next.traceRequests = isolate.enabled;
    if (line.callSite) next.callSite = siteOf(line.callSite);
    if (!before) {
      store.counts.requests++;
      match(store, isolate.thread, next.traceRequests ?? []);
    }
    finish(store, before, withoutLost(next, 'start'));
    startOperation(store, next);
    return;
  }
  const fields = fieldsOf(isolate, line, before);
  if (before) {
    const next = withoutCarrier(
      withoutUnsent(merge<Request>(before, ended(before) ? withoutEnd(before, fields) : fields)),
    );
    const late = fields.traceRequests?.filter((t) => !before.traceRequests?.includes(t)) ?? [];
    if (late.length > 0) match(store, isolate.thread, late);
    finish(store, before, next);
    // A try may be known as one only after its first line.
    if (before.operation === undefined) startOperation(store, next);
    return;
  }
  if (line.k === 'mark' || store.wasEvicted(id, fields)) return;
  // Its first line was lost: what is known of it counts all the same.
  store.counts.requests++;
  finish(store, undefined, merge<Request>({ id, thread: isolate.thread, lost: ['start'] }, fields));
}

/** A request that the program answers. */
function foldIncoming(store: Store, isolate: Isolate, line: RequestLine, id: string): void {
  const before = store.incoming.get(id) ?? { id, thread: isolate.thread };
  store.setIncoming(merge<Request>(before, fieldsOf(isolate, line, before)));
}

/** What the fields of a line become that are not the record's: short forms, and ids of the isolate. */
const apart: ReadonlySet<string> = new Set([
  ...['k', 'id', 't', 's', 'b', 'ka', 'l', 'callSite', 'priorSends', ...references],
  // It would be no field, but what all fields that are missing are looked for in.
  '__proto__',
]);

/** Fields of a line on the trace's clock, with the isolate's ids made the trace's. */
function fieldsOf(isolate: Isolate, line: RequestLine, before: Request | undefined): Partial<Request>;
function fieldsOf(isolate: Isolate, line: RequestLine, before: Request | undefined, into: Request): Request;
function fieldsOf(
  isolate: Isolate,
  line: RequestLine,
  before: Request | undefined,
  fields: Partial<Request> = {},
): Partial<Request> {
  const { s, b, ka, l, t } = line;
  const raw = line as Record<string, unknown>;
  const own = fields as Record<string, unknown>;
  for (const key of Object.keys(raw))
    if (!apart.has(key)) own[key] = shiftedField(requestSchema, key, raw[key], isolate.offset);
  for (const key of references) {
    const n = raw[key];
    if (typeof n === 'number') fields[key] = recordIdOf(isolate.thread, n);
  }
  if (line.priorSends) {
    const shifts = shiftedField(requestSchema, 'priorSends', line.priorSends, isolate.offset) as object[];
    fields.priorSends = line.priorSends.map((p, i) => ({
      ...shifts[i],
      ...(p.connection !== undefined ? { connection: recordIdOf(isolate.thread, p.connection) } : {}),
    })) as NonNullable<Request['priorSends']>;
  }
  if (s !== undefined) {
    fields.protocol ??= 'http/1.1';
    const given = fields.response;
    fields.response = s === 200 ? { status: s, statusText: 'OK' } : { status: s };
    if (given) Object.assign(fields.response, given);
  }
  if (b) takeSizes(fields, b);
  if (ka) fields.response = { keepAlive: present({ timeout: ka[0], max: ka[1] }), ...fields.response };
  if (l !== undefined) fields.loopBusyDuration ??= l;
  const created = fields.createdAt ?? before?.createdAt;
  if (t && created !== undefined) {
    for (let i = 0; i < instants.length; i++) {
      const v = t[i];
      if (typeof v === 'number') fields[instants[i] as (typeof instants)[number]] = created + v;
    }
    const read = t[5];
    if (typeof read === 'number') {
      if (s === undefined) fields.response = { ...fields.response, readBeginAt: created + read };
      else (fields.response as NonNullable<Request['response']>).readBeginAt = created + read;
    }
  }
  return fields;
}

/** The short form of sizes; what the line says in full stays. */
function takeSizes(fields: Partial<Request>, sizes: readonly (number | null)[]): void {
  if (typeof sizes[0] === 'number') fields.bytesSent ??= sizes[0];
  if (typeof sizes[1] === 'number') fields.bytesReceived ??= sizes[1];
  const [, , declaredBytes, wireBytes, bodyBytes, readBytes] = sizes;
  const response: NonNullable<Request['response']> = {};
  if (typeof declaredBytes === 'number') response.declaredBytes = declaredBytes;
  if (typeof wireBytes === 'number') response.wireBytes = wireBytes;
  if (typeof bodyBytes === 'number') response.bodyBytes = bodyBytes;
  if (typeof readBytes === 'number') response.readBytes = readBytes;
  for (const _ in response) {
    fields.response = fields.response ? Object.assign(response, fields.response) : response;
    return;
  }
}

/** Without the fields that are unknown. */
function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const out: Record<string, unknown> = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== null && value !== undefined) out[key] = value;
  }
  return out as { [K in keyof T]?: NonNullable<T[K]> };
}

const ended = (r: Request): boolean => r.outcome !== undefined;

/** The end that was reported first stays, but for a whole response that its client then refused. */
function withoutEnd(before: Request, fields: Partial<Request>): Partial<Request> {
  const { outcome, endAt: _, ...rest } = fields;
  return before.outcome === 'complete' && outcome === 'failed' ? { ...rest, outcome } : rest;
}

function withoutLost(r: Request, what: string): Request {
  if (!r.lost) return r;
  const lost = r.lost.filter((l) => l !== what);
  const { lost: _, ...rest } = r;
  return lost.length > 0 ? { ...rest, lost } : rest;
}

/** Stores the request and what follows for counts and for its connection. */
function finish(store: Store, before: Request | undefined, next: Request): void {
  if (!hasFailed(before) && hasFailed(next)) store.counts.failed++;
  store.setRequest(next);
  const c = next.connection === undefined ? undefined : store.connections.get(next.connection);
  if (!c) return takeBack(store, before, next);
  if (next.outcome === 'tunnel' && before?.outcome !== 'tunnel')
    return store.setConnection({ ...c, tunnel: tunnelOf(next) });
  // The figure of `close` is final: the last request's `end` may follow it.
  const counted = c.closedAt !== undefined && c.requestCount !== undefined;
  const first = !counted && !sentOn(before, c.id) && sentOn(next, c.id);
  const hint = next.response?.keepAlive;
  const protocol =
    next.protocol !== undefined && next.outcome !== 'tunnel' && next.outcome !== 'upgraded'
      ? next.protocol === 'http/1.0'
        ? 'http/1.1'
        : next.protocol
      : undefined;
  const switches = next.outcome === 'upgraded' && before?.outcome !== 'upgraded';
  if (
    !first &&
    !switches &&
    (hint === undefined || hint === c.keepAliveHint) &&
    (protocol === undefined || protocol === c.protocol)
  )
    return;
  store.setConnection({
    ...(switches ? switched(c, next) : c),
    ...(protocol !== undefined ? { protocol } : {}),
    ...(first ? { requestCount: (c.requestCount ?? 0) + 1 } : {}),
    ...(hint !== undefined ? { keepAliveHint: hint } : {}),
  });
}

/** What was counted for a connection that did not carry it. */
function takeBack(store: Store, before: Request | undefined, next: Request): void {
  const c = next.mocked && before?.connection !== undefined ? store.connections.get(before.connection) : undefined;
  if (c?.requestCount && c.closedAt === undefined && sentOn(before, c.id))
    store.setConnection({ ...c, requestCount: c.requestCount - 1 });
}

/** Whether the head of the request was sent on this connection. */
export function sentOn(r: Request | undefined, connection: string): boolean {
  return r?.connection === connection && (r.sendBeginAt ?? r.responseBeginAt) !== undefined;
}

/** The connection after the switch that a request made of it. */
function switched(c: Connection, r: Request): Connection {
  const { upgrade } = r;
  const protocol = upgrade?.protocol?.toLowerCase();
  return {
    ...c,
    ...(protocol !== undefined ? { protocol } : {}),
    upgrade: { ...c.upgrade, ...upgrade, request: r.id },
  };
}

/** The tunnel that a CONNECT made of its connection. */
function tunnelOf(r: Request): NonNullable<Connection['tunnel']> {
  const authority = r.target ?? r.url?.replace(/^[a-z]+:\/\/[^/]*\//i, '') ?? '';
  const m = /^(.*):(\d+)$/.exec(authority);
  return {
    request: r.id,
    ...(m ? { host: (m[1] as string).replace(/^\[|\]$/g, ''), port: Number(m[2]) } : {}),
    ...(r.responseBeginAt !== undefined ? { establishedAt: r.responseBeginAt } : {}),
  };
}

/** `operation` is set on the first hop too, once there is a second. */
function startOperation(store: Store, r: Request): void {
  if (r.operation === undefined || r.operation === r.id) return;
  const first = store.requests.get(r.operation);
  if (!first) return;
  const attempt = r.retryOf !== undefined && first.attempt === undefined ? { attempt: 1 } : {};
  if (first.operation === undefined || 'attempt' in attempt)
    store.setRequest({ ...first, operation: first.id, ...attempt });
  const { callSite } = first;
  const mine = store.requests.get(r.id);
  if (mine && callSite && !isOwn(mine)) store.setRequest({ ...mine, callSite: { ...callSite, kind: 'inherited' } });
}

function match(store: Store, thread: string, ids: readonly string[]): void {
  const all = store.header.traceRequests;
  if (!all) return;
  const traceRequests = all.map((t) => {
    if (!ids.includes(t.id)) return t;
    const matched = t.matched ?? [];
    const mine = matched.find((m) => m.thread === thread);
    const others = matched.filter((m) => m !== mine);
    return {
      ...t,
      matched: [...others, { thread, count: (mine?.count ?? 0) + 1 }].sort((a, b) => (a.thread < b.thread ? -1 : 1)),
    };
  });
  store.header = { ...store.header, traceRequests };
}

export function foldHeaders(store: Store, isolate: Isolate, line: LineOf<'hdr'>): void {
  const r = store.requests.get(recordIdOf(isolate.thread, line.id));
  if (!r) return;
  if (line.side === 'request') store.setRequest({ ...r, headers: [...(r.headers ?? []), ...line.headers] });
  else if (line.side === 'response') {
    const headers = [...(r.response?.headers ?? []), ...line.headers];
    const serverTiming = serverTimingOf(headers);
    store.setRequest({ ...r, response: { ...r.response, headers, ...(serverTiming ? { serverTiming } : {}) } });
  } else if (line.side === 'trailers')
    store.setRequest({
      ...r,
      response: { ...r.response, trailers: [...(r.response?.trailers ?? []), ...line.headers] },
    });
}

/** What is known only after the end: a body is decoded, and read, when all of it has come. */
export function foldMore(store: Store, isolate: Isolate, line: LineOf<'more'>): void {
  const r = store.requests.get(recordIdOf(isolate.thread, line.id));
  if (!r) return;
  const { bodyBytes, readBytes, decodeError } = line;
  const response = { ...r.response, ...present({ bodyBytes, readBytes, decodeError }) };
  const error = r.error ?? (decodeError && errorOfDecoding(decodeError));
  const next = { ...r, response, ...present({ error }) };
  if (!hasFailed(r) && hasFailed(next)) store.counts.failed++;
  store.setRequest(next);
}

const errorOfDecoding = ({ code, message }: DecodeError): ErrorInfo => ({
  phase: 'download',
  code,
  ...present({ message }),
});

/** A tuple of the spool as a call site. */
export function siteOf([file, line, column, fn, kind]: SiteTuple, source?: SourceTuple): CallSite {
  const library = kind === 'library' ? packageOf(source?.[0] ?? file) : undefined;
  return {
    file,
    line,
    column,
    ...(fn ? { function: fn } : {}),
    kind,
    ...(library === undefined ? {} : { package: library }),
    ...(source ? { source: { file: source[0], line: source[1], column: source[2] } } : {}),
  };
}

const sites = new WeakMap<SourceEntry, RanSite>();

/** With the isolate also the calls around it. Requests of one place share one object. */
function siteOfEntry(entry: SourceEntry, isolate?: Isolate): RanSite {
  const known = isolate && sites.get(entry);
  if (known) return known;
  const { at, source, hash, evaluated, around } = entry;
  const site = siteOf(at, source);
  const calls = isolate && around?.flatMap((n) => isolate.sources.get(n) ?? []).map((e) => siteOfEntry(e));
  const facts = present({ hash, evaluated, around: calls?.length ? calls : undefined });
  const made = Object.keys(facts).length > 0 ? { ...site, [ran]: facts } : site;
  // A call around it may have its line later.
  if (isolate && calls?.length === around?.length) sites.set(entry, made);
  return made;
}

/** The chain of calls that led to a request. */
export function foldStack(store: Store, isolate: Isolate, line: LineOf<'stack'>): void {
  const r = store.requests.get(recordIdOf(isolate.thread, line.id));
  if (!r) return;
  const stack = line.f.flatMap((n) => {
    const entry = isolate.sources.get(Math.abs(n));
    return entry ? { ...siteOfEntry(entry), ...(n < 0 ? { async: true } : {}) } : [];
  });
  store.setRequest({ ...r, stack });
}

/** Call sites read in batches: pairs of record and entry of the isolate's table. */
export function foldSites(store: Store, isolate: Isolate, line: LineOf<'site'>): void {
  for (let i = 0; i + 1 < line.s.length; i += 2) {
    const entry = isolate.sources.get(line.s[i + 1] as number);
    if (!entry) continue;
    const id = recordIdOf(isolate.thread, line.s[i] as number);
    const callSite = siteOfEntry(entry, isolate);
    const r = store.requests.get(id);
    const d = store.dials.get(id);
    const l = store.lookups.get(id);
    if (r) {
      store.setRequest({ ...r, callSite: siteIn(store, r, callSite) });
      inherit(store, r, callSite);
    } else if (d) {
      if (d.request === undefined) store.setDial({ ...d, callSite });
    } else if (l) store.setLookup({ ...l, callSite });
  }
}

/** Whether it has a call site of the program's own. */
const isOwn = (r: Request): boolean => r.callSite?.kind === 'user' || r.callSite?.kind === 'inherited';

/** A try that a library makes later has no more than the library's frame: its call site is the first try's. */
function siteIn(store: Store, r: Request, found: CallSite): CallSite {
  if (found.kind !== 'library' || r.operation === undefined || r.operation === r.id) return found;
  const first = store.requests.get(r.operation)?.callSite;
  return first?.kind === 'user' ? { ...first, kind: 'inherited' } : found;
}

/** Later hops have no frame of the user's on their stack: theirs is the first hop's. */
function inherit(store: Store, first: Request, site: CallSite): void {
  if (first.operation !== first.id) return;
  for (const r of store.requests.values()) {
    if (r.operation === first.id && r.id !== first.id && !isOwn(r))
      store.setRequest({ ...r, callSite: { ...site, kind: 'inherited' } });
  }
}
