/**
 * Writes pcapng: the blocks of one section, little-endian, times in ns. Packets are written when the trace is saved,
 * not as they arrive: names, comments and TLS secrets are known then, and secrets must precede the packets they
 * decrypt.
 *
 * The order of calls is the order of blocks: section, interfaces, secrets, names, packets by time, statistics. A packet
 * that is earlier than the one before it, or the same once more, is a fault of the caller and throws.
 */
import { Buffer } from 'node:buffer';
import type { PacketsToSave, RawPacket } from '../../model/facts/packets';

type PcapngInterface = PacketsToSave['interfaces'][number];
type PcapngPacket = RawPacket & { comments?: readonly string[] };
type PcapngStatistics = PacketsToSave['statistics'][number];

const blocks = {
  section: 0x0a0d0d0a,
  interface: 1,
  names: 4,
  statistics: 5,
  packet: 6,
  secrets: 0x0a,
} as const;
const comment = 1;
/** The length field of an option has 16 bits. */
const maxOptionBytes = 65_535;
/** "TLSK". */
const tlsKeyLog = 0x544c534b;

type Option = readonly [code: number, value: Uint8Array | string];

/** The whole file, block by block. */
export function* pcapngPieces(file: PacketsToSave): Generator<Uint8Array> {
  const writer = new PcapngWriter();
  yield writer.section(file);
  for (const i of file.interfaces) yield writer.interface(i);
  if (file.keyLog) yield writer.secrets(file.keyLog);
  if (file.names.length > 0) yield writer.names(file.names);
  for (const p of file.packets) yield writer.packet(p);
  for (const s of file.statistics) yield writer.statistics(s);
}

export class PcapngWriter {
  #interfaces = 0;
  #last: { interface: number; ns: bigint; data: Uint8Array; length: number } | undefined;

  section(about: { program: string; os?: string; comment?: string }): Buffer {
    const head = Buffer.alloc(16);
    head.writeUInt32LE(0x1a2b3c4d, 0);
    head.writeUInt16LE(1, 4);
    head.writeBigInt64LE(-1n, 8); // the section's length is not reported
    const list: Option[] = [];
    if (about.comment !== undefined) list.push([comment, about.comment]);
    if (about.os !== undefined) list.push([3, about.os]);
    list.push([4, about.program]);
    return block(blocks.section, head, options(list));
  }

  interface(i: PcapngInterface): Buffer {
    this.#interfaces++;
    const head = Buffer.alloc(8);
    head.writeUInt16LE(i.linkType, 0);
    head.writeUInt32LE(i.snaplen, 4);
    const list: Option[] = [
      [2, i.name],
      [9, Uint8Array.of(9)], // 10^-9 s
    ];
    if (i.filter !== undefined) list.push([11, Buffer.from(`\0${i.filter}`)]);
    return block(blocks.interface, head, options(list));
  }

  /** TLS secrets in the format of SSLKEYLOGFILE. */
  secrets(keyLog: string): Buffer {
    if (this.#last) throw new Error('pcapng: secrets must precede the packets that they decrypt');
    const keys = Buffer.from(keyLog);
    const head = Buffer.alloc(8);
    head.writeUInt32LE(tlsKeyLog, 0);
    head.writeUInt32LE(keys.length, 4);
    return block(blocks.secrets, head, padded(keys));
  }

  /** Names of addresses, each 4 or 16 bytes. */
  names(records: readonly { address: Uint8Array; names: readonly string[] }[]): Buffer {
    const parts: Buffer[] = [];
    for (const { address, names } of records) {
      const text = Buffer.from(names.map((n) => `${n.replaceAll('\0', '')}\0`).join(''));
      // A name is never cut: half of one is another name.
      if (text.length === 0 || address.length + text.length > maxOptionBytes) continue;
      const head = Buffer.alloc(4);
      head.writeUInt16LE(address.length === 4 ? 1 : 2, 0);
      head.writeUInt16LE(address.length + text.length, 2);
      parts.push(head, padded(Buffer.concat([address, text])));
    }
    return block(blocks.names, ...parts, Buffer.alloc(4));
  }

  packet(p: PcapngPacket): Buffer {
    this.#expectLater(p);
    const head = Buffer.alloc(20);
    head.writeUInt32LE(p.interface, 0);
    writeTime(head, 4, p.ns);
    head.writeUInt32LE(p.data.length, 12);
    head.writeUInt32LE(p.length, 16);
    const list: Option[] = (p.comments ?? []).map((c) => [comment, c]);
    if (p.direction !== undefined) list.push([2, uint32(p.direction === 'in' ? 1 : 2)]);
    return block(blocks.packet, head, padded(p.data), options(list));
  }

  statistics(s: PcapngStatistics): Buffer {
    const head = Buffer.alloc(12);
    head.writeUInt32LE(s.interface, 0);
    writeTime(head, 4, s.ns);
    const list: Option[] = [];
    if (s.received !== undefined) list.push([4, uint64(s.received)]);
    if (s.dropped !== undefined) list.push([5, uint64(s.dropped)]);
    return block(blocks.statistics, head, options(list));
  }

  #expectLater(p: PcapngPacket): void {
    const last = this.#last;
    if (p.interface >= this.#interfaces) throw new Error(`pcapng: there is no interface ${p.interface}`);
    if (last && p.ns < last.ns) throw new Error(`pcapng: a packet of ${p.ns} comes after one of ${last.ns}`);
    const same = last?.ns === p.ns && last.interface === p.interface && last.length === p.length;
    if (same && Buffer.compare(last.data, p.data) === 0) throw new Error(`pcapng: the packet of ${p.ns} comes twice`);
    this.#last = { interface: p.interface, ns: p.ns, data: p.data, length: p.length };
  }
}

function block(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = 12 + parts.reduce((sum, p) => sum + p.length, 0);
  const frame = Buffer.alloc(8);
  frame.writeUInt32LE(type, 0);
  frame.writeUInt32LE(length, 4);
  return Buffer.concat([frame, ...parts, uint32(length)], length);
}

function options(list: readonly Option[]): Buffer {
  if (list.length === 0) return Buffer.alloc(0);
  const parts: Uint8Array[] = [];
  for (const [code, value] of list) {
    const bytes = typeof value === 'string' ? bounded(value) : value.subarray(0, maxOptionBytes);
    const head = Buffer.alloc(4);
    head.writeUInt16LE(code, 0);
    head.writeUInt16LE(bytes.length, 2);
    parts.push(head, padded(bytes));
  }
  return Buffer.concat([...parts, Buffer.alloc(4)]);
}

/** UTF-8 of a text that fits an option, cut between two characters. */
function bounded(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxOptionBytes) return bytes;
  let end = maxOptionBytes;
  while (((bytes[end] as number) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

function uint32(n: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(n, 0);
  return bytes;
}

function uint64(n: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(n), 0);
  return bytes;
}

/** The upper half is first, in either byte order. */
function writeTime(to: Buffer, at: number, ns: bigint): void {
  to.writeUInt32LE(Number(ns >> 32n), at);
  to.writeUInt32LE(Number(ns & 0xffff_ffffn), at + 4);
}
