/** Names of the numbers in DNS messages, and the data of records in the notation of zone files. */
import type { Reader } from './reader';

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

export const typeOf = (n: number): string => types[n] ?? `TYPE${n}`;
export const classOf = (n: number): string => classes[n] ?? `CLASS${n}`;
export const rcodeOf = (n: number): string => rcodes[n] ?? `rcode-${n}`;

/** The record's data in the notation of zone files; undefined: not decoded, or not as it should be. */
export function dataOf(type: number, r: Reader): string | undefined {
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
