/** Values in EVE's spelling, and the reading of records whose fields no schema of this version describes. */
import { nanosecondsOf, timeOfInstant } from '../shared/time';

/** Largest relative time in ms: the Go field is a uint32. */
const maxMs = 0xffff_ffff;

/** An instant (µs since the trace began): whole ms, cut not rounded. Before the begin, or after 49 days: absolute. */
export function eveTime(beginTime: string, us: unknown): string {
  if (typeof us !== 'number' || !Number.isFinite(us)) return 'undefined';
  const ms = Math.trunc(us / 1000);
  if (us >= 0 && ms <= maxMs) return `+${ms}ms`;
  return asGoWrites(timeOfInstant(beginTime, us) ?? 'undefined');
}

/** A wall-clock time as it is, if it is one. */
export const eveWallTime = (time: string | undefined): string =>
  time !== undefined && nanosecondsOf(time) !== undefined ? asGoWrites(time) : 'undefined';

/** Without zeros at the end of its decimals, so that a file that Go read and wrote again is the same. */
const asGoWrites = (time: string): string =>
  time.replace(/\.(\d{0,20}?)0{1,20}(?=[Zz+-])/, (_, rest: string) => (rest === '' ? '' : `.${rest}`));

/** An unsigned whole number; what is absent or none is 0, the Go type's zero. */
export function unsigned(value: unknown, max = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number' || !(value > 0)) return 0;
  return Math.min(Math.trunc(value), max);
}

export const uint16 = (value: unknown): number => {
  const n = unsigned(value);
  return n > 0xffff ? 0 : n;
};
export const uint32 = (value: unknown): number => unsigned(value, 0xffff_ffff);

export type Open = Record<string, unknown>;

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
export const objectOf = (value: unknown): Open =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Open) : {};
export const listOf = (value: unknown): Open[] => (Array.isArray(value) ? value.map(objectOf) : []);

const trackedFlags = new Set([
  'expected',
  'seen-reply',
  'assured',
  'confirmed',
  'src-nat',
  'dst-nat',
  'seq-adjust',
  'src-nat-done',
  'dst-nat-done',
  'dying',
  'fixed-timeout',
  'template',
  'untracked',
  'helper',
  'offload',
]);
/** Flags of a tracked connection, those that EVE has words for. */
export const eveTracked = (flags: unknown): string =>
  Array.isArray(flags) ? flags.filter((flag) => trackedFlags.has(flag)).join('|') : '';

const recordTypes = new Set([
  'A',
  'NS',
  'CNAME',
  'SOA',
  'WKS',
  'PTR',
  'HINFO',
  'MINFO',
  'MX',
  'TXT',
  'AAAA',
  'SRV',
  'OPT',
  'AXFR',
  'ALL',
]);
const responseCodes = new Set([
  'no-error',
  'format-error',
  'server-fail',
  'non-existent-domain',
  'not-implemented',
  'query-refused',
]);
const classes: ReadonlyMap<string, number> = new Map([
  ['IN', 1],
  ['CS', 2],
  ['CH', 3],
  ['HS', 4],
  ['NONE', 254],
  ['ANY', 255],
]);
const tcpStates = new Set([
  'syn-sent',
  'syn-recv',
  'established',
  'fin-wait',
  'close-wait',
  'last-ack',
  'time-wait',
  'close',
  'syn-sent2',
]);
const operations: ReadonlyMap<string, string> = new Map([
  ['read', 'read'],
  ['readFrom', 'read-from'],
  ['write', 'write'],
  ['writeTo', 'write-to'],
]);

export const eveRecordType = (type: unknown): string => {
  const word = textOf(type).toUpperCase();
  return recordTypes.has(word) ? word : 'unrecognized-type';
};
export const eveResponseCode = (code: unknown): string =>
  responseCodes.has(textOf(code)) ? textOf(code) : 'unrecognized-rcode';
/** Native files say `IN` or `CLASS7`, EVE the number. */
export const eveClass = (value: unknown): number => {
  if (typeof value === 'number') return uint16(value);
  const word = textOf(value).toUpperCase();
  return classes.get(word) ?? uint16(Number(/^CLASS(\d+)$/.exec(word)?.[1] ?? 0));
};
/** Undefined: none, or a word EVE's reader does not know. Its own writer spells one state `sync-recv`. */
export const eveTcpState = (state: unknown): string | undefined => {
  const word = textOf(state) === 'sync-recv' ? 'syn-recv' : textOf(state);
  return tcpStates.has(word) ? word : undefined;
};
export const eveOperation = (kind: unknown): string => operations.get(textOf(kind)) ?? 'unrecognized-op';
