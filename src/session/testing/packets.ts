/** Frames and an engine that hands them over, for tests. */
import { Batches } from '../../helper/capture/batches';
import type { CaptureEngine, StartedCapture } from '../../helper/capture/engine';
import type { PacketStatistics, RawPacket } from '../../model/facts/packets';
import { addressDigits } from '../packets/decode';

const bytes = (...n: number[]): Buffer => Buffer.from(n);
const u16 = (n: number): Buffer => bytes(n >> 8, n & 255);
const u32 = (n: number): Buffer => Buffer.concat([u16(n >>> 16), u16(n & 0xffff)]);

export interface End {
  address: string;
  port: number;
}

/** An Ethernet frame of IPv4. */
function frame(protocol: number, from: string, to: string, payload: Buffer, id = 1): Buffer {
  const digits = (address: string): Buffer => Buffer.from(addressDigits(address) ?? '', 'hex');
  const head = [bytes(0x45, 0), u16(20 + payload.length), u16(id), u16(0x4000), bytes(64, protocol), u16(0)];
  return Buffer.concat([Buffer.alloc(12), u16(0x0800), ...head, digits(from), digits(to), payload]);
}

/** `flags`: FIN 1, SYN 2, RST 4, ACK 16. */
export function segment(
  from: End,
  to: End,
  flags: number,
  sequence: number,
  data: Uint8Array = Buffer.alloc(0),
  id = 1,
): Buffer {
  const head = [u16(from.port), u16(to.port), u32(sequence), u32(0), bytes(0x50, flags), u16(1000), u32(0)];
  return frame(6, from.address, to.address, Buffer.concat([...head, data]), id);
}

export function datagram(from: End, to: End, data: Buffer): Buffer {
  const head = Buffer.concat([u16(from.port), u16(to.port), u16(8 + data.length), u16(0)]);
  return frame(17, from.address, to.address, Buffer.concat([head, data]));
}

/** ICMP "port unreachable" about a frame. */
export function unreachable(from: string, to: string, about: Buffer): Buffer {
  return frame(1, from, to, Buffer.concat([bytes(3, 3), u16(0), u32(0), about.subarray(14, 14 + 28)]));
}

export class FakeEngine implements CaptureEngine {
  readonly name = 'dumpcap';
  readonly timestamps = 'kernel';
  readonly lacks = [];
  readonly #batches = new Batches();

  readonly #interfaces: StartedCapture['interfaces'];
  readonly #statistics: PacketStatistics[];
  readonly #discarded: number;

  constructor(
    interfaces: StartedCapture['interfaces'] = [{ name: 'eth0', linkType: 1, snaplen: 262_144 }],
    statistics: PacketStatistics[] = [{ interface: 0, received: 9, dropped: 2 }],
    discarded = 0,
  ) {
    this.#interfaces = interfaces;
    this.#statistics = statistics;
    this.#discarded = discarded;
  }

  async start(): Promise<StartedCapture> {
    const stop = async () => {
      this.#batches.end();
      return this.#statistics;
    };
    const discarded = () => this.#discarded;
    return { interfaces: this.#interfaces, filter: 'tcp', batches: this.#batches, stop, discarded };
  }

  give(...batch: RawPacket[]): void {
    this.#batches.push(batch);
  }
}
