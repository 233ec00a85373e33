/**
 * The records of one trace, by id, with the indices that point down (a request knows its connection; which requests a
 * connection had is an index here, not a field). `fold` fills it from event lines; a document fills it whole.
 *
 * Records are replaced, never changed in place, so whoever holds one holds a consistent state. Bounded: beyond
 * `limit` requests the oldest finished go, with what only they used; counts stay exact, `losses` says what went.
 */
import { canonical, sorted } from './canonical';
import { clearStore } from './clear';
import { Eviction } from './eviction';
import { delaysOf, foldedEvent, withRequests } from './fold/kernelEvents';
import { compareIds } from './ids';
import {
  type Certificate,
  type Connection,
  type ConntrackEntry,
  type Counts,
  type Dial,
  type DnsExchange,
  formatVersion,
  type KernelEvent,
  type KernelSample,
  type Lookup,
  type Loss,
  type PacketRef,
  type Pause,
  type Process,
  type Request,
  type SocketOperation,
  type Thread,
  type TlsTunnel,
  type Trace,
  trace as traceSchema,
} from './records';
import { DnsBounds } from './store-dns';
import { Index } from './store-index';

/** The trace's own fields: everything but the arrays kept as maps, and the counts. */
export type Header = Omit<
  Trace,
  | 'processes'
  | 'requests'
  | 'dials'
  | 'lookups'
  | 'dnsExchanges'
  | 'connections'
  | 'tlsTunnels'
  | 'certificates'
  | 'counts'
  | 'losses'
  | 'pauses'
  | 'socketOperations'
  | 'kernelSamples'
  | 'kernelEvents'
  | 'conntrackEntries'
>;

/** What changed since `takeChanges` was called last. */
export interface Changes {
  /** Ids of requests whose row may look different. */
  requests: Set<string>;
  /** Ids of connections that changed. */
  connections: Set<string>;
  removed: Set<string>;
  /** Processes, losses, header or counts changed. */
  other: boolean;
}

export const defaultRequestLimit = 20_000;
/** Socket operations kept of each connection. */
const operationLimit = 256;
/** Events of the kernel kept in all. */
const eventLimit = 20_000;

export class Store {
  readonly processes = new Map<string, Process>();
  readonly requests = new Map<string, Request>();
  /** Requests that the program answered, apart from its own: neither counted with them nor shown as rows. */
  readonly incoming = new Map<string, Request>();
  readonly dials = new Map<string, Dial>();
  readonly lookups = new Map<string, Lookup>();
  readonly dnsExchanges = new Map<string, DnsExchange>();
  readonly connections = new Map<string, Connection>();
  readonly tlsTunnels = new Map<string, TlsTunnel>();
  readonly certificates = new Map<string, Certificate>();
  /** The last ones of each connection. */
  readonly socketOperations = new Map<string, readonly SocketOperation[]>();
  /** Of each connection, by instant. */
  readonly kernelSamples = new Map<string, readonly KernelSample[]>();
  /** In order of arrival; the last ones. */
  kernelEvents: KernelEvent[] = [];
  /** By connection, or by its own id where that is not known. */
  readonly conntrackEntries = new Map<string, ConntrackEntry>();
  readonly pauses: Pause[] = [];
  losses: Loss[] = [];
  counts: Counts = {
    requests: 0,
    failed: 0,
    connections: 0,
    lookups: 0,
    bytesSent: 0,
    bytesReceived: 0,
    evictedRequests: 0,
  };
  /** Exact sums for the status line: requests that run, on reused connections, answered 5xx, and requests' bytes. */
  readonly live = { running: 0, reuses: 0, serverErrors: 0, bytesSent: 0, bytesReceived: 0 };

  /** The first ones are of a document, and stay as they are. */
  #eventsOfDocument = 0;

  readonly dns = new DnsBounds(this);
  readonly #index = new Index();
  readonly #eviction = new Eviction(this, this.#index);
  #changes: Changes = { requests: new Set(), connections: new Set(), removed: new Set(), other: true };

  constructor(
    public header: Header,
    readonly limit: number = defaultRequestLimit,
  ) {}

  // --- reading ---------------------------------------------------------------------------------------------------

