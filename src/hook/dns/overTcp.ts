/**
 * DNS that the program speaks over TCP by itself: messages behind a length of two bytes (RFC 7766). Only the first write
 * of a socket that the program dialled is looked at; what is no query there never is one. Writes are seen at
 * `_writeGeneric`, which is taken over with the first such dial, answers as `data` of that socket alone.
 */

import { line } from '../output/json';
import { push } from '../output/queue';
import type { Wire } from '../records/wire';
import { wireOf } from '../records/wireOf';
import { nodeModule } from '../runtime/builtins';
import { guarded, parts } from '../runtime/guard';
import type { AnySocket } from '../runtime/nodeTypes';
import { observe } from '../runtime/wrap';
import { looksLikeQuery, Speech } from './messages';

const part = parts.dns;
/** Of a first query: longer ones are taken for something else. */
const maxQueryBytes = 4096;

/** The messages in one direction of a stream. */
class Frames {
  private rest: Uint8Array = new Uint8Array(0);

  /** What has come of the next message, with its length before it. */
  get begun(): Uint8Array {
    return this.rest;
  }

  /** Bytes of the next message; 0: not known yet. */
  get expected(): number {
    return lengthAt(this.rest);
  }

  /** All messages that are complete with this piece. */
  feed(piece: Uint8Array): Uint8Array[] {
    let bytes = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    const messages: Uint8Array[] = [];
    for (let n = lengthAt(bytes); bytes.length >= 2 && bytes.length >= n + 2; n = lengthAt(bytes)) {
      messages.push(bytes.subarray(2, n + 2));
      bytes = bytes.subarray(n + 2);
    }
    // A copy: the program may use its buffer again.
    this.rest = Uint8Array.from(bytes);
    return messages;
  }
}

const lengthAt = (b: Uint8Array): number => (b.length < 2 ? 0 : (b[0] as number) * 256 + (b[1] as number));

/** A socket that may yet turn out to speak DNS, or does. */
class DnsStream {
  private readonly sent = new Frames();
  private readonly received = new Frames();
  private speech: Speech | undefined;

  /** False: it does not speak DNS. */
  gave(wire: Wire, piece: Uint8Array): boolean {
    const { address, port } = wire.winner ?? { address: '', port: 0 };
    for (const message of this.sent.feed(piece)) {
      const speaks = this.speech !== undefined;
      if (!speaks && port !== 53 && !looksLikeQuery(message)) return false;
      this.speech ??= new Speech('tcp', wire.connection);
      if (!this.speech.query(message, address, port) && !speaks) return false;
      if (!speaks) this.begin(wire);
    }
    return this.speech !== undefined || mayBecomeQuery(this.sent, port);
  }

  got(wire: Wire, piece: Uint8Array): void {
    const { address, port } = wire.winner ?? { address: '', port: 0 };
    for (const message of this.received.feed(piece)) this.speech?.reply(message, address, port);
  }

  end(): void {
    this.speech?.end();
  }

  private begin(wire: Wire): void {
    wire.isDns = true;
    push({ lines: () => (wire.wanted ? line({ k: 'close', id: wire.connection, protocol: 'dns' }) : '') });
    wire.followBy(onData);
  }
}

/** Of a first message that is not complete. */
function mayBecomeQuery(frames: Frames, port: number): boolean {
  const { begun, expected } = frames;
  if (expected === 0) return begun.length < 2;
  if (expected < 17 || expected > maxQueryBytes) return false;
  return port === 53 || begun.length < 19 || looksLikeQuery(begun.subarray(2));
}

let installed = false;

/** The program dials. */
export const expectSpeech = guarded(part, 'dns.tcp', (wire: Wire): void => {
  wire.speech = new DnsStream();
  if (installed) return;
  installed = true;
  const { Socket } = nodeModule('node:net') as typeof import('node:net');
  observe<AnySocket>(Socket.prototype, '_writeGeneric', (socket, args) => {
    const wire = wireOf(socket);
    // Written before it is connected, it comes here again; in TLS, the handshake first.
    if (wire !== undefined && wire.speech !== null && wire.readyAt !== 0) onWrite(wire, args);
  });
});

/** `_writeGeneric(writev, data, encoding, callback)` */
const onWrite = guarded(part, 'dns.write', (wire: Wire, args: unknown[]): void => {
  const pieces = args[0] === true ? (args[1] as { chunk: unknown }[]).map((p) => p.chunk) : [args[1]];
  for (const piece of pieces) {
    if (piece instanceof Uint8Array && wire.request === undefined && wire.speech?.gave(wire, piece)) continue;
    if (!wire.isDns) wire.speech = null;
    return;
  }
});

const onData = (socket: AnySocket, a: ArrayLike<unknown>): boolean => {
  const wire = wireOf(socket);
  return wire !== undefined && hear(wire, a) === true;
};

/** False: what comes cannot be followed any more. */
const hear = guarded(part, 'dns.heard', (wire: Wire, a: ArrayLike<unknown>): boolean => {
  if (a[0] !== 'data') return true;
  if (!(a[1] instanceof Uint8Array)) return false;
  wire.speech?.got(wire, a[1]);
  return true;
});

/** The socket ends: what waits will not be answered. */
export const speechEnds = guarded(part, 'dns.ends', (wire: Wire): void => {
  wire.speech?.end();
  wire.speech = null;
});
