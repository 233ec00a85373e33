/** Client streams of `http2`: what happens on each between its id and its end. */

import { armed, atResponse } from '../control/breakpoints';
import { hasResponse } from '../control/selection';
import { push } from '../output/queue';
import { bodies, keepBody } from '../records/body/recorded';
import { informed } from '../records/informational';
import { Upload } from '../records/upload';
import { expectRedirect, isRedirect } from '../request/redirects';
import { abort, beginResponse, chunk, fail, finish, hasSent, hasTimedOut } from '../request/steps';
import { apply } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { linked } from '../runtime/links';
import { frameGone, roomForFrame } from '../runtime/stackLimit';
import { TimerTurn } from '../runtime/timerTurn';
import { observe, shimAbove, watchEmit, wrap } from '../runtime/wrap';
import { codeName } from './codes';
import { type HeaderObject, type Http2Record, pairs, type Reset, type Stream } from './record';

const part = parts.http2;
const recordOf = linked<Http2Record>;
const seen = new Set<object>();

/** The class of client streams is not exported: its prototype is known from the first stream on. */
export function watchStreams(prototype: object): void {
  if (seen.has(prototype)) return;
  seen.add(prototype);
  watchEmit(prototype, watch as (emitter: never) => boolean | undefined, onEvent as never);
  const shim = shimAbove(prototype);
  for (const name of ['close', 'destroy'])
    observe<Stream>(shim, name, (stream, args) => onLeave(stream, name === 'close' ? undefined : args[0]));
  observe<Stream>(shim, 'setTimeout', (stream) => onClosed(stream));
  wrap(
    shim,
    'write',
    (original) =>
      ({
        call(this: Stream, ...args: unknown[]): unknown {
          const room = roomForFrame();
          try {
            const result: unknown = apply(original, this, args);
            if (result === false) onFull(this);
            return result;
          } finally {
            if (room !== 0) frameGone(room);
          }
        },
      }).call,
  );
  observe<Stream>(shim, '_write', (stream, args) => onWrite(stream, args[0], args[1]));
  observe<Stream>(shim, '_writev', (stream, args) => onWrite(stream, args[0], undefined));
}

/** At each emission: what the stream's own state says has happened since. True where the event itself is needed. */
const watch = guarded(part, 'http2.watch', (stream: Stream): boolean => {
  const r = recordOf(stream);
  if (r === undefined || r.endAt !== 0) return false;
  follow(r, stream);
  return r.endAt === 0 && !stream.readableEnded;
});

export function follow(r: Http2Record, stream: Stream): void {
  if (r.streamId === 0 && stream.id !== undefined) {
    r.streamId = stream.id;
    r.session.give(r);
  }
  if (r.upload !== undefined && stream.writableNeedDrain !== true) r.upload.drained(r, now());
  if (r.assignedAt !== 0 && r.sendEndAt === 0 && stream.writableFinished && stream.errored == null) hasSent(r);
  if (stream.destroyed) ended(r, stream);
  else if (stream.readableEnded && r.responseBeginAt !== 0 && r.sendEndAt !== 0) complete(r);
}

const onEvent = guarded(part, 'http2.event', (stream: Stream, a: ArrayLike<unknown>) => {
  const r = recordOf(stream);
  if (r === undefined || r.endAt !== 0) return;
  switch (a[0]) {
    case 'headers': {
      const status = Number((a[1] as HeaderObject)[':status']);
      if (status >= 100 && status < 200) informed(r, status);
      break;
    }
    case 'response':
      onResponse(r, a[1] as HeaderObject, Number(a[2]), a[3]);
      break;
    case 'trailers':
      r.trailers = listOf(a[1] as HeaderObject, a[3]);
      break;
    case 'data':
      onData(r, stream, a[1]);
      break;
    case 'timeout':
      hasTimedOut(r, now(), (stream as { timeout?: number }).timeout ?? 0, new TimerTurn());
      if (r.timeoutKind === 'socket') r.timeoutKind = 'stream';
  }
});

function onResponse(r: Http2Record, headers: HeaderObject, flags: number, raw: unknown): void {
  if (r.responseBeginAt !== 0) return;
  beginResponse(r, now());
  r.status = Number(headers[':status']) || 0;
  r.answer = listOf(headers, raw);
  r.noBody = (flags & 1) !== 0;
  const { location } = headers;
  if (isRedirect(r.status) && typeof location === 'string') expectRedirect(r, location);
  hasResponse(r);
  if (armed.on) atResponse(r);
}

/** In the order on the wire where Node gives it. */
function listOf(headers: HeaderObject, raw: unknown): string[] {
  if (!Array.isArray(raw)) return pairs(headers);
  const list: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = String(raw[i]);
    if (!name.startsWith(':')) list.push(name, String(raw[i + 1]));
  }
  return list;
}

function onData(r: Http2Record, stream: Stream, piece: unknown): void {
  const bytes =
    typeof piece === 'string' ? textBytes(piece, stream.readableEncoding) : (piece as Uint8Array).byteLength;
  if (!(bytes >= 0) || r.bodyBytes === -2) r.bodyBytes = -2;
  else chunk(r, bytes);
  if (r.readBeginAt === 0) r.readBeginAt = r.lastAt || now();
  if (bodies.on)
    keepBody(r, 'response', typeof piece === 'string' ? Buffer.from(piece, stream.readableEncoding ?? 'utf8') : piece);
}

