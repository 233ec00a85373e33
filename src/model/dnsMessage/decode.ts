/**
 * Decodes DNS messages in wire format (RFC 1035, 6891). The input is untrusted: nothing here throws, follows a pointer
 * forward, or keeps more than a bounded part.
 */
import { classOf, dataOf, rcodeOf, typeOf } from './data';
import { Reader } from './reader';

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

const maxKept = 16;

/** The message, or undefined if this is none. */
export function decodeMessage(bytes: Uint8Array, max = maxKept): Message | undefined {
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
    if (i < maxKept) m.questions.push({ name, type: typeOf(type), class: classOf(cls) });
  }
  let extended = 0;
  for (let i = 0; i < answers + authorities + additionals && !reader.failed; i++) {
    const r = record(reader, i < answers && i < max);
    if (r === undefined) break;
    if (r.type === 'OPT' && i >= answers + authorities) {
      m.optUdpPayloadSize = r.classNumber;
      extended = r.ttl >>> 24;
    } else if (i < answers && i < max) {
      const { classNumber, ...kept } = r;
      m.answers.push({ ...kept, class: classOf(classNumber) });
    }
  }
  m.whole = !reader.failed && reader.at === bytes.length;
  const rcode = (extended << 4) | (flags & 15);
  m.rcode = rcodeOf(rcode);
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
