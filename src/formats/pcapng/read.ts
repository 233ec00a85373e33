/**
 * Reads pcapng as it comes, in pieces of any size: what a capture program writes to its standard output. Both byte
 * orders, several sections, every resolution of time; blocks that are not known are skipped. Bounded: a block that says
 * it is longer than any packet can be ends the reading with a reason. Nothing throws, whatever the bytes are.
 */
import { Buffer } from 'node:buffer';

export interface ReadInterface {
  /** Ordinal in its section, from 0. */
  index: number;
  name?: string;
  linkType: number;
  snaplen: number;
}

export interface ReadPacket {
  interface: ReadInterface;
  /** Wall clock, ns since 1970; absent: the block has no time (simple packet block). */
  ns?: bigint;
  /** A piece of the buffer that was given: copy it to keep it. */
  data: Buffer;
  /** Bytes on the wire. */
  length: number;
  direction?: 'in' | 'out';
  comments: string[];
}

export interface ReadStatistics {
  interface: ReadInterface;
  received?: number;
  dropped?: number;
}

export interface PcapngHandlers {
  interface?(i: ReadInterface): void;
  packet(p: ReadPacket): void;
  statistics?(s: ReadStatistics): void;
  /** TLS secrets. */
  secrets?(keyLog: string): void;
}

/** Packets of loopback and of segmentation in the card have 64 KiB; some engines give room for 256 KiB. */
const maxBlockBytes = 4 * 1024 * 1024;
const maxInterfaces = 4096;
const maxComments = 64;

interface Known extends ReadInterface {
  /** Units of time in a second. */
  units: bigint;
  /** Seconds to add. */
  offset: bigint;
}

export class PcapngReader {
  /** Why reading ended before the input did; absent: it goes on. */
  broken: string | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #little = true;
  #begun = false;
  #interfaces: Known[] = [];

  readonly #on: PcapngHandlers;

  constructor(on: PcapngHandlers) {
    this.#on = on;
  }

  push(chunk: Uint8Array): void {
    if (this.broken !== undefined) return;
    const piece = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    let at = 0;
    while (this.broken === undefined && bytes.length - at >= 12) {
      const length = this.#lengthAt(bytes, at);
      if (length === undefined || bytes.length - at < length) break;
      this.#block(bytes.subarray(at, at + length));
      at += length;
    }
    // A copy: what is left must not keep the whole piece alive.
    this.#rest = this.broken === undefined ? Buffer.from(bytes.subarray(at)) : Buffer.alloc(0);
  }

  /** Bytes of a block that has begun and is not whole. */
  get pending(): number {
    return this.#rest.length;
  }

  /** Length of the block that begins here; undefined: it cannot be one. */
  #lengthAt(b: Buffer, at: number): number | undefined {
    if (b.readUInt32LE(at) === 0x0a0d0d0a) {
      const magic = b.readUInt32LE(at + 8);
      if (magic !== 0x1a2b3c4d && magic !== 0x4d3c2b1a) return this.#fail('its byte order is unknown');
      this.#little = magic === 0x1a2b3c4d;
      this.#begun = true;
    } else if (!this.#begun) return this.#fail('this is no pcapng');
    const length = this.#uint32(b, at + 4);
    if (length < 12 || length % 4 !== 0) return this.#fail(`a block of ${length} bytes cannot be`);
    if (length > maxBlockBytes) return this.#fail(`a block of ${length} bytes is too long`);
    return length;
  }

