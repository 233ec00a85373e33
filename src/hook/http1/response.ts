/** Responses of `http` and `https`: the pieces of their bodies as the program takes them, and their ends. */
import type { IncomingMessage } from 'node:http';
import { bodies, keepBody } from '../records/body/recorded';
import { findDecoder } from '../request/decoderStreams';
import { abort, chunk, fail, finish } from '../request/steps';
import { apply } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { linkedToResponse } from '../runtime/links';
import { watchEmit, wrap } from '../runtime/wrap';
import type { Http1Record } from './record';

const part = parts.http1;
const recordOf = linkedToResponse<Http1Record>;
export type Response = IncomingMessage & { _dumped?: boolean; _readableState?: { pipes?: unknown[] } };

export function watchResponses(prototype: object): void {
  wrap(
    prototype,
    '_destroy',
    (original) =>
      function _destroy(this: Response, ...args: unknown[]) {
        onResponseDestroy(this, args[0]);
        return apply(original, this, args);
      },
  );
  watchEmit(prototype, watchResponse as (emitter: never) => boolean | undefined, onResponseEvent as never);
}

const watchResponse = guarded(part, 'http1.body', (res: Response): boolean => {
  const r = recordOf(res);
  if (r === undefined || r.endAt !== 0) return false;
  if (!res.readableEnded) return true;
  r.readEndAt ||= now();
  // A request whose own body is still on its way ends with its `close`, unless that has come already.
  if (r.hasLeft()) {
    if (r.sendEndAt === 0) r.sendEndAt = r.responseBeginAt;
    finish(r, 'complete', r.readEndAt);
  } else if (r.outgoing._closed) finish(r, 'complete', r.readEndAt);
  return false;
});

const onResponseEvent = guarded(part, 'http1.data', (res: Response, a: ArrayLike<unknown>) => {
  if (a[0] !== 'data') return;
  const r = recordOf(res);
  if (r === undefined || r.endAt !== 0) return;
  const bytes = sizeOf(a[1], res.readableEncoding);
  if (bodies.on)
    keepBody(r, 'response', typeof a[1] === 'string' ? Buffer.from(a[1], res.readableEncoding ?? 'utf8') : a[1]);
  if (r.chunks === 0 && isPiped(res)) findDecoder(r, res);
  if (bytes < 0 || r.bodyBytes === -2) r.bodyBytes = -2;
  else chunk(r, bytes);
  if (r.readBeginAt === 0) r.readBeginAt = r.lastAt || now();
});

const isPiped = (res: Response): boolean => (res._readableState?.pipes?.length ?? 0) > 0;

/** Bytes of a chunk; -1 when a decoder has made it text from which the size cannot be computed. */
function sizeOf(piece: unknown, encoding: string | null): number {
  if (typeof piece !== 'string') return (piece as Uint8Array).byteLength ?? -1;
  if (encoding === 'latin1' || encoding === 'binary') return piece.length;
  if (encoding === 'utf8' || encoding === 'utf-8') return piece.includes('\ufffd') ? -1 : Buffer.byteLength(piece);
  return encoding === 'hex' ? piece.length / 2 : -1;
}

/** The response is given up: by the program, or by Node when the connection went away under it. */
const onResponseDestroy = guarded(part, 'http1.giveUp', (res: Response, error: unknown) => {
  const r = recordOf(res);
  if (r === undefined || r.endAt !== 0) return;
  if (res.complete && res.readableEnded) {
    if (r.hasLeft() || r.outgoing._closed) finish(r, 'complete', r.readEndAt || now());
  } else if (res.complete && !error) return;
  else if (r.wire !== undefined && r.wire.closedAt !== 0 && (error as NodeJS.ErrnoException)?.code === 'ECONNRESET') {
    fail(r, r.wire.closeError ?? error, now());
  } else abort(r, error, now());
});