  /** Ids of the requests that a connection carried, in order of arrival; evicted ones are gone. */
  requestsOfConnection(id: string): readonly string[] {
    return [...this.#index.requestsOf(id)];
  }

  /** The connection's TLS tunnels: proxy's before origin's where both are known. */
  tunnelsOf(connection: string): readonly TlsTunnel[] {
    return [...this.#index.tunnelsOf(connection)].flatMap((id) => this.tlsTunnels.get(id) ?? []);
  }

  /** Short ordinal of a connection for people (`#5`), in order of first use. */
  connectionNumber(id: string): number {
    return this.#index.numberOf(id);
  }

  /** Captured packets of a request, by time. */
  packetsOf(request: string): readonly PacketRef[] {
    return this.header.packets?.filter((p) => p.request === request) ?? [];
  }

  /** Whether the bytes of packets are at hand. */
  get holdsPackets(): boolean {
    return false;
  }

  thread(id: string): { process: Process; thread: Thread } | undefined {
    const process = this.processes.get(id.slice(0, id.lastIndexOf('-')));
    const thread = process?.threads.find((t) => t.id === id);
    return process && thread ? { process, thread } : undefined;
  }

  /** The first process without a traced parent. */
  rootProcess(): Process | undefined {
    let root: Process | undefined;
    for (const p of this.processes.values())
      if (p.parent === undefined && (!root || p.startAt < root.startAt)) root = p;
    return root;
  }

  /** Pauses that held the thread, by begin. */
  pausesOf(thread: string): readonly Pause[] {
    if (this.pauses.length === 0) return this.pauses;
    const process = thread.slice(0, thread.lastIndexOf('-'));
    return this.pauses.filter((p) => p.thread === thread || p.process === process);
  }

  /** What changed since the last call; clears it. */
  takeChanges(): Changes {
    const changes = this.#changes;
    this.#changes = { requests: new Set(), connections: new Set(), removed: new Set(), other: false };
    return changes;
  }

  // --- writing: used by fold -------------------------------------------------------------------------------------

  setRequest(r: Request): void {
    const before = this.requests.get(r.id);
    this.requests.set(r.id, r);
    this.#changes.requests.add(r.id);
    if (!before) this.live.running++;
    if (before?.outcome === undefined && r.outcome !== undefined) this.live.running--;
    if (isServerError(r) && !isServerError(before)) this.live.serverErrors++;
    if ((before?.ordinal ?? 0) <= 1 && (r.ordinal ?? 0) > 1) this.live.reuses++;
    this.live.bytesSent += (r.bytesSent ?? 0) - (before?.bytesSent ?? 0);
    this.live.bytesReceived += (r.bytesReceived ?? 0) - (before?.bytesReceived ?? 0);
    this.#index.link(r, before);
    if (!before && this.requests.size > this.limit) this.#eviction.run();
  }

  /** A request that the program answers. The oldest go when there are too many. */
  setIncoming(r: Request): void {
    if (!this.incoming.has(r.id)) this.counts = { ...this.counts, incoming: (this.counts.incoming ?? 0) + 1 };
    this.incoming.set(r.id, r);
    this.#changes.other = true;
    if (this.incoming.size <= this.limit) return;
    for (const id of this.incoming.keys()) {
      this.incoming.delete(id);
      this.addLoss({ source: 'session', what: 'requests', kind: 'evicted', count: 1, reason: 'incoming' });
      return;
    }
  }

  /** Whether a line is about a request that was evicted while it ran: counted already, but for how it ended. */
  wasEvicted(id: string, outcome: string | undefined): boolean {
    return this.#eviction.meets(id, outcome);
  }

  /** Takes a request out; said by eviction and clearing only. */
  removeRequest(r: Request): void {
    this.requests.delete(r.id);
    this.#changes.requests.delete(r.id);
    this.#changes.removed.add(r.id);
    if (r.outcome === undefined) this.live.running--;
  }

  setConnection(c: Connection): void {
    this.connections.set(c.id, c);
    this.#changes.connections.add(c.id);
    this.#eviction.boundConnections();
  }

  /** Adds to a connection's ring; `dropped`: of those that the hook could not keep. */
  addOperations(connection: string, operations: readonly SocketOperation[], dropped: number, thread: string): void {
    const all = [...(this.socketOperations.get(connection) ?? []), ...operations];
    const over = Math.max(0, all.length - operationLimit);
    this.socketOperations.set(connection, all.slice(over));
    if (over + dropped > 0)
      this.addLoss({ source: 'hook', what: 'operations', kind: 'overflow', count: over + dropped, thread });
  }

  setConntrack(e: ConntrackEntry): void {
    this.conntrackEntries.set(e.connection ?? e.id, e);
    if (e.connection !== undefined) this.#changes.connections.add(e.connection);
  }

  addKernelEvent(e: KernelEvent): void {
    const folded = foldedEvent(this.kernelEvents.at(-1), e);
    if (folded) this.kernelEvents.pop();
    this.kernelEvents.push(folded ?? e);
    if (e.connection !== undefined) this.#changes.connections.add(e.connection);
    if (this.kernelEvents.length <= 2 * eventLimit) return;
    this.kernelEvents = this.kernelEvents.slice(-eventLimit);
    this.addLoss({ source: 'bpf', what: 'kernelEvents', kind: 'evicted', count: eventLimit + 1 });
  }

  /** The place in the kernel of these events is known now. */
  namePlace(events: ReadonlySet<string>, place: string): void {
    this.kernelEvents = this.kernelEvents.map((e) => (events.has(e.id) ? { ...e, place } : e));
  }

  setKernelSamples(connection: string, samples: readonly KernelSample[]): void {
    this.kernelSamples.set(connection, samples);
    this.#changes.connections.add(connection);
  }

  /** Rows show the set-up of their connection: said apart, as most changes of a connection alter no row. */
  #touchRequestsOf(connection: string): void {
    for (const id of this.#index.requestsOf(connection)) this.#changes.requests.add(id);
  }

  setDial(d: Dial): void {
    if (d.request !== undefined) this.#changes.requests.add(d.request);
    for (const id of this.#index.waitedFor(d.id)) this.#changes.requests.add(id);
    if (d.connection !== undefined && this.dials.get(d.id)?.connection !== d.connection)
      this.#touchRequestsOf(d.connection);
    this.dials.set(d.id, d);
  }

  setLookup(l: Lookup): void {
    this.lookups.set(l.id, l);
    this.dns.keepLookup(l);
    const dial = l.dial === undefined ? undefined : this.dials.get(l.dial);
    if (dial) this.setDial(dial);
  }

  setExchange(x: DnsExchange): void {
    this.dnsExchanges.set(x.id, x);
    this.dns.keepExchange(x);
    const lookup = x.lookup === undefined ? undefined : this.lookups.get(x.lookup);
    if (lookup) this.setLookup(lookup);
  }

  setTunnel(t: TlsTunnel): void {
    this.tlsTunnels.set(t.id, t);
    if (t.connection === undefined) return;
    this.#index.addTunnel(t.connection, t.id);
    const c = this.connections.get(t.connection);
    if (c) this.setConnection(c);
    this.#touchRequestsOf(t.connection);
    const dial = c?.dial === undefined ? undefined : this.dials.get(c.dial);
    if (dial) this.setDial(dial);
  }

  setProcess(p: Process): void {
    this.processes.set(p.id, p);
    this.#changes.other = true;
  }

  setPause(p: Pause): void {
    const i = this.pauses.findIndex((x) => x.id === p.id);
    if (i >= 0) this.pauses[i] = p;
    else this.pauses.push(p);
    this.pauses.sort((a, b) => a.beginAt - b.beginAt);
    this.#changes.other = true;
    for (const r of this.requests.values()) {
      if (
        (r.endAt ?? Number.POSITIVE_INFINITY) > p.beginAt &&
        (r.thread === p.thread || r.thread.startsWith(`${p.process}-`))
      ) {
        this.#changes.requests.add(r.id);
      }
    }
  }

  /** Adds to a loss of the same kind rather than listing each. */
  addLoss(loss: Loss): void {
    this.#changes.other = true;
    const same = this.losses.findIndex(
      (l) => l.what === loss.what && l.kind === loss.kind && l.thread === loss.thread && l.reason === loss.reason,
    );
    const before = this.losses[same];
    if (!before) {
      this.losses = [...this.losses, loss];
      return;
    }
    const merged: Loss = { ...before, count: before.count + loss.count };
    const begin = least(before.beginAt, loss.beginAt);
    const end = greatest(before.endAt, loss.endAt);
    if (begin !== undefined) merged.beginAt = begin;
    if (end !== undefined) merged.endAt = end;
    this.losses = this.losses.with(same, merged);
  }

  touch(): void {
    this.#changes.other = true;
  }

  /** Forgets what has ended; what runs goes on, and the counts begin anew. */
  clear(): void {
    clearStore(this, this.#index);
  }

  // --- whole documents -------------------------------------------------------------------------------------------

  /** The trace as a document: sorted, keys in schema order; the same records give the same text. */
  toDocument(): Trace {
    const whole: Trace = {
      ...this.header,
      counts: { ...this.counts },
      processes: sorted(this.processes.values()),
      requests: sorted([...this.requests.values(), ...this.incoming.values()]),
      dials: sorted(this.dials.values()),
      lookups: sorted(this.lookups.values()),
      ...(this.#looksForDns() ? { dnsExchanges: sorted(this.dnsExchanges.values()) } : {}),
      connections: sorted(this.connections.values()),
      tlsTunnels: sorted(this.tlsTunnels.values()),
      certificates: [...this.certificates.values()],
      losses: [...this.losses],
    };
    if (this.pauses.length > 0) whole.pauses = [...this.pauses];
    if (this.socketOperations.size > 0) whole.socketOperations = this.#operations();
    if (this.kernelSamples.size > 0 || this.#isOn('inetDiag'))
      whole.kernelSamples = sorted([...this.kernelSamples.values()].flat());
    if (this.kernelEvents.length > 0 || this.#isOn('bpf'))
      whole.kernelEvents = sorted([
        ...this.kernelEvents.slice(0, this.#eventsOfDocument),
        ...withRequests(this, this.kernelEvents.slice(this.#eventsOfDocument)),
      ]);
    const delays = delaysOf(this, whole.kernelEvents ?? []);
    if (delays.length > 0) whole.eventLoopDelays = sorted(delays);
    if (this.conntrackEntries.size > 0 || this.#isOn('conntrack'))
      whole.conntrackEntries = sorted(this.conntrackEntries.values());
    return canonical(traceSchema, whole);
  }

  /** Without a word of DNS messages there is no list, rather than an empty one. */
  #looksForDns(): boolean {
    return this.dnsExchanges.size > 0 || this.#isOn('resolver');
  }

  #isOn(source: string): boolean {
    const state = this.header.sources.find((s) => s.name === source)?.state;
    return state === 'on' || state === 'partial';
  }

  /** By instant; those of the same instant, or of none, by connection and in its order. */
  #operations(): SocketOperation[] {
    const ids = [...this.socketOperations.keys()].sort(compareIds);
    return sorted(ids.flatMap((id) => this.socketOperations.get(id) ?? []));
  }

  /** A store that holds a document's records; no limit, as all of it was kept once. */
  static fromDocument(doc: Trace): Store {
    const {
      processes,
      requests,
      dials,
      lookups,
      dnsExchanges,
      connections,
      tlsTunnels,
      certificates,
      counts,
      losses,
      pauses,
      socketOperations,
      kernelSamples,
      kernelEvents,
      conntrackEntries,
      ...header
    } = doc;
    const store = new Store(header, Number.POSITIVE_INFINITY);
    for (const p of processes) store.processes.set(p.id, p);
    for (const c of connections) store.connections.set(c.id, c);
    for (const d of dials) store.dials.set(d.id, d);
    for (const l of lookups) store.lookups.set(l.id, l);
    for (const x of dnsExchanges ?? []) store.dnsExchanges.set(x.id, x);
    for (const t of tlsTunnels) store.setTunnel(t);
    for (const c of certificates) store.certificates.set(c.fingerprint256, c);
    store.pauses.push(...(pauses ?? []));
    for (const o of socketOperations ?? []) {
      const list = store.socketOperations.get(o.connection);
      if (list) (list as SocketOperation[]).push(o);
      else store.socketOperations.set(o.connection, [o]);
    }
    for (const e of conntrackEntries ?? []) store.conntrackEntries.set(e.id, e);
    store.kernelEvents = [...(kernelEvents ?? [])];
    store.#eventsOfDocument = store.kernelEvents.length;
    for (const s of kernelSamples ?? []) {
      const list = store.kernelSamples.get(s.connection);
      if (list) (list as KernelSample[]).push(s);
      else store.kernelSamples.set(s.connection, [s]);
    }
    for (const r of requests) r.direction === 'in' ? store.incoming.set(r.id, r) : store.setRequest(r);
    store.counts = { ...counts };
    store.losses = [...losses];
    return store;
  }
}

/** Samples of a long connection that gave way to later ones: as it should be, and nothing that anybody misses. */
export const isThinned = (l: Loss): boolean => l.what === 'kernelSamples' && l.kind === 'evicted';

/** A header for a trace that begins now; the caller gives the anchor. */
export function newHeader(
  id: string,
  anchor: { time: string; monotonicNs: string },
  producer: { name: string; version: string },
): Header {
  return {
    format: 'nettrace',
    version: formatVersion,
    id,
    producer,
    beginTime: anchor.time,
    beginMonotonicNs: anchor.monotonicNs,
    state: 'running',
    sources: [],
  };
}

/** A 5xx answer that came whole: one that also broke off counts as failed already. */
const isServerError = (r?: Request) =>
  r?.outcome !== undefined && r.outcome !== 'failed' && (r.response?.status ?? 0) >= 500;

const least = (a?: number, b?: number) => (a === undefined ? b : b === undefined ? a : Math.min(a, b));
const greatest = (a?: number, b?: number) => (a === undefined ? b : b === undefined ? a : Math.max(a, b));
