/** The records of a trace as they were known at one instant. */

import { type Breakdown, phasesOf } from '../../model/phases/phases';
import {
  type Connection,
  type ConntrackEntry,
  connection as connectionSchema,
  conntrackEntry,
  type Dial,
  type DnsExchange,
  dial as dialSchema,
  dnsExchange,
  type KernelEvent,
  type KernelSample,
  kernelEvent,
  type Lookup,
  lookup as lookupSchema,
  type PacketRef,
  type Pause,
  type Process,
  pause as pauseSchema,
  process as processSchema,
  type Request,
  request as requestSchema,
  type SocketOperation,
  socketOperation,
  type TlsTunnel,
  tlsTunnel,
} from '../../model/records';
import { type Row, rowOf } from '../../model/rows/row';
import { Store } from '../../model/store/store';
import { cutLater, knownOf } from '../known/cut';
import { ofRequests } from '../known/known';
import {
  ofConnections,
  ofConntrack,
  ofDials,
  ofExchanges,
  ofLookups,
  ofProcesses,
  ofTunnels,
} from '../known/underlying';
import type { TraceIndex } from './traceIndex';

export class Moment {
  readonly #trace: TraceIndex;

  constructor(
    trace: TraceIndex,
    /** µs since the trace began; Infinity: all that was recorded. */
    readonly until: number,
  ) {
    this.#trace = trace;
  }

  request(id: string | undefined): Request | undefined {
    const r = this.#trace.request(id);
    return r && knownOf(requestSchema, ofRequests, r, this.until);
  }

  /** Without attempts that had not begun. */
  dial(id: string | undefined): Dial | undefined {
    const whole = this.#trace.store.dials.get(id ?? '');
    const dial = whole && knownOf(dialSchema, ofDials, whole, this.until);
    if (!dial?.attempts) return dial;
    const { attempts, ...rest } = dial;
    const begun = attempts.filter((a) => this.connection(a) !== undefined);
    return begun.length === 0 ? rest : { ...rest, attempts: begun };
  }

  lookup(id: string | undefined): Lookup | undefined {
    const l = this.#trace.store.lookups.get(id ?? '');
    return l && knownOf(lookupSchema, ofLookups, l, this.until);
  }

  connection(id: string | undefined): Connection | undefined {
    const c = this.#trace.store.connections.get(id ?? '');
    return c && knownOf(connectionSchema, ofConnections, c, this.until);
  }

  /** The proxy’s before the origin’s. */
  tunnels(connection: string): TlsTunnel[] {
    return this.#trace.store.tunnelsOf(connection).flatMap((t) => this.tunnel(t.id) ?? []);
  }

  tunnel(id: string): TlsTunnel | undefined {
    const t = this.#trace.store.tlsTunnels.get(id);
    return t && knownOf(tlsTunnel, ofTunnels, t, this.until);
  }

  exchanges(lookup: string): DnsExchange[] {
    return this.#trace.exchangesOf(lookup).flatMap((x) => this.exchange(x.id) ?? []);
  }

  exchange(id: string): DnsExchange | undefined {
    const x = this.#trace.store.dnsExchanges.get(id);
    return x && knownOf(dnsExchange, ofExchanges, x, this.until);
  }

  conntrack(connection: string): ConntrackEntry | undefined {
    const e = this.#trace.store.conntrackEntries.get(connection);
    return e && knownOf(conntrackEntry, ofConntrack, e, this.until);
  }

  /** The kernel statistics as last sampled. Samples hold what changed, so all up to now together are the whole. */
  kernelStatistics(connection: string): Omit<KernelSample, 'id' | 'connection'> | undefined {
    const samples = (this.#trace.store.kernelSamples.get(connection) ?? []).filter((s) => s.at <= this.until);
    if (samples.length === 0) return undefined;
    const { id: _id, connection: _connection, ...figures } = Object.assign({}, ...samples) as KernelSample;
    return figures;
  }

  kernelEvents(connection: string): KernelEvent[] {
    return this.#list(kernelEvent, this.#trace.kernelEventsOf(connection));
  }

  operations(connection: string): SocketOperation[] {
    return this.#list(socketOperation, this.#trace.store.socketOperations.get(connection) ?? []);
  }

  packets(request: string): PacketRef[] {
    return this.#trace.packetsOf(request).filter((p) => p.at <= this.until);
  }

  process(id: string): Process | undefined {
    const p = this.#trace.store.processes.get(id);
    return p && knownOf(processSchema, ofProcesses, p, this.until);
  }

  pauses(thread: string): Pause[] {
    return this.#list(pauseSchema, this.#trace.store.pausesOf(thread));
  }

  breakdown(r: Request): Breakdown {
    return phasesOf(r, this.#around(r), this.#now(r));
  }

  row(r: Request): Row {
    return rowOf(r, this.#around(r), this.#now(r));
  }

  /** At the end nothing runs on: what has no end is shown up to its last instant. */
  #now(r: Request): number {
    return Number.isFinite(this.until) ? this.until : (this.#trace.document.endAt ?? r.createdAt ?? 0);
  }

  /** A store with the request and the records below it, as they were. */
  #around(r: Request): Store {
    const store = new Store(this.#trace.store.header, Number.POSITIVE_INFINITY);
    for (const [id, p] of this.#trace.store.processes) store.processes.set(id, p);
    store.pauses.push(...this.pauses(r.thread));
    store.requests.set(r.id, r);
    const connections = new Set<string>(r.connection === undefined ? [] : [r.connection]);
    const dials = new Set<string>(r.dial === undefined ? [] : [r.dial]);
    const carrier = this.connection(r.connection);
    if (carrier?.dial !== undefined) dials.add(carrier.dial);
    for (const id of dials) {
      const dial = this.dial(id);
      if (!dial) continue;
      store.dials.set(id, dial);
      const lookup = this.lookup(dial.lookup);
      if (lookup) store.lookups.set(lookup.id, lookup);
      for (const c of [...(dial.attempts ?? []), ...(dial.connection === undefined ? [] : [dial.connection])])
        connections.add(c);
    }
    for (const id of connections) {
      const c = this.connection(id);
      if (!c) continue;
      store.connections.set(id, c);
      for (const t of this.tunnels(id)) store.setTunnel(t);
      const connect = this.request(c.tunnel?.request);
      if (connect) store.requests.set(connect.id, connect);
    }
    return store;
  }

  #list<T>(schema: object, records: readonly T[]): T[] {
    return records.flatMap((r) => (cutLater(schema as never, r, this.until) as T | undefined) ?? []);
  }
}
