/**
 * Packets of conversations that nobody has claimed yet. A connection's first packet is there before anything is known of
 * the connection; what is not claimed within some seconds is another program's, and is thrown away without having been
 * written anywhere. Conversations without an answer wait longer: an attempt to connect may take minutes to fail.
 */
import type { RawPacket } from '../../model/facts/packets';
import type { Decoded } from './decode';

export interface Arrived {
  packet: RawPacket;
  decoded: Decoded;
  /** ns of CLOCK_MONOTONIC, by the packet's stamp. */
  at: bigint;
  forward: boolean;
}

export interface Conversation {
  key: string;
  packets: Arrived[];
  /** Packets went both ways. */
  answered: boolean;
  /** Claimed or thrown away: what the queue still holds of it does not count. */
  over: boolean;
}

const maxBytes = 48 * 1024 * 1024;
const maxAge = 10_000_000_000n;
const maxParked = 1024;
const maxParkedAge = 150_000_000_000n;

export class Waiting {
  readonly #conversations = new Map<string, Conversation>();
  /** Without an answer, and older than the others may become. */
  readonly #parked = new Set<Conversation>();
  #queue: { of: Conversation; packet: Arrived }[] = [];
  #head = 0;
  #bytes = 0;
  /** Packets that had to go before their time, as there were too many. */
  overflowed = 0;

  add(key: string, packet: Arrived): Conversation {
    let of = this.#conversations.get(key);
    if (!of) {
      of = { key, packets: [], answered: false, over: false };
      this.#conversations.set(key, of);
    }
    if (of.packets[0] && of.packets[0].forward !== packet.forward) of.answered = true;
    of.packets.push(packet);
    this.#queue.push({ of, packet });
    this.#bytes += packet.packet.data.length;
    this.#evict(packet.at);
    return of;
  }

  /** All there is of a conversation; from now on it is the caller's. */
  claim(key: string): Arrived[] {
    const of = this.#conversations.get(key);
    if (!of) return [];
    this.#forget(of);
    return of.packets;
  }

  *all(): Iterable<Conversation> {
    yield* this.#conversations.values();
  }

  #forget(of: Conversation): void {
    of.over = true;
    this.#conversations.delete(of.key);
    this.#parked.delete(of);
    for (const p of of.packets) this.#bytes -= p.packet.data.length;
  }

  #evict(now: bigint): void {
    while (this.#head < this.#queue.length) {
      const { of, packet } = this.#queue[this.#head] as { of: Conversation; packet: Arrived };
      const crowded = this.#bytes > maxBytes;
      if (!of.over && !crowded && now - packet.at < maxAge) break;
      this.#head++;
      if (of.over) continue;
      if (crowded) this.overflowed++;
      if (crowded || of.answered) this.#drop(of, packet);
      else this.#parked.add(of);
    }
    if (this.#head > 4096 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    for (const of of this.#parked) {
      const old = now - (of.packets[0]?.at ?? 0n) > maxParkedAge;
      if (!old && this.#parked.size <= maxParked) break;
      this.#forget(of);
    }
  }

  /** This packet and those before it. */
  #drop(of: Conversation, packet: Arrived): void {
    const gone = of.packets.splice(0, of.packets.indexOf(packet) + 1);
    for (const p of gone) this.#bytes -= p.packet.data.length;
    if (of.packets.length === 0) this.#forget(of);
  }
}
