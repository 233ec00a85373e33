/**
 * What keeps the DNS records of a store bounded: exchanges go with their lookup, a lookup with its dial. Those that
 * belong to nothing, as the program asked by itself, go by age.
 */
import type { DnsExchange, Lookup, Loss } from '../records';
import type { Store } from './store';

export class DnsBounds {
  /** Exchanges of a lookup. */
  readonly #ofLookup = new Map<string, Set<string>>();
  /** Lookups without a dial, and exchanges without a lookup, oldest first. */
  readonly #lookups = new Set<string>();
  readonly #exchanges = new Set<string>();

  constructor(readonly store: Store) {}

  keepLookup(l: Lookup): void {
    if (l.dial !== undefined) {
      this.#lookups.delete(l.id);
      return;
    }
    this.#lookups.add(l.id);
    if (this.#lookups.size <= this.store.limit) return;
    const oldest = first(this.#lookups);
    this.#lost('lookups', this.store.lookups.get(oldest)?.beginAt);
    this.evictLookup(oldest, true);
  }

  keepExchange(x: DnsExchange): void {
    if (x.lookup !== undefined) {
      const set = this.#ofLookup.get(x.lookup);
      if (set) set.add(x.id);
      else this.#ofLookup.set(x.lookup, new Set([x.id]));
      this.#exchanges.delete(x.id);
      return;
    }
    this.#exchanges.add(x.id);
    if (this.#exchanges.size <= this.store.limit) return;
    const oldest = first(this.#exchanges);
    this.#lost('dnsExchanges', this.store.dnsExchanges.get(oldest)?.beginAt);
    const exchange = this.store.dnsExchanges.get(oldest);
    if (exchange) this.store.evictions?.keep('dnsExchanges', exchange, true);
    this.#exchanges.delete(oldest);
    this.store.dnsExchanges.delete(oldest);
  }

  /** As `dropLookup`, for want of room. `isCounted`: as of `EvictionSink`. */
  evictLookup(id: string, isCounted: boolean): void {
    const { lookups, dnsExchanges, connections, evictions } = this.store;
    const l = lookups.get(id);
    if (l && evictions) {
      evictions.keep('lookups', l, isCounted);
      for (const exchange of this.#ofLookup.get(id) ?? []) {
        const x = dnsExchanges.get(exchange);
        if (x) evictions.keep('dnsExchanges', x, false);
        const c = x?.connection === undefined ? undefined : connections.get(x.connection);
        if (c?.fromResolver) evictions.keep('connections', c, false);
      }
    }
    this.dropLookup(id);
  }

  /** Takes a lookup out, with its exchanges and the resolver's own sockets. */
  dropLookup(id: string): void {
    const { store } = this;
    this.#lookups.delete(id);
    store.lookups.delete(id);
    for (const exchange of this.#ofLookup.get(id) ?? []) {
      const connection = store.dnsExchanges.get(exchange)?.connection;
      store.dnsExchanges.delete(exchange);
      if (connection !== undefined && store.connections.get(connection)?.fromResolver)
        store.removeConnection(connection);
    }
    this.#ofLookup.delete(id);
  }

  #lost(what: string, at: number | undefined): void {
    const loss: Loss = { source: 'session', what, kind: 'evicted', count: 1 };
    if (at !== undefined) loss.beginAt = loss.endAt = at;
    this.store.addLoss(loss);
  }
}

const first = (set: ReadonlySet<string>): string => set.values().next().value ?? '';
