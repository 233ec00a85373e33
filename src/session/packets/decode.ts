/**
 * The headers of a captured frame: link, network, transport. What is read comes from anybody, and may be cut off: each
 * step checks its bounds, nothing throws, and what is not known for certain is absent.
 */

/** Numbers of tcpdump.org's list of link types. */
export const linkTypes = {
  null: 0,
  ethernet: 1,
  raw: 101,
  loop: 108,
  sll: 113,
  ipv4: 228,
  ipv6: 229,
  sll2: 276,
} as const;

export interface Decoded {
  kind: 'tcp' | 'udp' | 'icmp' | 'arp' | 'other';
  /** Where the network header begins; frames of one packet seen on two interfaces are equal from here on. */
  network: number;
  /** 4 or 16 bytes as hexadecimal digits; `::ffff:` addresses as IPv4. Absent for ARP. */
  source?: string;
  destination?: string;
  sourcePort?: number;
  destinationPort?: number;
  tcp?: TcpHeader;
  /** Bytes after the transport header, on the wire. */
  payloadLength: number;
  /** Where they begin in the frame. */
  payload: number;
  /** A fragment behind the first: it has no ports. */
  fragment?: true;
  /** Of an ICMP error: the packet that it is about. */
  about?: Decoded;
}

export interface TcpHeader {
  sequence: number;
  acknowledged: number;
  /** FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128. */
  flags: number;
  window: number;
}

/** undefined: no network packet, or too short to decode. */
export function decodeFrame(b: Uint8Array, linkType: number, length = b.length): Decoded | undefined {
  switch (linkType) {
    case linkTypes.ethernet:
      return ethernet(b, length);
    case linkTypes.sll:
      return b.length < 16 ? undefined : network(b, u16(b, 14), 16, length);
    case linkTypes.sll2:
      return b.length < 20 ? undefined : network(b, u16(b, 0), 20, length);
    case linkTypes.null:
    case linkTypes.loop:
      return b.length < 4 ? undefined : byVersion(b, 4, length);
    case linkTypes.raw:
    case linkTypes.ipv4:
    case linkTypes.ipv6:
    case 12: // raw IP, as some systems number it
    case 14:
      return byVersion(b, 0, length);
    default:
      return undefined;
  }
}

function ethernet(b: Uint8Array, length: number): Decoded | undefined {
  let at = 12;
  // VLAN tags, one in the other.
  for (let tags = 0; tags < 4 && at + 2 <= b.length; tags++) {
    const type = u16(b, at);
    if (type !== 0x8100 && type !== 0x88a8) return network(b, type, at + 2, length);
    at += 4;
  }
  return undefined;
}

function network(b: Uint8Array, type: number, at: number, length: number): Decoded | undefined {
  if (type === 0x0800) return ipv4(b, at, length);
  if (type === 0x86dd) return ipv6(b, at, length);
  if (type === 0x0806) return { kind: 'arp', network: at, payload: at, payloadLength: Math.max(0, length - at) };
  return undefined;
}

/** Loopback's own header says the family, in numbers that differ by system: the packet itself says it too. */
function byVersion(b: Uint8Array, at: number, length: number): Decoded | undefined {
  const version = (b[at] ?? 0) >> 4;
  return version === 4 ? ipv4(b, at, length) : version === 6 ? ipv6(b, at, length) : undefined;
}

function ipv4(b: Uint8Array, at: number, length: number): Decoded | undefined {
  const head = ((b[at] ?? 0) & 15) * 4;
  if (at + 20 > b.length || head < 20 || (b[at] ?? 0) >> 4 !== 4) return undefined;
  const total = u16(b, at + 2);
  // 0: the card is to cut it into segments, so it is as long as the frame.
  const end = total === 0 ? length : at + total;
  const d: Decoded = {
    kind: 'other',
    network: at,
    source: hex(b, at + 12, 4),
    destination: hex(b, at + 16, 4),
    payload: at + head,
    payloadLength: Math.max(0, end - at - head),
  };
  if ((u16(b, at + 6) & 0x1fff) !== 0) return { ...d, fragment: true };
  return transport(b, b[at + 9] ?? 0, d);
}

/** Extension headers that may precede the transport header. */
const extensions: ReadonlySet<number> = new Set([0, 43, 44, 51, 60, 135]);

function ipv6(b: Uint8Array, at: number, length: number): Decoded | undefined {
  if (at + 40 > b.length || (b[at] ?? 0) >> 4 !== 6) return undefined;
  const said = u16(b, at + 4);
  const end = said === 0 ? length : at + 40 + said;
  let next = b[at + 6] ?? 0;
  let head = at + 40;
  let fragment = false;
  for (let n = 0; n < 8 && extensions.has(next); n++) {
    if (head + 8 > b.length) return undefined;
    const size = next === 44 ? 8 : next === 51 ? ((b[head + 1] ?? 0) + 2) * 4 : ((b[head + 1] ?? 0) + 1) * 8;
    if (next === 44 && (u16(b, head + 2) & 0xfff8) !== 0) fragment = true;
    next = b[head] ?? 0;
    head += size;
  }
  const d: Decoded = {
    kind: 'other',
    network: at,
    source: address16(b, at + 8),
    destination: address16(b, at + 24),
    payload: head,
    payloadLength: Math.max(0, end - head),
  };
  return fragment ? { ...d, fragment: true } : transport(b, next, d);
}

