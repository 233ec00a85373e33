/**
 * Host names and addresses. A name keeps how many labels it has, which of its ends it shares with others, and whether it
 * is this machine's or a private one's; an address its family and kind.
 */
import { isIP } from 'node:net';
import type { Tokens } from './tokens';

/** Ends of names that say what kind they are, and nothing of whose. */
const publicEnds = [
  'localhost',
  'local',
  'internal',
  'lan',
  'home.arpa',
  'in-addr.arpa',
  'ip6.arpa',
  'test',
  'invalid',
];
const maxLabels = 8;
const documented = [
  [192, 0, 2],
  [198, 51, 100],
  [203, 0, 113],
];

export class Hosts {
  readonly #tokens: Tokens;
  /** Public address → whether it is among the first. */
  readonly #early = new Map<string, boolean>();

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  /** A name, an address (also in brackets), or empty. */
  host(text: string): string {
    const bare = /^\[(.*)\]$/.exec(text)?.[1];
    if (bare !== undefined) return `[${this.address(bare)}]`;
    if (text === '' || isIP(withoutZone(text)) !== 0) return this.address(text);
    if (text.endsWith('.') && text.length > 1) return `${this.host(text.slice(0, -1))}.`;
    const lower = text.toLowerCase();
    if (lower === 'localhost') return text;
    if (lower.startsWith('*.')) return `*.${this.host(text.slice(2))}`;
    const end = publicEnds.find((e) => lower.endsWith(`.${e}`));
    const labels = lower.split('.');
    // One label alone is a name of a private network.
    if (labels.length === 1) return this.#label(lower);
    const own = labels.length - (end?.split('.').length ?? 1);
    const from = Math.max(0, own - maxLabels);
    const out: string[] = [];
    for (let i = from; i < own; i++) out.push(this.#label(i === from ? lower : labels.slice(i).join('.')));
    return [...out, end ?? 'example'].join('.');
  }

  /** By the whole name from it on: names that end alike have tokens that end alike. */
  #label(from: string): string {
    return `h-${this.#tokens.of('host', from, 'hex', 6)}`;
  }

  /** `host`, `host:port`, `[address]:port`. */
  authority(text: string): string {
    const m = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(text);
    if (!m) return this.host(text);
    return `${this.host(m[1] as string)}${m[2] === undefined ? '' : `:${m[2]}`}`;
  }

  /** An address; what is none is taken for a name. Of a zone only that there is one is known. */
  address(text: string): string {
    if (text === '') return text;
    const bare = withoutZone(text);
    const family = isIP(bare);
    if (family === 0) return this.#name(text);
    const zone = bare === text ? '' : '%1';
    return (family === 4 ? this.#v4(bare) : this.#v6(bare.toLowerCase())) + zone;
  }

  #name(text: string): string {
    return /^[\w*.-]+$/.test(text) ? this.host(text) : `h-${this.#tokens.of('host', text, 'hex', 6)}`;
  }

  #v4(text: string): string {
    const [a = 0, b = 0] = text.split('.').map(Number);
    if (a === 127 || text === '0.0.0.0' || text === '255.255.255.255') return text;
    const prefix =
      a === 10
        ? [10]
        : a === 172 && b >= 16 && b < 32
          ? [172, b]
          : (a === 192 && b === 168) || (a === 169 && b === 254)
            ? [a, b]
            : a === 100 && b >= 64 && b < 128
              ? [100, b]
              : a >= 224 && a < 240
                ? [233, 252, 0]
                : undefined;
    if (prefix !== undefined) return this.#filled(`v4 ${prefix.join('.')}`, text, prefix);
    return this.#public(text);
  }

  /** An address for documentation, of which there are 762; after the first 200, of the range for benchmarks. */
  #public(text: string): string {
    const isEarly = this.#early.get(text) ?? this.#early.size < 200;
    this.#early.set(text, isEarly);
    if (!isEarly) return this.#filled('v4 benchmark', text, [198, 18]);
    return this.#tokens.unique('v4 public', text, (hash) =>
      [...(documented[(hash[1] as number) % 3] as number[]), 1 + ((hash[0] as number) % 254)].join('.'),
    );
  }

  #filled(kind: string, text: string, prefix: readonly number[]): string {
    return this.#tokens.unique(kind, text, (hash) =>
      [...prefix, ...[...hash].slice(0, 3 - prefix.length), 1 + ((hash[4] as number) % 254)].join('.'),
    );
  }

  #v6(text: string): string {
    if (text === '::1' || text === '::') return text;
    const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(text)?.[1];
    if (mapped !== undefined) return `::ffff:${this.#v4(mapped)}`;
    const first = Number.parseInt(text.split(':')[0] || '0', 16);
    const prefix =
      (first & 0xfe00) === 0xfc00
        ? 'fd00:'
        : (first & 0xffc0) === 0xfe80
          ? 'fe80:'
          : (first & 0xff00) === 0xff00
            ? `ff0${(first & 0xf).toString(16)}:`
            : '2001:db8:';
    return this.#tokens.unique(`v6 ${prefix}`, text, (hash) => {
      const groups = [0, 2, 4, 6].map((i) => (0x1000 | hash.readUInt16BE(i)).toString(16));
      return `${prefix}:${groups.join(':')}`;
    });
  }
}

const withoutZone = (text: string): string => text.replace(/%[^%]*$/, '');
