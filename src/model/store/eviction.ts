/**
 * The bound of the store: beyond its limit the oldest finished requests go, with the connections, dials, lookups and
 * tunnels that only they used, to the store's `evictions` where it has them. Counts stay exact; a loss says how many went
 * and from when to when.
 */
import { hasFailed } from '../facts/outcome';
import type { Connection, Loss, Request } from '../records';
import { dropConnection } from './dropConnection';
import type { Index } from './indices';
import type { Store } from './store';

/** More requests are kept as long as lines may come of those that have ended: call sites and bodies come in batches. */
const slack = 1000;

/**
 * Share of the limit by which it is exceeded before requests go, all at once: the front of a map from which entries were
 * taken one at a time is passed again by each look for the oldest.
 */
const excess = 1 / 16;

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

  /** Evicts until the store is within its limit, once it is well over it; a running request only when all of them run. `isOver`: no line comes any more. */
  run(isOver = false): void {
    const { requests, evictions } = this.store;
    // What nobody takes can be gone at once: no line alters it.
    const isLate = evictions !== undefined && !isOver;
    const limit = this.store.limit + (isLate ? slack : 0);
    if (isLate && requests.size <= limit + Math.min(slack, Math.floor(this.store.limit * excess))) return;
    const loss: Loss = { source: 'session', what: 'requests', kind: 'evicted', count: 0 };
    for (const r of requests.values()) {
      if (requests.size <= limit) break;
      if (r.outcome !== undefined) this.#drop(r, loss);
    }
    for (const r of requests.values()) {
      if (requests.size <= limit) break;
      this.#drop(r, loss);
      this.#running.add(r.id);
    }
    if (loss.count > 0) this.store.addLoss(loss);
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
      if (c.closedAt !== undefined) this.#dropConnection(c.id, true);
      else if (c.dial !== undefined && lost.has(c.connect?.result)) this.#dropDial(c.dial, c.id);
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

  /** `loss`: of what goes at once. */
  #drop(r: Request, loss: Loss): void {
    const { store } = this;
    store.removeRequest(r);
    // One that runs has more to come, which would not be kept: it is lost.
    if (r.outcome !== undefined) store.evictions?.keep('requests', r, true);
    store.counts.evictedRequests++;
    loss.count++;
    if (r.createdAt !== undefined) {
      loss.beginAt = Math.min(loss.beginAt ?? r.createdAt, r.createdAt);
      loss.endAt = Math.max(loss.endAt ?? r.createdAt, r.createdAt);
    }
    if (r.connection !== undefined) this.#dropConnection(r.connection);
    if (r.dial !== undefined) this.#dropDial(r.dial);
  }

  /** A closed connection that no kept request used goes, with its tunnels and, if it was the last one's, its dial. */
  #dropConnection(id: string, isCounted = false): void {
    const { store, index } = this;
    const c = store.connections.get(id);
    if (!c || c.closedAt === undefined || index.requestsOf(id).size > 0) return;
    this.#keepConnection(c, isCounted);
    dropConnection(store, index, id);
    if (c.dial !== undefined) this.#dropDial(c.dial);
  }

  /** `counted`: a connection of it that is counted as evicted. */
  #dropDial(id: string, counted?: string): void {
    const { store, index } = this;
    const d = store.dials.get(id);
    if (!d || d.endAt === undefined || index.waitedFor(id).size > 0) return;
    if (d.connection !== undefined && store.connections.has(d.connection)) return;
    for (const attempt of d.attempts ?? []) {
      const c = store.connections.get(attempt);
      if (c) this.#keepConnection(c, attempt === counted);
      store.removeConnection(attempt);
    }
    store.evictions?.keep('dials', d, false);
    if (d.lookup !== undefined) store.dns.evictLookup(d.lookup, false);
    index.forgetDial(id);
    store.dials.delete(id);
  }

  /** With all that is recorded of it. */
  #keepConnection(c: Connection, isCounted: boolean): void {
    const { store } = this;
    const { evictions } = store;
    if (!evictions) return;
    evictions.keep('connections', c, isCounted);
    for (const tunnel of store.tunnelsOf(c.id)) evictions.keep('tlsTunnels', tunnel, false);
    for (const o of store.socketOperations.get(c.id) ?? []) evictions.keep('socketOperations', o, false);
    for (const s of store.kernelSamples.get(c.id) ?? []) evictions.keep('kernelSamples', s, false);
    const entry = store.conntrackEntries.get(c.id);
    if (entry) evictions.keep('conntrackEntries', entry, false);
  }
}
