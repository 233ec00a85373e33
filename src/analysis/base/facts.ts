/** What several rules ask of a trace, gathered once: 20,000 requests must not cost more than a moment. */
import type { Connection, Dial, KernelSample, Lookup, Request } from '../../model/records';
import type { Store } from '../../model/store/store';
import { wholeSamples } from './kernelSamples';
import { originOf } from './places';

export class Facts {
  /** Outgoing requests by begin, without those that were mocked. */
  readonly requests: readonly Request[];
  readonly byOrigin = new Map<string, Request[]>();

  #dialsOfPool: Map<string, number> | undefined;
  readonly #samples = new Map<string, readonly KernelSample[]>();

  constructor(
    readonly store: Store,
    /** µs since the trace began. */
    readonly now: number,
  ) {
    const requests: Request[] = [];
    let last = Number.NEGATIVE_INFINITY;
    let sorted = true;
    for (const r of store.requests.values()) {
      // What a mock answered says nothing of the network, nor of a server.
      if (r.direction === 'in' || r.mocked) continue;
      requests.push(r);
      if (r.createdAt === undefined || r.createdAt < last) sorted = false;
      else last = r.createdAt;
    }
    if (!sorted) requests.sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0));
    this.requests = requests;
    for (const r of requests) push(this.byOrigin, originOf(r.url), r);
  }

  connectionOf(r: Request): Connection | undefined {
    return r.connection === undefined ? undefined : this.store.connections.get(r.connection);
  }

  /** Of the dial made for it, or that made its connection. */
  lookupOf(r: Request): Lookup | undefined {
    const lookup = (this.dialOf(this.connectionOf(r)) ?? this.store.dials.get(r.dial ?? ''))?.lookup;
    return lookup === undefined ? undefined : this.store.lookups.get(lookup);
  }

  /** Kernel samples of a connection, each with all its figures; many requests of one connection ask for the same. */
  samplesOf(connection: string): readonly KernelSample[] {
    let samples = this.#samples.get(connection);
    if (samples === undefined) {
      samples = wholeSamples(this.store.kernelSamples.get(connection));
      this.#samples.set(connection, samples);
    }
    return samples;
  }

  dialOf(c: Connection | undefined): Dial | undefined {
    return c?.dial === undefined ? undefined : this.store.dials.get(c.dial);
  }

  /** How often the pool of a dial has dialled; its number holds in one thread. */
  dialsOfPool(dial: Dial, thread: string): number {
    const keyOf = (d: Dial, t: string): string => `${t} ${d.via} ${d.agent}`;
    if (this.#dialsOfPool === undefined) {
      this.#dialsOfPool = new Map();
      for (const r of this.requests) {
        const d = r.ordinal === 1 ? this.dialOf(this.connectionOf(r)) : undefined;
        if (d !== undefined)
          this.#dialsOfPool.set(keyOf(d, r.thread), (this.#dialsOfPool.get(keyOf(d, r.thread)) ?? 0) + 1);
      }
    }
    return this.#dialsOfPool.get(keyOf(dial, thread)) ?? 0;
  }

  /** µs that setting up a connection took: dial, and TLS after it. */
  setupOf(c: Connection): number | undefined {
    const begin = this.dialOf(c)?.beginAt ?? c.connect?.beginAt;
    const end = this.readyAt(c);
    return begin === undefined || end === undefined ? undefined : end - begin;
  }

  /** When a connection was made, and TLS on it. undefined: it was not, or that was not seen. */
  readyAt(c: Connection): number | undefined {
    const ends = [c.connect?.endAt, ...this.store.tunnelsOf(c.id).map((t) => t.endAt)].filter((x) => x !== undefined);
    return ends.length === 0 ? undefined : Math.max(...ends);
  }
}

export function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

export const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);

/** Maximum number of the (sorted) instants within one window. */
export function densest(instants: readonly number[], window: number): number {
  let max = 0;
  for (let from = 0, to = 0; to < instants.length; to++) {
    while ((instants[to] as number) - (instants[from] as number) > window) from++;
    max = Math.max(max, to - from + 1);
  }
  return max;
}
