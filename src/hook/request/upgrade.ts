/**
 * A connection after a protocol switch (WebSocket, or any other): what goes over it in both directions, counted at the
 * socket's own calls and events. `write` is watched only from the first switch of the program on.
 */

import { line } from '../output/json';
import { push, type Writable } from '../output/queue';
import { Stream } from '../records/body/marks';
import type { RequestRecord } from '../records/request';
import type { Wire } from '../records/wire';
import { wireOf } from '../records/wireOf';
import { apply, nodeModule } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import type { AnySocket } from '../runtime/nodeTypes';
import { shimAbove, wrap } from '../runtime/wrap';
import { Frames } from './websocketFrames';

const part = parts.net;
let watching = false;

class Upgraded implements Writable {
  private readonly sent = new Stream();
  private readonly received = new Stream();
  /** Of a WebSocket. */
  private readonly framesSent: Frames | undefined;
  private readonly framesReceived: Frames | undefined;
  private lineAt = now();

  constructor(
    private readonly wire: Wire,
    private readonly socket: AnySocket,
    protocol: string,
  ) {
    const framed = protocol.toLowerCase() === 'websocket';
    this.framesSent = framed ? new Frames() : undefined;
    this.framesReceived = framed ? new Frames() : undefined;
  }

  came(piece: unknown, encoding: unknown): void {
    this.note(this.received, this.framesReceived, piece, encoding);
  }

  gave(socket: AnySocket, piece: unknown, encoding: unknown): void {
    if (socket === this.socket) this.note(this.sent, this.framesSent, piece, encoding);
  }

  /** An event of the socket. */
  event(socket: AnySocket, a: ArrayLike<unknown>): void {
    if (socket === this.socket && a[0] === 'data') this.came(a[1], socket.readableEncoding);
  }

  figures(): object {
    return {
      chunksSent: this.sent.pieces(),
      chunksReceived: this.received.pieces(),
      framesSent: this.framesSent?.totals(),
      framesReceived: this.framesReceived?.totals(),
    };
  }

  /** While it is open, at most once per second; the final counts are in the connection's `close` line. */
  lines(): string {
    const { wire } = this;
    if (!wire.wanted || wire.closedAt !== 0 || wire.connection === 0) return '';
    return line({ k: 'upg', id: wire.connection, upgrade: this.figures() });
  }

  private note(stream: Stream, frames: Frames | undefined, piece: unknown, encoding: unknown): void {
    const bytes = sizeOf(piece, encoding);
    if (bytes <= 0) return;
    const t = now();
    stream.add(t, bytes);
    if (frames !== undefined && !frames.skip(bytes))
      frames.take(typeof piece === 'string' ? Buffer.from(piece, encodingOf(encoding)) : (piece as Uint8Array));
    if (t - this.lineAt < 1000) return;
    this.lineAt = t;
    push(this);
  }
}

/** The request has ended with a switch; `head` is what came in the same read as the reply. */
export function upgraded(r: RequestRecord, socket: AnySocket | undefined, head?: unknown): void {
  const { wire } = r;
  if (!socket || wire === undefined || wire.upgrade !== undefined || wire.isH2) return;
  const upgrade = new Upgraded(wire, socket, r.upgradeProtocol());
  wire.upgrade = upgrade;
  upgrade.came(head, undefined);
  wire.followBy((from, event) => {
    upgrade.event(from, event);
    return true;
  });
  watchWrites();
}

function watchWrites(): void {
  if (watching) return;
  watching = true;
  const { Socket } = nodeModule('node:net') as typeof import('node:net');
  wrap(
    shimAbove(Socket.prototype),
    'write',
    (original) =>
      function write(this: AnySocket, ...args: unknown[]) {
        onWrite(this, args[0], args[1]);
        return apply(original, this, args);
      },
  );
}

const onWrite = guarded(part, 'net.write', (socket: AnySocket, piece: unknown, encoding: unknown) => {
  wireOf(socket)?.upgrade?.gave(socket, piece, encoding);
});

function sizeOf(piece: unknown, encoding: unknown): number {
  if (typeof piece !== 'string') return piece instanceof Uint8Array ? piece.byteLength : 0;
  return Buffer.byteLength(piece, encodingOf(encoding));
}

const encodingOf = (encoding: unknown): BufferEncoding =>
  typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8';
