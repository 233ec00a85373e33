/**
 * undici: global `fetch` and any copy that the program brings, 5 to 8, publish on the same channels. The request object
 * is the same at each event of a request. It meets its socket only when its head is sent, so what dies before is joined
 * to its dial by the error object, which is the socket's own.
 */

import { armed, atResponse } from '../control/breakpoints';
import { hasResponse } from '../control/selection';
import { bodies, keepBody } from '../records/body/recorded';
import { informed } from '../records/informational';
import { Upload } from '../records/upload';
import { Wire } from '../records/wire';
import { wireOf } from '../records/wireOf';
import { heads, watchDecoders } from '../request/decoderStreams';
import { expectRedirect, hopBefore, isRedirect } from '../request/redirects';
import { fetched } from '../request/requestCopies';
import { failedFor, handledBy, leaveWire, retries } from '../request/retries';
import { mayBeRetried, retryOfFailed } from '../request/retryStacks';
import { abort, assign, beginRequest, beginResponse, chunk, fail, finish, hasSent } from '../request/steps';
import { abortedAt, isAbortReason, reasonOfSignal } from '../request/timers';
import { apply } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { link, linked } from '../runtime/links';
import type { AnySocket } from '../runtime/nodeTypes';
import { subscribe } from '../runtime/patches';
import { type AnyFunction, wrap } from '../runtime/wrap';
import { entered, entry } from '../sites/callSite';
import { adopt } from '../sockets/adopt';
import { findCarrier } from '../sockets/carrier';
import { copyOf } from './copies';
import { isOnlyHolder, isOnlyWire, onBeforeConnect, waiting, waits } from './dials';
import { installGivenUp, signalOfFetch, signalOfHandler } from './givenUp';
import { watchLoading } from './loading';
import { leavePool } from './pools';
import { UndiciRecord, type UndiciRequest, type UndiciResponse } from './record';
import { hasFailed, isRefused, mayRefuseBody, mayRefuseHead } from './refusedResponse';
import { watchUpgrades } from './switched';
import { describeFetch, noteReported, watchUndispatched } from './undispatched';

const part = parts.undici;
const recordOf = linked<UndiciRecord>;

export function installUndici(): void {
  watchLoading();
  installGivenUp();
  subscribe('undici:request:create', onCreate);
  subscribe('undici:client:beforeConnect', onBeforeConnect);
  subscribe('undici:client:sendHeaders', onSendHeaders);
  subscribe('undici:request:bodyChunkSent', onGiven);
  subscribe('undici:request:bodySent', onBodySent);
  subscribe('undici:request:headers', onHeaders);
  subscribe('undici:request:bodyChunkReceived', onChunk);
  subscribe('undici:request:trailers', onTrailers);
  subscribe('undici:request:error', onError);
}

/** The global `fetch`, called by the hook's function in its place. */
export const fetchEntry = (original: AnyFunction): AnyFunction =>
  entry(
    original,
    true,
    (result, by) => {
      by.promise = result;
      if (by.made === undefined && part.on) watchUndispatched(by, result, () => describeFetch(by.args ?? []));
    },
    undefined,
    1,
  );

const onCreate = guarded(part, 'undici.create', ({ request }: { request: UndiciRequest }) => {
  const kept = leavePool(request);
  if (kept !== undefined) {
    link(request, kept);
    if (kept.endAt === 0) waits(kept);
    return;
  }
  const copy = copyOf(request, entered.by?.fetch ?? false, { pieces: countPieces, upgrades: watchUpgrades, begin });
  const r = new UndiciRecord(entered.by?.at ?? now(), request, copy);
  link(request, r);
  if (entered.by) {
    entered.by.made ??= r;
    r.pool = entered.by.pool;
    if (entered.by.made === r) {
      r.args = entered.by.args;
      if (r.api === 'fetch') r.call = entered.by;
    }
  }
  if (r.api === 'undici' && r.args === undefined) r.signal = signalOfHandler(request);
  waits(r);
  begin(r);
});

