/**
 * The packets that are kept: their bytes in the file, what their headers say here, by conversation.
 */
import { type Decoded, linkTypes } from './decode';
import type { PacketFile } from './packetFile';
import type { Arrived } from './waiting';

export interface Kept {
  /** Wall clock, ns. */
  ns: bigint;
  /** Of the wall clock: see WallClock. */
  section: number;
  interface: number;
  /** Offset of its bytes in the file. */
  offset: number;
  captured: number;
  length: number;
  kind: Decoded['kind'];
  /** Conversation, of an ICMP error that it is about; absent: it has no ports. */
  flow?: Flow;
  /** Sent by the end that is first in the conversation's key. */
  forward: boolean;
  sequence: number;
  acknowledged: number;
  flags: number;
  window: number;
  payload: number;
  /** What its payload begins with, in words. */
  hint?: string;
  /** DNS messages it belongs to. */
  exchange?: string;
}

export interface Flow {
  readonly key: string;
  readonly kept: Kept[];
  /** Connections that had these two ends, one after the other. */
  readonly connections: Set<string>;
}

/** Of the records about packets, whatever their size: a packet without payload is small in the file. */
const maxPackets = 500_000;

export class Keeper {
  readonly flows = new Map<string, Flow>();
  readonly kept: Kept[] = [];
  bytes = 0;
  /** Packets that came after the limit was reached. */
  beyond = 0;
  /** When the first of them came, wall clock. */
  beyondAt: { ns: bigint; section: number } | undefined;

  readonly #file: PacketFile;
  readonly #headersOnly: boolean;

  constructor(
    file: PacketFile,
    headersOnly: boolean,
    /** Section of the wall clock that a stamp belongs to. */
    readonly section: (ns: bigint) => number,
  ) {
    this.#file = file;
    this.#headersOnly = headersOnly;
  }

  flow(key: string): Flow {
    let flow = this.flows.get(key);
    if (!flow) {
      flow = { key, kept: [], connections: new Set() };
      this.flows.set(key, flow);
    }
    return flow;
  }

  /** undefined: the limit is reached. */
  keep({ packet, decoded, forward }: Arrived, flow: Flow | undefined): Kept | undefined {
    const { tcp } = decoded;
    const bare = this.#headersOnly && tcp !== undefined && decoded.payload < packet.data.length;
    const data = bare ? packet.data.subarray(0, decoded.payload) : packet.data;
    const section = this.section(packet.ns);
    const offset = this.kept.length < maxPackets ? this.#file.add(data) : undefined;
    if (offset === undefined) {
      this.beyond++;
      this.beyondAt ??= { ns: packet.ns, section };
      return undefined;
    }
    const hint = hintOf(decoded, packet.data);
    const kept: Kept = {
      ns: packet.ns,
      section,
      interface: packet.interface,
      offset,
      captured: data.length,
      length: packet.length,
      kind: decoded.kind,
      ...(flow ? { flow } : {}),
      forward,
      sequence: tcp?.sequence ?? 0,
      acknowledged: tcp?.acknowledged ?? 0,
      flags: tcp?.flags ?? 0,
      window: tcp?.window ?? 0,
      payload: decoded.payloadLength,
      ...(hint === undefined ? {} : { hint }),
    };
    this.bytes += data.length;
    this.kept.push(kept);
    flow?.kept.push(kept);
    return kept;
  }
}

const handshakes: Readonly<Record<number, string>> = { 1: 'TLS ClientHello', 2: 'TLS ServerHello' };
const records: Readonly<Record<number, string>> = { 20: 'TLS ChangeCipherSpec', 21: 'TLS Alert', 22: 'TLS handshake' };

function hintOf(d: Decoded, b: Uint8Array): string | undefined {
  if (d.kind === 'arp') return arpText(b, d.network);
  if (d.kind === 'icmp') return icmpText(b, d);
  // A TLS record, version 3.x: its type, and that of the handshake message in it.
  if (d.kind !== 'tcp' || d.payload + 6 > b.length || b[d.payload + 1] !== 3) return undefined;
  const type = b[d.payload] ?? 0;
  return (type === 22 ? handshakes[b[d.payload + 5] ?? 0] : undefined) ?? records[type];
}

const unreachable: Readonly<Record<number, string>> = {
  0: 'network unreachable',
  1: 'host unreachable',
  3: 'port unreachable',
  4: 'fragmentation needed',
  13: 'prohibited',
};
const unreachable6: Readonly<Record<number, string>> = {
  0: 'no route',
  1: 'prohibited',
  3: 'address unreachable',
  4: 'port unreachable',
};

function icmpText(b: Uint8Array, d: Decoded): string | undefined {
  const type = b[d.payload];
  const code = b[d.payload + 1] ?? 0;
  if (type === undefined) return undefined;
  const six = (b[d.network] ?? 0) >> 4 === 6;
  if (six) {
    if (type === 1) return `ICMP ${unreachable6[code] ?? `unreachable, code ${code}`}`;
    return `ICMP ${{ 2: 'packet too big', 3: 'time exceeded', 128: 'echo', 129: 'echo reply' }[type] ?? `type ${type}`}`;
  }
  if (type === 3) return `ICMP ${unreachable[code] ?? `unreachable, code ${code}`}`;
  return `ICMP ${{ 0: 'echo reply', 5: 'redirect', 8: 'echo', 11: 'time exceeded' }[type] ?? `type ${type}`}`;
}

function arpText(b: Uint8Array, at: number): string {
  return b[at + 7] === 2 ? 'ARP reply' : 'ARP request';
}

const names: Readonly<Record<number, string>> = {
  [linkTypes.ethernet]: 'ethernet',
  [linkTypes.sll]: 'linuxCooked',
  [linkTypes.sll2]: 'linuxCooked',
  [linkTypes.null]: 'loopback',
  [linkTypes.loop]: 'loopback',
  [linkTypes.raw]: 'raw',
};
export const linkTypeName = (type: number): string => names[type] ?? String(type);
