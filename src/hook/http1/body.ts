/** Request bodies of `http`: what the program writes, and where `write` returned false. */
import { bodies, keepBody } from '../records/body/recorded';
import { Upload } from '../records/upload';
import { hasSent } from '../request/steps';
import { apply } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { linkedToRequest } from '../runtime/links';
import { frameGone, roomForFrame } from '../runtime/stackLimit';
import { shimAbove, wrap } from '../runtime/wrap';
import type { Http1Record, Outgoing } from './record';

const part = parts.http1;
const recordOf = linkedToRequest<Http1Record>;

export function watchBodies(prototype: object): void {
  for (const name of ['write', 'end']) {
    wrap(
      shimAbove(prototype),
      name,
      (original) =>
        function (this: Outgoing, ...args: unknown[]) {
          const room = roomForFrame();
          try {
            const result: unknown = apply(original, this, args);
            if (args.length > 0) onBody(this, args[0], args[1]);
            if (result === false) onFull(this);
            return result;
          } finally {
            if (room !== 0) frameGone(room);
          }
        },
    );
  }
}

/** A piece of the body that the program gave. */
const onBody = guarded(part, 'http1.give', (req: Outgoing, piece: unknown, encoding: unknown) => {
  if (typeof piece !== 'string' && !(piece instanceof Uint8Array)) return;
  const r = recordOf(req);
  if (r === undefined) return;
  const known = typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8';
  const bytes = typeof piece === 'string' ? Buffer.byteLength(piece, known) : piece.byteLength;
  if (r.given === 0) r.declared = declaredLength(req);
  r.given += bytes;
  if (bodies.on) keepBody(r, 'request', typeof piece === 'string' ? Buffer.from(piece, known) : piece);
  r.lastGivenAt = now();
  if (r.sendBeginAt !== 0 && r.sendEndAt === 0 && r.hasLeft()) hasSent(r);
});

/** `write` gave false: the program is to wait for `drain`. */
const onFull = guarded(part, 'http1.full', (req: Outgoing) => {
  const r = recordOf(req);
  if (r === undefined || r.endAt !== 0 || req.writableNeedDrain !== true) return;
  r.upload ??= new Upload();
  r.upload.full();
});

function declaredLength(req: Outgoing): number {
  const header = req.getHeader('content-length') ?? /\r\ncontent-length: *(\d+)/i.exec(req._header ?? '')?.[1];
  const n = header === undefined ? -1 : Number(header);
  return Number.isInteger(n) ? n : -1;
}