function begin(r: UndiciRecord): void {
  const hop = hopBefore(r);
  if (hop !== undefined && !(r.call !== undefined && isRefused(hop))) r.redirectOf = hop;
  else {
    if (r.api === 'fetch' && entered.by?.fetch !== true) r.signal = signalOfFetch();
    const before = retryOfFailed(r);
    if (before !== undefined) retries(r, before);
    if (entered.by?.fetch) fetched(entered.by.args?.[0], r);
  }
  beginRequest(r);
}

/** Copies before undici 7 have no channel for pieces of the body. */
function countPieces(prototype: object): void {
  wrap(
    prototype,
    'onData',
    (original) =>
      function onData(this: UndiciRequest, ...args: unknown[]) {
        onPiece(this, args[0]);
        return apply(original, this, args);
      },
  );
  wrap(
    prototype,
    'onBodySent',
    (original) =>
      function onBodySent(this: UndiciRequest, ...args: unknown[]) {
        onGivenPiece(this, args[0]);
        return apply(original, this, args);
      },
  );
}

function count(request: UndiciRequest, piece: unknown): void {
  const r = recordOf(request);
  if (r === undefined || r.endAt !== 0) return;
  chunk(r, (piece as Uint8Array).byteLength);
  if (bodies.on) keepBody(r, 'response', piece);
}

const onPiece = guarded(part, 'undici.piece', count);

const onChunk = guarded(part, 'undici.chunk', (m: { request: UndiciRequest; chunk: unknown }) => {
  count(m.request, m.chunk);
});

/** From undici 7 on; a body without a length is counted by nothing else. */
const onGiven = guarded(part, 'undici.give', (m: { request: UndiciRequest; chunk: unknown }) => {
  give(m.request, m.chunk);
});

const onGivenPiece = guarded(part, 'undici.given', give);

function give(request: UndiciRequest, piece: unknown): void {
  const r = recordOf(request);
  if (r === undefined || r.endAt !== 0) return;
  r.given += typeof piece === 'string' ? Buffer.byteLength(piece) : piece instanceof Uint8Array ? piece.byteLength : 0;
  r.lastGivenAt = now();
  if (bodies.on) keepBody(r, 'request', piece);
  const { socket, wire } = r;
  if (socket?.writableNeedDrain !== true || wire === undefined || wire.isH2) return;
  r.upload ??= new Upload();
  r.upload.full();
  wire.followBy((_, event) => {
    if (event[0] !== 'drain' && r.endAt === 0) return true;
    r.upload?.drained(r, now());
    return false;
  });
}

const onSendHeaders = guarded(
  part,
  'undici.send',
  (m: { request: UndiciRequest; headers: unknown; socket: AnySocket | undefined }) => {
    const r = recordOf(m.request);
    if (r !== undefined && r.endAt === 0)
      carriedBy(r, m.socket && (wireOf(m.socket) ?? adopt(m.socket)), m.headers, m.socket);
  },
);

/** A connection takes the request, and its head leaves. */
export function carriedBy(
  r: UndiciRecord,
  wire: Wire | undefined,
  headers: unknown,
  socket: AnySocket | undefined,
): void {
  waiting.delete(r);
  // Sent once more after the connection failed: the earlier one carries it no longer.
  if (r.wire !== undefined) leaveWire(r, now());
  handledBy(r);
  const holder = wire?.last;
  assign(r, wire, r.method !== 'CONNECT');
  r.socket = socket;
  r.sendBeginAt = r.assignedAt;
  if (wire !== undefined && r.method !== 'CONNECT') wire.sentHeads++;
  r.head = headers;
  if (wire?.isH2) return;
  const waited =
    holder !== undefined &&
    holder.method !== 'CONNECT' &&
    holder.endAt > r.createdAt &&
    (holder.assignedAt <= r.createdAt || isOnlyHolder(holder, r));
  if (waited && isOnlyWire(wire)) r.blockedBy = holder.hold === undefined ? holder.id : 0;
}