/** Completes `d`: one object a packet, as there may be many. */
function transport(b: Uint8Array, protocol: number, d: Decoded): Decoded {
  const at = d.payload;
  if (protocol === 6) tcp(b, at, d);
  else if (protocol === 17 && at + 8 <= b.length) {
    d.kind = 'udp';
    d.sourcePort = u16(b, at);
    d.destinationPort = u16(b, at + 2);
    d.payload = at + 8;
    d.payloadLength = Math.max(0, d.payloadLength - 8);
  } else if (protocol === 1 || protocol === 58) {
    d.kind = 'icmp';
    const type = b[at] ?? 0;
    const isError = protocol === 1 ? [3, 4, 5, 11, 12].includes(type) : type >= 1 && type <= 4;
    const about = isError && at + 8 < b.length ? inner(b, at + 8) : undefined;
    if (about) d.about = about;
  }
  return d;
}

function tcp(b: Uint8Array, at: number, d: Decoded): void {
  if (at + 4 > b.length) return;
  d.kind = 'tcp';
  d.sourcePort = u16(b, at);
  d.destinationPort = u16(b, at + 2);
  const head = ((b[at + 12] ?? 0) >> 4) * 4;
  // Within an ICMP error only the first 8 bytes need to be there.
  if (at + 20 > b.length || head < 20 || head > d.payloadLength) {
    d.payloadLength = 0;
    return;
  }
  d.tcp = {
    sequence: u32(b, at + 4),
    acknowledged: u32(b, at + 8),
    flags: b[at + 13] ?? 0,
    window: u16(b, at + 14),
  };
  d.payload = at + head;
  d.payloadLength -= head;
}

/** The packet that an error quotes: its own errors are not looked into. */
function inner(b: Uint8Array, at: number): Decoded | undefined {
  const quoted = byVersion(b, at, b.length);
  return quoted && quoted.kind !== 'icmp' ? quoted : undefined;
}

const u16 = (b: Uint8Array, at: number): number => ((b[at] ?? 0) << 8) | (b[at + 1] ?? 0);
const u32 = (b: Uint8Array, at: number): number => u16(b, at) * 65_536 + u16(b, at + 2);

const digits = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, '0'));
function hex(b: Uint8Array, at: number, n: number): string {
  let text = '';
  for (let i = at; i < at + n; i++) text += digits[b[i] ?? 0];
  return text;
}

const mapped = '00000000000000000000ffff';
function address16(b: Uint8Array, at: number): string {
  return plainAddress(hex(b, at, 16));
}
const plainAddress = (h: string): string => (h.startsWith(mapped) ? h.slice(mapped.length) : h);

/** An address as text, as hexadecimal digits; undefined: it is none. */
export function addressDigits(text: string): string | undefined {
  const plain = text.replace(/%.*$/, '');
  if (!plain.includes(':')) return v4Digits(plain);
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(plain);
  const tail = dotted ? v4Digits(dotted[2] as string) : '';
  if (tail === undefined) return undefined;
  const [left, right, more] = (dotted ? (dotted[1] as string).replace(/([^:]):$/, '$1') : plain).split('::');
  if (more !== undefined) return undefined;
  const groups = (t: string | undefined): string[] => (t ? t.split(':') : []);
  const [a, b] = [groups(left), groups(right)];
  if (![...a, ...b].every((g) => /^[0-9a-fA-F]{1,4}$/.test(g))) return undefined;
  const missing = 8 - tail.length / 4 - a.length - b.length;
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...a, ...Array.from({ length: missing }, () => '0'), ...b];
  return plainAddress(all.map((g) => g.toLowerCase().padStart(4, '0')).join('') + tail);
}

function v4Digits(text: string): string | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((p) => /^\d{1,3}$/.test(p) && Number(p) <= 255)) return undefined;
  return parts.map((p) => digits[Number(p)]).join('');
}

/** Address digits as people write them. */
export function addressText(h: string): string {
  if (h.length === 8) return [0, 2, 4, 6].map((i) => Number.parseInt(h.slice(i, i + 2), 16)).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => h.slice(i * 4, i * 4 + 4).replace(/^0{1,3}/, ''));
  const zeros = [...groups.join(':').matchAll(/\b0(?::0)+\b/g)].sort((a, b) => b[0].length - a[0].length)[0];
  const text = groups.join(':');
  return zeros === undefined
    ? text
    : `${text.slice(0, zeros.index)}::${text.slice(zeros.index + zeros[0].length)}`.replace(/:{3,}/, '::');
}

/** The flags as tcpdump writes them: `S`, `S.`, `P.`, `.`. */
export function flagsText(flags: number): string {
  return ['F', 'S', 'R', 'P', '.', 'U', 'E', 'W'].filter((_, i) => (flags & (1 << i)) !== 0).join('');
}
