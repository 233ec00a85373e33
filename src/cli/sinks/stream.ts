/**
 * `--stream udp://HOST:PORT`: one record a datagram, as a JSON object. `seq` counts the datagrams of a trace from 1, so the
 * receiver knows what it lacks; the last one, `event` `end`, says how many there were. A record that is too long for a
 * datagram has its longest texts shortened, named in `cut`. With `--stream-sample N` each record says `sample`: N.
 */
import type { Facts } from './facts';
import type { Sampled } from './sampled';
import { maxPayload } from './udp';

/** Version of the form; fields may be added. */
export const streamVersion = 1;

type Fields = Record<string, unknown>;

export class StreamEncoder {
  #seq = 0;

  /** Id of the trace; known before the first record. */
  trace = '';

  constructor(
    readonly max = maxPayload,
    /** Present where not every record is sent. */
    readonly sampled?: Sampled,
  ) {}

  readonly datagrams = (items: readonly Facts[]): { bytes: Buffer; items: number }[] => {
    const sample = this.sampled && { sample: this.sampled.oneIn };
    return items.map((f) => ({
      bytes: fitting({ v: streamVersion, seq: ++this.#seq, ...sample, ...f }, this.max),
      items: 1,
    }));
  };

  readonly last = (): Buffer => {
    const records = this.#seq;
    const { sampled } = this;
    const all = sampled && { sample: sampled.oneIn, of: sampled.total };
    return fitting({ v: streamVersion, seq: ++this.#seq, event: 'end', trace: this.trace, records, ...all }, this.max);
  };
}

/** Never cut: who, when, which. */
const kept = new Set(['v', 'seq', 'sample', 'event', 'time', 'trace', 'request', 'connection', 'outcome', 'method']);

function fitting(fields: Fields, max: number): Buffer {
  let bytes = Buffer.from(JSON.stringify(fields));
  const cut: string[] = [];
  let now = fields;
  while (bytes.length > max) {
    const key = longest(now);
    if (key === undefined) return Buffer.from(JSON.stringify(withoutRest(fields, max)));
    if (!cut.includes(key)) cut.push(key);
    now = { ...now, [key]: shorter(now[key], bytes.length - max), cut };
    if (now[key] === undefined) delete now[key];
    bytes = Buffer.from(JSON.stringify(now));
  }
  return bytes;
}

/** The field that takes most room, of those that may be cut. */
function longest(fields: Fields): string | undefined {
  let key: string | undefined;
  let greatest = 0;
  for (const [name, value] of Object.entries(fields)) {
    if (kept.has(name) || name === 'cut' || value === undefined) continue;
    const { length } = JSON.stringify(value);
    if (length > greatest) {
      greatest = length;
      key = name;
    }
  }
  return key;
}

/** A text loses about `over` bytes at its end; something else, or a short text, goes as a whole. */
function shorter(value: unknown, over: number): unknown {
  if (typeof value !== 'string') return undefined;
  const left = value.length - Math.max(16, over + 24);
  if (left < 16) return undefined;
  // Not in the middle of a surrogate pair.
  return `${value.slice(0, left).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Ids and methods come from the program too: what does not fit even so is said by its sequence number alone. */
function withoutRest({ v, seq, event, trace }: Fields, max: number): Fields {
  const bare = { v, seq, event, trace, cut: ['*'] };
  return Buffer.byteLength(JSON.stringify(bare)) <= max ? bare : { v, seq, cut: ['*'] };
}