const onBodySent = guarded(part, 'undici.sent', ({ request }: { request: UndiciRequest }) => {
  const r = recordOf(request);
  if (r !== undefined && r.endAt === 0) hasSent(r);
});

const onHeaders = guarded(
  part,
  'undici.headers',
  ({ request, response }: { request: UndiciRequest; response: UndiciResponse }) => {
    const r = recordOf(request);
    if (r === undefined || r.endAt !== 0) return;
    const { statusCode } = response;
    if (statusCode < 200 && statusCode !== 101) return informed(r, statusCode);
    if (r.wire?.winner === undefined) findCarrier(r);
    const t = now();
    beginResponse(r, t);
    r.response = response;
    if (r.api === 'fetch') {
      if (!heads.watched) watchDecoders();
      heads.last = r;
    }
    if (statusCode >= 400) mayBeRetried(r);
    else if (isRedirect(statusCode)) {
      const location = r.responseHeader('location');
      if (location !== undefined) expectRedirect(r, location);
    }
    if (r.api === 'fetch') mayRefuseHead(r);
    if (statusCode === 101) finish(r, 'upgraded', t);
    else if (r.method === 'CONNECT' && statusCode < 300) finish(r, 'tunnel', t);
    else hasResponse(r);
    if (armed.on) atResponse(r);
  },
);

const onTrailers = guarded(part, 'undici.end', (m: { request: UndiciRequest; trailers?: unknown }) => {
  const r = recordOf(m.request);
  if (r === undefined) return;
  r.trailers = m.trailers;
  heads.last = undefined;
  finish(r, 'complete', now());
  if (r.api === 'fetch') mayRefuseBody(r);
});

/** Errors that say that the program gave up. */
const isAbort = (e: { name?: unknown; code?: unknown } | undefined): boolean =>
  e?.name === 'AbortError' || e?.name === 'TimeoutError' || e?.code === 'UND_ERR_ABORTED';

/** Fetch standard, null body status. */
const hasNoBody = (status = 0): boolean => status === 204 || status === 205 || status === 304;

const onError = guarded(part, 'undici.error', (m: { request: UndiciRequest; error: unknown }) => {
  const r = recordOf(m.request);
  if (r === undefined) return;
  noteReported(m.error);
  failedFor(r);
  hasFailed(r);
  if (r.endAt !== 0) return;
  const error = reasonOfSignal(m.error, r.args);
  // It was given up before it had a connection, and undici has noticed only now.
  const t = (r.wire === undefined && abortedAt(error, r)) || now();
  waiting.delete(r);
  if (r.dial === undefined && r.wire === undefined && error instanceof Object) {
    const wire = linked<unknown>(error);
    if (wire instanceof Wire) r.dial = wire;
  }
  // Nobody read the body, and the response went to the garbage collector: the runtime cancels, nothing failed.
  if (error === 'Response object has been garbage collected' && r.responseBeginAt !== 0) {
    finish(r, 'notRead', t);
    return;
  }
  // The program has had a whole response: what undici makes of its length, or of the connection's end, it never sees.
  if (r.api === 'fetch' && r.responseBeginAt !== 0 && hasNoBody(r.response?.statusCode)) {
    finish(r, 'complete', r.responseBeginAt);
    return;
  }
  const e = error as { name?: unknown; code?: unknown } | undefined;
  // No error at all: the reason that the program gave to `cancel` or `abort`.
  const isProxys = r.dial?.route?.refused === true && e?.code === 'UND_ERR_ABORTED';
  if (!isProxys && (isAbort(e) || isAbortReason(error) || !(typeof error === 'object' && error !== null)))
    abort(r, error, t);
  else fail(r, error, t);
});
