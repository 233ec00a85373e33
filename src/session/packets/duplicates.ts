/**
 * One packet seen at several interfaces (a bridge and what hangs on it; all of them at once, where loopback shows twice)
 * is one packet. A packet that was sent again comes at the same place as the first, so it stays.
 */
import type { RawPacket } from '../../model/facts/packets';
import type { Decoded } from './decode';

const window = 20_000_000n;
const maxRemembered = 8192;
const maxHashed = 96;

export class Duplicates {
  #seen = new Map<number, { place: number; ns: bigint; length: number }>();
  #before = this.#seen;

  /** Whether the packet was seen elsewhere just now. */
  is(p: RawPacket, d: Decoded, outgoing: boolean | undefined): boolean {
    const hash = hashOf(p.data, d.network);
    const place = p.interface * 4 + (outgoing === undefined ? 0 : outgoing ? 1 : 2);
    const length = p.length - d.network;
    const same = this.#seen.get(hash) ?? this.#before.get(hash);
    if (same && same.place !== place && same.length === length && abs(p.ns - same.ns) < window) return true;
    this.#seen.set(hash, { place, ns: p.ns, length });
    if (this.#seen.size > maxRemembered) {
      this.#before = this.#seen;
      this.#seen = new Map();
    }
    return false;
  }
}

const abs = (n: bigint): bigint => (n < 0n ? -n : n);

/** FNV-1a of the headers and some of what follows; hop count and checksum, which a router changes, left out. */
function hashOf(b: Uint8Array, at: number): number {
  const four = (b[at] ?? 0) >> 4 === 4;
  const end = Math.min(b.length, at + maxHashed);
  let hash = 0x811c9dc5;
  for (let i = at; i < end; i++) {
    const place = i - at;
    if (four ? place === 8 || place === 10 || place === 11 : place === 7) continue;
    hash = Math.imul(hash ^ (b[i] ?? 0), 0x01000193);
  }
  return hash >>> 0;
}