  #fail(why: string): undefined {
    this.broken = why;
    return undefined;
  }

  #block(b: Buffer): void {
    if (this.#uint32(b, b.length - 4) !== b.length) {
      this.#fail('the two lengths of a block differ');
      return;
    }
    const body = b.subarray(8, b.length - 4);
    switch (this.#little ? b.readUInt32LE(0) : b.readUInt32BE(0)) {
      case 0x0a0d0d0a:
        this.#interfaces = [];
        return;
      case 1:
        return this.#interface(body);
      case 2:
        return this.#packet(body, body.length < 20 ? -1 : this.#uint16(body, 0));
      case 3:
        return this.#simple(body);
      case 5:
        return this.#statistics(body);
      case 6:
        return this.#packet(body, body.length < 20 ? -1 : this.#uint32(body, 0));
      case 0x0a:
        return this.#secrets(body);
    }
  }

  #interface(b: Buffer): void {
    if (b.length < 8) return;
    if (this.#interfaces.length >= maxInterfaces) {
      this.#fail('it has too many interfaces');
      return;
    }
    const known: Known = {
      index: this.#interfaces.length,
      linkType: this.#uint16(b, 0),
      snaplen: this.#uint32(b, 4),
      units: 1_000_000n,
      offset: 0n,
    };
    for (const [code, value] of this.#options(b.subarray(8))) {
      if (code === 2) known.name = value.toString('utf8').slice(0, 256);
      else if (code === 9 && value.length > 0) known.units = unitsOf(value[0] as number);
      else if (code === 14 && value.length >= 8)
        known.offset = this.#little ? value.readBigInt64LE(0) : value.readBigInt64BE(0);
    }
    this.#interfaces.push(known);
    this.#on.interface?.(known);
  }

  #packet(b: Buffer, index: number): void {
    const known = this.#interfaces[index];
    if (!known) return;
    const captured = this.#uint32(b, 12);
    if (captured > b.length - 20) {
      this.#fail('a packet is longer than its block');
      return;
    }
    const time = (BigInt(this.#uint32(b, 4)) << 32n) | BigInt(this.#uint32(b, 8));
    const p: ReadPacket = {
      interface: known,
      ns: known.offset * 1_000_000_000n + (time * 1_000_000_000n) / known.units,
      data: b.subarray(20, 20 + captured),
      length: Math.max(captured, this.#uint32(b, 16)),
      comments: [],
    };
    for (const [code, value] of this.#options(b.subarray(20 + captured + ((4 - (captured % 4)) % 4)))) {
      if (code === 1 && p.comments.length < maxComments) p.comments.push(value.toString('utf8'));
      else if (code === 2 && value.length >= 4) {
        const direction = this.#uint32(value, 0) & 3;
        if (direction === 1 || direction === 2) p.direction = direction === 1 ? 'in' : 'out';
      }
    }
    this.#on.packet(p);
  }

  /** A packet of the first interface without a time. */
  #simple(b: Buffer): void {
    const known = this.#interfaces[0];
    if (!known || b.length < 4) return;
    const length = this.#uint32(b, 0);
    const captured = Math.min(length, known.snaplen || length, b.length - 4);
    this.#on.packet({ interface: known, data: b.subarray(4, 4 + captured), length, comments: [] });
  }

  #statistics(b: Buffer): void {
    const known = b.length < 12 ? undefined : this.#interfaces[this.#uint32(b, 0)];
    if (!known) return;
    const s: ReadStatistics = { interface: known };
    for (const [code, value] of this.#options(b.subarray(12))) {
      if (value.length < 8 || (code !== 4 && code !== 5)) continue;
      const n = Number(this.#little ? value.readBigUInt64LE(0) : value.readBigUInt64BE(0));
      if (!Number.isSafeInteger(n)) continue;
      if (code === 4) s.received = n;
      else s.dropped = n;
    }
    this.#on.statistics?.(s);
  }

  #secrets(b: Buffer): void {
    if (b.length < 8 || this.#uint32(b, 0) !== 0x544c534b) return;
    this.#on.secrets?.(b.subarray(8, 8 + Math.min(this.#uint32(b, 4), b.length - 8)).toString('latin1'));
  }

  *#options(b: Buffer): Generator<[code: number, value: Buffer]> {
    for (let at = 0; at + 4 <= b.length; ) {
      const code = this.#uint16(b, at);
      const length = this.#uint16(b, at + 2);
      if (code === 0 || at + 4 + length > b.length) return;
      yield [code, b.subarray(at + 4, at + 4 + length)];
      at += 4 + length + ((4 - (length % 4)) % 4);
    }
  }

  #uint16(b: Buffer, at: number): number {
    return this.#little ? b.readUInt16LE(at) : b.readUInt16BE(at);
  }

  #uint32(b: Buffer, at: number): number {
    return this.#little ? b.readUInt32LE(at) : b.readUInt32BE(at);
  }
}

/** A power of 10, or of 2 with the upper bit; beyond what 64 bits can count it stays at their end. */
function unitsOf(resolution: number): bigint {
  const power = BigInt(Math.min(resolution & 0x7f, 63));
  return resolution & 0x80 ? 2n ** power : 10n ** power;
}
