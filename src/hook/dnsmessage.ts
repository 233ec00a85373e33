/**
 * DNS messages as they stand on the wire (RFC 1035, 6891), read and written. What is read comes from anybody: nothing
 * here throws, follows a pointer forward, or keeps more than a bounded part.
 */
export interface Question {
  name: string;
  type: string;
  class: string;
}

export interface Answer extends Question {
  ttl: number;
  /** Absent: a type that is not decoded. */
  value?: string;
}

export interface Message {
  id: number;
  isReply: boolean;
  opcode: number;
  authoritative: boolean;
  truncated: boolean;
  recursionDesired: boolean;
  recursionAvailable: boolean;
  /** In EVE's words. */
  rcode: string;
  size: number;
  /** Of the OPT record; absent: none. */
  optUdpPayloadSize?: number;
  questions: Question[];
  /** The first 16. */
  answers: Answer[];
  /** Records of the authority section. */
  authorities: number;
  additionals: number;
  /** All that the header announces was there, and nothing behind it. */
  whole: boolean;
}

const mostKept = 16;
const types: Readonly<Record<number, string>> = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  11: 'WKS',
  12: 'PTR',
  13: 'HINFO',
  14: 'MINFO',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
  33: 'SRV',
  35: 'NAPTR',
  39: 'DNAME',
  41: 'OPT',
  43: 'DS',
  46: 'RRSIG',
  47: 'NSEC',
  48: 'DNSKEY',
  52: 'TLSA',
  64: 'SVCB',
  65: 'HTTPS',
  252: 'AXFR',
  255: 'ALL',
  257: 'CAA',
};
const classes: Readonly<Record<number, string>> = { 1: 'IN', 2: 'CS', 3: 'CH', 4: 'HS', 254: 'NONE', 255: 'ANY' };
const rcodes = [
  'no-error',
  'format-error',
  'server-fail',
  'non-existent-domain',
  'not-implemented',
  'query-refused',
] as const;

const typeOf = (n: number): string => types[n] ?? `TYPE${n}`;
const classOf = (n: number): string => classes[n] ?? `CLASS${n}`;

/** The message, or undefined if this is none. */
export function decodeMessage(bytes: Uint8Array, most = mostKept): Message | undefined {
  if (bytes.length < 12) return undefined;
  const reader = new Reader(bytes);
  const id = reader.uint16();
  const flags = reader.uint16();
  const [questions, answers, authorities, additionals] = [
    reader.uint16(),
    reader.uint16(),
    reader.uint16(),
    reader.uint16(),
  ];
  const m: Message = {
    id,
    isReply: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 15,
    authoritative: (flags & 0x400) !== 0,
    truncated: (flags & 0x200) !== 0,
    recursionDesired: (flags & 0x100) !== 0,
    recursionAvailable: (flags & 0x80) !== 0,
    rcode: '',
    size: bytes.length,
    questions: [],
    answers: [],
    authorities,
    additionals,
    whole: false,
  };
  // The bit that must be zero, and counts that no message of this size can have.
  if ((flags & 0x40) !== 0 || questions * 5 + (answers + authorities + additionals) * 11 > bytes.length - 12) {
    if (!m.truncated) return undefined;
  }
  for (let i = 0; i < questions; i++) {
    const name = reader.name();
    const type = reader.uint16();
    const cls = reader.uint16();
    if (reader.failed) return undefined;
    if (i < mostKept) m.questions.push({ name, type: typeOf(type), class: classOf(cls) });
  }
  let extended = 0;
  for (let i = 0; i < answers + authorities + additionals && !reader.failed; i++) {
    const r = record(reader, i < answers && i < most);
    if (r === undefined) break;
    if (r.type === 'OPT' && i >= answers + authorities) {
      m.optUdpPayloadSize = r.classNumber;
      extended = r.ttl >>> 24;
    } else if (i < answers && i < most) {
      const { classNumber, ...kept } = r;
      m.answers.push({ ...kept, class: classOf(classNumber) });
    }
  }
  m.whole = !reader.failed && reader.at === bytes.length;
  const rcode = (extended << 4) | (flags & 15);
  m.rcode = rcodes[rcode] ?? `rcode-${rcode}`;
  return m;
}

interface RawRecord {
  name: string;
  type: string;
  classNumber: number;
  ttl: number;
  value?: string;
}

function record(reader: Reader, withValue: boolean): RawRecord | undefined {
  const name = reader.name();
  const type = reader.uint16();
  const classNumber = reader.uint16();
  const ttl = reader.uint32();
  const length = reader.uint16();
  const begin = reader.at;
  if (reader.failed || !reader.skip(length)) return undefined;
  const r: RawRecord = { name, type: typeOf(type), classNumber, ttl };
  if (withValue) {
    const value = dataOf(type, new Reader(reader.bytes, begin, begin + length));
    if (value !== undefined) r.value = value.slice(0, 256);
  }
  return r;
}

