/**
 * Records in a database and what they refer to: a store with a group of requests has their dials, lookups, connections and
 * tunnels, so that rows and phases are those that a store with the whole trace would give.
 */
import type { Connection, Dial, Lookup, Pause, Process, Request, TlsTunnel, Trace } from '../../model/records';
import { type Header, Store } from '../../model/store/store';
import type { Database, Statement } from './engine';
import type { Range } from './fill';

type Record = { id: string };

export class Neighbours {
  readonly #byId: Statement;
  readonly #between: Statement;
  /** Tunnels by connection, in the order of the file. */
  #tunnels: Map<string, string[]> | undefined;
  #processes: Process[] | undefined;
  #pauses: Pause[] | undefined;

  constructor(
    db: Database,
    readonly ranges: ReadonlyMap<string, Range>,
    readonly header: Partial<Trace>,
  ) {
    this.#byId = db.prepare('SELECT record FROM records WHERE id = ? AND position BETWEEN ? AND ?');
    this.#between = db.prepare('SELECT record FROM records WHERE position BETWEEN ? AND ? ORDER BY position');
  }

  /** The records of a list, one after the other. */
  *records(list: string): Generator<unknown> {
    const { first, last } = this.ranges.get(list) ?? { first: 1, last: 0 };
    // A page at a time: what is read while others are written must not stay open.
    for (let from = first; from <= last; from += 1000) {
      const rows = this.#between.all(from, Math.min(last, from + 999)) as { record: string }[];
      for (const { record } of rows) yield JSON.parse(record);
    }
  }

  storeFor(list: string, records: readonly unknown[]): Store {
    const store = new Store(this.header as Header, Number.POSITIVE_INFINITY);
    if (list === 'requests') this.#withRequests(store, records as readonly Request[]);
    else if (list === 'dials')
      for (const d of records as readonly Dial[]) this.#addConnections(store, d.attempts ?? []);
    return store;
  }

  #withRequests(store: Store, requests: readonly Request[]): void {
    this.#processes ??= [...this.records('processes')] as Process[];
    this.#pauses ??= [...this.records('pauses')] as Pause[];
    for (const p of this.#processes) store.processes.set(p.id, p);
    store.pauses.push(...this.#pauses);
    const used = new Set(requests.flatMap((r) => r.connection ?? []));
    this.#addConnections(store, used);
    const dials = new Set(requests.flatMap((r) => r.dial ?? []));
    for (const c of store.connections.values()) if (c.dial !== undefined) dials.add(c.dial);
    for (const id of dials) {
      const d = this.#find<Dial>('dials', id);
      if (!d) continue;
      store.dials.set(id, d);
      this.#addConnections(store, [...(d.attempts ?? []), ...(d.connection === undefined ? [] : [d.connection])]);
      const l = d.lookup === undefined ? undefined : this.#find<Lookup>('lookups', d.lookup);
      if (l) store.lookups.set(l.id, l);
    }
    const tunnels = this.#tunnelIds();
    for (const { id, tunnel } of [...store.connections.values()]) {
      for (const of of tunnels.get(id) ?? []) {
        const t = this.#find<TlsTunnel>('tlsTunnels', of);
        if (t) store.setTunnel(t);
      }
      const connect = tunnel?.request === undefined ? undefined : this.#find<Request>('requests', tunnel.request);
      if (connect) store.requests.set(connect.id, connect);
    }
    for (const r of requests) store.requests.set(r.id, r);
  }

  #addConnections(store: Store, ids: Iterable<string>): void {
    for (const id of ids) {
      if (store.connections.has(id)) continue;
      const c = this.#find<Connection>('connections', id);
      if (c) store.connections.set(id, c);
    }
  }

  #find<T extends Record>(list: string, id: string): T | undefined {
    const range = this.ranges.get(list);
    if (!range) return undefined;
    const all = this.#byId.all(id, range.first, range.last) as { record: string }[];
    // Of records with one id the last holds, as in a store.
    const text = all.at(-1)?.record;
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** Two texts a tunnel, not its record. */
  #tunnelIds(): Map<string, string[]> {
    if (this.#tunnels) return this.#tunnels;
    this.#tunnels = new Map();
    for (const { id, connection } of this.records('tlsTunnels') as Iterable<TlsTunnel>) {
      if (connection === undefined) continue;
      const ids = this.#tunnels.get(connection);
      if (!ids) this.#tunnels.set(connection, [id]);
      else if (!ids.includes(id)) ids.push(id);
    }
    return this.#tunnels;
  }
}
