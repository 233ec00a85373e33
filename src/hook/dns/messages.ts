/**
 * DNS that the program speaks by itself: queries that leave one of its sockets for port 53, or that look like queries
 * wherever they go, and the replies to them. Each query is an exchange, reported when it is answered or its socket ends.
 */

import { decodeMessage } from '../../model/dnsMessage/decode';
import { push } from '../output/queue';
import { Exchange } from '../records/dns/exchange';
import { matching } from '../records/recording';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';

const part = parts.dns;
/** Queries of one socket that wait for a reply. */
const maxWaiting = 64;

export class Speech {
  private readonly waiting = new Map<string, Exchange>();

  constructor(
    private readonly transport: 'udp' | 'tcp',
    /** Id of the connection. */
    private readonly connection: number,
  ) {}

  /** True: it was a query. */
  query(bytes: Uint8Array, address: string, port: number): boolean {
    const message = decodeMessage(bytes);
    // Elsewhere than at the port of DNS it must be one to the last byte.
    if (message === undefined || message.isReply || (port !== 53 && !message.whole)) return false;
    if (this.waiting.size >= maxWaiting) this.leave(this.waiting.keys().next().value as string);
    const x = new Exchange(this.transport, address, port, now(), false);
    x.queries.push({ at: x.beginAt, message });
    this.waiting.set(keyOf(message.id, address, port), x);
    return true;
  }

  reply(bytes: Uint8Array, address: string, port: number): void {
    if (bytes.length < 12) return;
    const key = keyOf((bytes[0] as number) * 256 + (bytes[1] as number), address, port);
    const x = this.waiting.get(key);
    const message = x === undefined ? undefined : decodeMessage(bytes);
    if (x === undefined || !message?.isReply) return;
    x.replies.push({ at: now(), message });
    x.endAt = now();
    this.leave(key);
  }

  /** The socket ends: what waits will not be answered. */
  end(): void {
    for (const key of [...this.waiting.keys()]) this.leave(key);
  }

  private leave(key: string): void {
    const x = this.waiting.get(key);
    this.waiting.delete(key);
    if (x && matching.everything) push(x.line(undefined, undefined, this.connection));
  }
}

const keyOf = (id: number, address: string, port: number): string => `${id}/${address}/${port}`;

/** A header of a plain query for one name, for which nothing need be read beyond it. */
export function looksLikeQuery(b: Uint8Array): boolean {
  return (
    b.length >= 17 &&
    ((b[2] as number) & 0xfa) === 0 &&
    ((b[3] as number) & 0x4f) === 0 &&
    b[4] === 0 &&
    b[5] === 1 &&
    b[6] === 0 &&
    b[7] === 0 &&
    b[8] === 0 &&
    b[9] === 0 &&
    b[10] === 0 &&
    (b[11] as number) <= 2
  );
}

export interface Peer {
  address: string;
  port: number;
}

/** Something that speaks, by its socket's record. */
export interface Speaker {
  readonly connection: number;
  speech: Speech | undefined;
}

/** A datagram leaves; true: it is a query. */
export const dnsSent = guarded(part, 'dns.sent', (s: Speaker, bytes: Uint8Array, { address, port }: Peer): boolean => {
  if (port !== 53 && !looksLikeQuery(bytes)) return false;
  s.speech ??= new Speech('udp', s.connection);
  return s.speech.query(bytes, address, port);
});

/** A datagram came, to a socket that has sent queries. */
export const dnsReceived = guarded(part, 'dns.received', (s: Speaker, bytes: Uint8Array, { address, port }: Peer) => {
  s.speech?.reply(bytes, address, port);
});

/** No more will come. */
export const dnsSilent = guarded(part, 'dns.silent', (s: Speaker) => {
  s.speech?.end();
  s.speech = undefined;
});
