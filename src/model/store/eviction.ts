/**
 * The bound of the store: beyond its limit the oldest finished requests go, with the connections, dials, lookups and
 * tunnels that only they used. Counts stay exact; a loss says how many went and from when to when.
 */
import { hasFailed } from '../facts/outcome';
import type { Loss, Request } from '../records';
import { dropConnection } from './dropConnection';
import type { Index } from './indices';
import type { Store } from './store';

/** Results of attempts that have no life after them. */
const lost: ReadonlySet<string | undefined> = new Set(['failed', 'timedOut', 'cancelled']);

export class Eviction {
  /** Requests that went while they ran: their later lines are not taken for requests whose begin was lost. */
  readonly #running = new Set<string>();
  /** Number of connections at which those that no request uses are looked at. */
  #crowded = 0;

  constructor(
    readonly store: Store,
    readonly index: Index,
  ) {}

  /** Evicts until the store is within its limit; a running request only when all of them run. */
  run(): void {
    const { requests, limit } = this.store;
    for (const r of requests.values()) {
      if (requests.size <= limit) return;
      if (r.outcome !== undefined) this.#drop(r);
    }
    for (const r of requests.values()) {
      if (requests.size <= limit) return;
      this.#drop(r);
      this.#running.add(r.id);
    }
  }

  /**
   * Connections that no request uses (a database's, sockets for datagrams) go when there are many more of them than
   * requests may be: the oldest closed ones first.
   */
  boundConnections(): void {
    const { store } = this;
    const { limit } = store;
    if (store.connections.size <= Math.max(2 * limit, this.#crowded)) return;
    for (const c of [...store.connections.values()]) {
      if (store.connections.size <= 2 * limit) break;
      if (c.closedAt !== undefined) this.#dropConnection(c.id);
      else if (c.dial !== undefined && lost.has(c.connect?.result)) this.#dropDial(c.dial);
      if (store.connections.has(c.id)) continue;
      const loss: Loss = { source: 'session', what: 'connections', kind: 'evicted', count: 1 };
      const at = c.createdAt ?? c.connect?.beginAt;
      if (at !== undefined) loss.beginAt = loss.endAt = at;
      store.addLoss(loss);
    }
    // Not at each new one: a look takes a while.
    this.#crowded = store.connections.size + Math.ceil(limit / 8);
  }

  /** See `Store.wasEvicted`. */
  meets(id: string, end: Partial<Request>): boolean {
    if (!this.#running.has(id)) return false;
    if (hasFailed({ id, ...end } as Request)) this.store.counts.failed++;
    if (end.outcome !== undefined) this.#running.delete(id);
    return true;
  }

  #drop(r: Request): void {
    const { store } = this;
    store.removeRequest(r);
    store.counts.evictedRequests++;
    const loss: Loss = { source: 'session', what: 'requests', kind: 'evicted', count: 1 };
    if (r.createdAt !== undefined) loss.beginAt = loss.endAt = r.createdAt;
    store.addLoss(loss);
    if (r.connection !== undefined) this.#dropConnection(r.connection);
    if (r.dial !== undefined) this.#dropDial(r.dial);
  }

  /** A closed connection that no kept request used goes, with its tunnels and, if it was the last one's, its dial. */
  #dropConnection(id: string): void {
    const { store, index } = this;
    const c = store.connections.get(id);
    if (!c || c.closedAt === undefined || index.requestsOf(id).size > 0) return;
    dropConnection(store, index, id);
    if (c.dial !== undefined) this.#dropDial(c.dial);
  }

  #dropDial(id: string): void {
    const { store, index } = this;
    const d = store.dials.get(id);
    if (!d || d.endAt === undefined || index.waitedFor(id).size > 0) return;
    if (d.connection !== undefined && store.connections.has(d.connection)) return;
    for (const attempt of d.attempts ?? []) store.removeConnection(attempt);
    if (d.lookup !== undefined) store.dns.dropLookup(d.lookup);
    index.forgetDial(id);
    store.dials.delete(id);
  }
}