/** Bytes of a decoded piece; -1 when its text does not show it. */
function textBytes(piece: string, encoding: string | null): number {
  if (encoding === 'latin1' || encoding === 'binary') return piece.length;
  if (encoding === 'utf8' || encoding === 'utf-8') return piece.includes('\ufffd') ? -1 : Buffer.byteLength(piece);
  return encoding === 'hex' ? piece.length / 2 : -1;
}

/** A piece of the body, or several, is handed to the session. */
const onWrite = guarded(part, 'http2.give', (stream: Stream, data: unknown, encoding: unknown) => {
  const r = recordOf(stream);
  if (r === undefined || r.endAt !== 0) return;
  if (Array.isArray(data)) {
    for (const one of data as { chunk?: unknown; encoding?: unknown }[]) given(r, one?.chunk, one?.encoding);
  } else given(r, data, encoding);
  r.lastGivenAt = now();
});

/** `write` gave false: the program is to wait for `drain`. */
const onFull = guarded(part, 'http2.full', (stream: Stream) => {
  const r = recordOf(stream);
  if (r === undefined || r.endAt !== 0 || stream.writableNeedDrain !== true) return;
  r.upload ??= new Upload();
  r.upload.full();
});

function given(r: Http2Record, piece: unknown, encoding: unknown): void {
  const known = encoding as BufferEncoding;
  if (typeof piece === 'string') r.given += Buffer.byteLength(piece, known);
  else if (piece instanceof Uint8Array) r.given += piece.byteLength;
  if (bodies.on) keepBody(r, 'request', typeof piece === 'string' ? Buffer.from(piece, known) : piece);
}

/** `close` or `destroy`: by the program, unless the stream, its session or its socket is over already. */
const onLeave = guarded(part, 'http2.leave', (stream: Stream, error: unknown) => {
  const r = recordOf(stream);
  if (r === undefined || r.endAt !== 0 || r.leftAt !== 0 || stream.closed || stream.destroyed) return;
  const { session, wire } = r.session;
  if (session.destroyed || (wire !== undefined && wire.closedAt !== 0)) return;
  // Node's own reasons: no id left, no session to send on.
  if (session.closed && r.streamId === 0) return;
  if (stream.readableEnded && r.responseBeginAt !== 0 && !error) return;
  r.leftAt = now();
  if (r.timerTurn?.lasts()) r.leftByTimer = true;
  r.leftWith = error;
});

/** Closing a stream ends its timer, before anything else that can be seen. */
const onClosed = guarded(part, 'http2.closed', (stream: Stream) => {
  const r = recordOf(stream);
  if (r === undefined || r.closedAt !== 0 || !stream.closed) return;
  over(r);
});

function over(r: Http2Record): void {
  if (r.closedAt !== 0) return;
  r.closedAt = now();
  r.session.heardGoaway();
  r.session.leave(r);
}

function complete(r: Http2Record): void {
  finish(r, 'complete', now());
  push(r);
}

/** The stream is destroyed: which way it went. */
function ended(r: Http2Record, stream: Stream): void {
  const t = now();
  over(r);
  const { session } = r;
  const error: unknown = stream.errored ?? undefined;
  const code = stream.rstCode ?? 0;
  const answered = r.responseBeginAt !== 0;
  if (code !== 0) {
    const by = whoReset(r, error);
    if (by !== undefined) r.reset = { code, by };
  }
  if (code === 0 && !error && answered && (stream.readableEnded || r.noBody)) return complete(r);
  if (r.leftAt !== 0 || (error as { name?: unknown } | undefined)?.name === 'AbortError')
    return leave(r, r.leftWith ?? error, t);
  if (session.leftAt !== 0 && (r.streamId === 0 || code !== 0 || !answered || error !== undefined))
    return leave(r, session.leftWith, t);
  if (error !== undefined) return fail(r, rootOf(error), t);
  if (code !== 0) return fail(r, reasonOfCode(r, code), t);
  finish(r, answered ? 'notRead' : 'aborted', t);
}

/** Node gives a code to a stream that died of its connection, too: that one nobody has said. */
function whoReset(r: Http2Record, error: unknown): Reset['by'] | undefined {
  const { session } = r;
  if (r.leftAt !== 0 || session.leftAt !== 0) return r.streamId === 0 ? undefined : 'local';
  const code = (error as { code?: unknown } | undefined)?.code;
  if (code === 'ERR_HTTP2_STREAM_ERROR') return 'peer';
  if (code === 'ERR_HTTP2_SESSION_ERROR' && session.goaway) return 'goaway';
  return error === undefined && (session.wire === undefined || session.wire.closedAt === 0) ? 'peer' : undefined;
}

/** A stream that was still waiting for the connection has the error of that as its cause. */
function rootOf(error: unknown): unknown {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return code === 'ERR_HTTP2_STREAM_CANCEL' && cause instanceof Object ? cause : error;
}

/** CANCEL makes no error in Node: neither the peer's, nor that of a connection that went away. */
function reasonOfCode(r: Http2Record, code: number): object {
  const { wire } = r.session;
  if (r.reset === undefined)
    return wire?.closeError instanceof Object ? wire.closeError : { message: 'Connection closed' };
  return { code: codeName(code), message: `Stream closed with error code ${codeName(code)}` };
}

function leave(r: Http2Record, reason: unknown, t: number): void {
  const cause = (reason as { cause?: unknown } | undefined)?.cause as { name?: unknown } | undefined;
  if (cause?.name === 'TimeoutError') {
    r.timeoutKind = 'signal';
    r.timeoutAt = t;
  }
  abort(r, reason, t);
}
