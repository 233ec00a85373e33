/** What the calls of `dns` give to the program, as records: values in the notation of zone files. */

import { cutText } from '../output/json';
import type { DnsRecord } from '../records/dns/lookup';

/** More are not kept; a line has 4,096 bytes. */
const max = 17;

type Fields = Record<string, unknown>;

const word = (v: unknown): string =>
  typeof v === 'string' ? v : typeof v === 'number' || typeof v === 'bigint' ? String(v) : '';
const list = (o: Fields, ...names: string[]): string => names.map((n) => word(o[n])).join(' ');
const pieces = (v: unknown): string =>
  Array.isArray(v) ? v.map((p) => `"${word(p).replace(/["\\]/g, '\\$&')}"`).join(' ') : '';

const values: Readonly<Record<string, (o: Fields) => string>> = {
  A: (o) => word(o.address),
  AAAA: (o) => word(o.address),
  MX: (o) => list(o, 'priority', 'exchange'),
  SRV: (o) => list(o, 'priority', 'weight', 'port', 'name'),
  SOA: (o) => list(o, 'nsname', 'hostmaster', 'serial', 'refresh', 'retry', 'expire', 'minttl'),
  NAPTR: (o) => list(o, 'order', 'preference', 'flags', 'service', 'regexp', 'replacement'),
  TXT: (o) => pieces(o.entries),
  CAA: (o) => caa(o),
  TLSA: (o) => list(o, 'certUsage', 'selector', 'match'),
};

/** `critical`, and one property named after its tag. */
function caa(o: Fields): string {
  const tag = Object.keys(o).find((k) => k !== 'critical' && k !== 'type');
  return tag === undefined ? word(o.critical) : `${word(o.critical)} ${tag} "${word(o[tag])}"`;
}

export function recordsOf(type: string, name: string, answer: unknown): DnsRecord[] {
  const all = Array.isArray(answer) ? answer : [answer];
  const out: DnsRecord[] = [];
  for (const one of all.slice(0, max)) {
    const object = typeof one === 'object' && one !== null && !Array.isArray(one) ? (one as Fields) : undefined;
    const own = type === 'ANY' ? word(object?.type) : type;
    const make = values[own];
    const value = Array.isArray(one)
      ? pieces(one)
      : object === undefined
        ? word(one)
        : make
          ? make(object)
          : word(object.value);
    const ttl = object?.ttl;
    out.push({
      name: cutText(name, 256),
      type: own,
      class: 'IN',
      ...(typeof ttl === 'number' ? { ttl } : {}),
      value: cutText(value, 256),
    });
  }
  return out;
}