/** The record's data in the notation of zone files; undefined: not decoded, or not as it should be. */
function dataOf(type: number, r: Reader): string | undefined {
  let value: string | undefined;
  switch (type) {
    case 1:
      value = r.left === 4 ? [r.uint8(), r.uint8(), r.uint8(), r.uint8()].join('.') : undefined;
      break;
    case 28:
      value = r.left === 16 ? ipv6(Array.from({ length: 8 }, () => r.uint16())) : undefined;
      break;
    case 2:
    case 5:
    case 12:
    case 39:
      value = r.name();
      break;
    case 15:
      value = `${r.uint16()} ${r.name()}`;
      break;
    case 33:
      value = `${r.uint16()} ${r.uint16()} ${r.uint16()} ${r.name()}`;
      break;
    case 6:
      value = `${r.name()} ${r.name()} ${[r.uint32(), r.uint32(), r.uint32(), r.uint32(), r.uint32()].join(' ')}`;
      break;
    case 16:
      value = texts(r);
      break;
    case 257:
      value = `${r.uint8()} ${r.text(r.uint8())} ${quote(r.text(r.left))}`;
      break;
    default:
  }
  return r.failed || r.left !== 0 ? undefined : value;
}

function texts(r: Reader): string {
  const out: string[] = [];
  while (r.left > 0 && !r.failed && out.length < 64) out.push(quote(r.text(r.uint8())));
  if (r.left > 0) r.skip(r.left);
  return out.join(' ');
}

const quote = (s: string): string => `"${s.replace(/["\\]/g, '\\$&')}"`;

/** RFC 5952: the longest run of zeros, two at least, is left out. */
function ipv6(groups: readonly number[]): string {
  let best = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && groups[i + n] === 0) n++;
    if (n > length) {
      best = i;
      length = n;
    }
  }
  const text = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((g) => g.toString(16))
      .join(':');
  if (best < 0) return text(0, 8);
  return `${text(0, best)}::${text(best + length, 8)}`;
}

/** Reads within bounds; whatever goes beyond them makes it `failed`, and gives zeros from then on. */
class Reader {
  failed = false;
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
    readonly end = bytes.length,
  ) {}

  get left(): number {
    return this.end - this.at;
  }

  skip(n: number): boolean {
    if (n > this.left) {
      this.failed = true;
      return false;
    }
    this.at += n;
    return true;
  }

  uint8(): number {
    const { at } = this;
    return this.skip(1) ? (this.bytes[at] ?? 0) : 0;
  }

  uint16(): number {
    return this.uint8() * 256 + this.uint8();
  }

  uint32(): number {
    return this.uint16() * 65_536 + this.uint16();
  }

  /** Text of n bytes; what is no printable ASCII as `\DDD`. */
  text(n: number): string {
    const { at } = this;
    return this.skip(n) ? printable(this.bytes.subarray(at, at + n)) : '';
  }

  /** A name without the last dot; the root is a dot. Pointers go back only, so there is no loop. */
  name(): string {
    const labels: string[] = [];
    let length = 0;
    let jumped = -1;
    let place = this.at;
    let least = this.at;
    for (;;) {
      // Inside the record's own data the name ends with it; behind a pointer the whole message counts.
      const end = jumped < 0 ? this.end : this.bytes.length;
      if (place >= end) return this.#none();
      const n = this.bytes[place] as number;
      if (n === 0) {
        this.at = jumped < 0 ? place + 1 : jumped;
        return labels.length === 0 ? '.' : labels.join('.');
      }
      if (n >= 0xc0) {
        if (place + 1 >= end) return this.#none();
        const to = ((n & 0x3f) << 8) | (this.bytes[place + 1] as number);
        if (to >= least) return this.#none();
        if (jumped < 0) jumped = place + 2;
        least = to;
        place = to;
        continue;
      }
      length += n + 1;
      if (n > 63 || place + 1 + n > end || length > 254) return this.#none();
      labels.push(printable(this.bytes.subarray(place + 1, place + 1 + n), true));
      place += n + 1;
    }
  }

  #none(): string {
    this.failed = true;
    return '';
  }
}

function printable(bytes: Uint8Array, isLabel = false): string {
  let s = '';
  for (const b of bytes) {
    if (b < 0x21 || b > 0x7e) s += b === 0x20 && !isLabel ? ' ' : `\\${String(b).padStart(3, '0')}`;
    else if (isLabel && (b === 0x2e || b === 0x5c)) s += `\\${String.fromCharCode(b)}`;
    else s += String.fromCharCode(b);
  }
  return s;
}

/** A query for one name, or undefined for what is no name. `optSize`: payload size to offer; 0: no OPT record. */
export function encodeQuery(id: number, name: string, type: 'A' | 'AAAA', optSize: number): Uint8Array | undefined {
  const labels = name.replace(/\.$/, '').split('.');
  const out: number[] = [id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, optSize > 0 ? 1 : 0];
  let length = 1;
  for (const label of labels) {
    length += label.length + 1;
    if (label === '' || label.length > 63 || length > 255) return undefined;
    out.push(label.length);
    for (let i = 0; i < label.length; i++) {
      const c = label.charCodeAt(i);
      if (c < 0x21 || c > 0x7e) return undefined;
      out.push(c);
    }
  }
  out.push(0, 0, type === 'A' ? 1 : 28, 0, 1);
  if (optSize > 0) out.push(0, 0, 41, optSize >> 8, optSize & 255, 0, 0, 0, 0, 0, 0);
  return Uint8Array.from(out);
}
