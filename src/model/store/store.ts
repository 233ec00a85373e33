/**
 * The records of one trace, by id, with the indices that point down (a request knows its connection; which requests a
 * connection had is an index here, not a field). `fold` fills it from event lines; a document fills it whole.
 *
 * Records are replaced, never changed in place, so a reference to one stays a consistent state. Bounded: beyond
 * `limit` requests the oldest finished go, with what only they used; counts stay exact, `losses` says what went.
 */

import { isAborted, isClientError, isInterrupted, isServerError } from '../facts/outcome';
import type {
  Connection,
  ConntrackEntry,
  Dial,
  DnsExchange,
  KernelEvent,
  KernelSample,
  Lookup,
  Loss,
  Pause,
  Process,
  Request,
  SocketOperation,
  Source,
  TlsTunnel,
  Trace,
} from '../records';
import type { BreakpointHit } from './breakpointHit';
import { clearStore } from './clear';
import { DnsBounds } from './dnsBounds';
import { Eviction } from './eviction';
import type { EvictionSink } from './evictionSink';
import { fillFrom } from './fill';
import { type Header, headerOf } from './header';
import { Index } from './indices';
import { foldedEvent } from './kernelEvents';
import { withLoss } from './losses';
import { Pipes } from './pipes';
import { Records } from './records';

export { type Header, newHeader } from './header';

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

const defaultRequestLimit = 20_000;
/** Socket operations kept of each connection. */
const operationLimit = 256;
/** Hits of network breakpoints that wait to be taken. */
const hitLimit = 1000;
/** Events of the kernel kept in all. */
const eventLimit = 20_000;

export class Store extends Records {
  /** How many of the kernel's events, the first ones, came with a document: they stay as they are when it is saved again. */
  eventsOfDocument = 0;
  /** Takes what is evicted. Absent: it is gone. */
  evictions: EvictionSink | undefined;

  readonly dns = new DnsBounds(this);
  readonly pipes = new Pipes(this);
  readonly #index = new Index();
  readonly #eviction = new Eviction(this, this.#index);
  #hits: BreakpointHit[] = [];
  #changes: Changes = { requests: new Set(), connections: new Set(), removed: new Set(), other: true };

  constructor(
    header: Header,
    readonly limit: number = defaultRequestLimit,
  ) {
    super(header);
  }

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

  /** What changed since the last call; clears it. */
  takeChanges(): Changes {
    const changes = this.#changes;
    this.#changes = { requests: new Set(), connections: new Set(), removed: new Set(), other: false };
    return changes;
  }

  /** Nobody will ask what changed: none of it is noted from here on, nor kept. */
  ignoreChanges(): void {
    this.#changes = { requests: new NoSet(), connections: new NoSet(), removed: new NoSet(), other: false };
  }

  /** Hits of network breakpoints since the last call; of more than 1,000 the newest. */
  takeBreakpointHits(): BreakpointHit[] {
    const hits = this.#hits;
    this.#hits = [];
    return hits;
  }

  // --- writing: used by fold -------------------------------------------------------------------------------------

  setRequest(r: Request): void {
    const before = this.requests.get(r.id);
    this.requests.set(r.id, r);
    this.#changes.requests.add(r.id);
    if (!before) this.live.running++;
    if (before?.outcome === undefined && r.outcome !== undefined) this.live.running--;
    if (!endsAlike(r, before)) for (const [name, is] of ends) this.live[name] += Number(is(r)) - Number(is(before));
    if ((before?.ordinal ?? 0) <= 1 && (r.ordinal ?? 0) > 1) this.live.reuses++;
    this.live.bytesSent += (r.bytesSent ?? 0) - (before?.bytesSent ?? 0);
    this.live.bytesReceived += (r.bytesReceived ?? 0) - (before?.bytesReceived ?? 0);
    this.#index.link(r, before);
    if (before?.connection !== r.connection) {
      this.pipes.changed(before?.connection);
      this.pipes.changed(r.connection);
    }
    if (!before && this.requests.size > this.limit) this.#eviction.run();
  }

  addBreakpointHit(hit: BreakpointHit): void {
    if (this.#hits.push(hit) > hitLimit) this.#hits.shift();
    this.#changes.other = true;
  }

  /** A request that the program answers. The oldest go when there are too many. */
  setIncoming(r: Request): void {
    if (!this.incoming.has(r.id)) this.counts = { ...this.counts, incoming: (this.counts.incoming ?? 0) + 1 };
    this.incoming.set(r.id, r);
    this.#changes.other = true;
    if (this.incoming.size <= this.limit) return;
    for (const [id, oldest] of this.incoming) {
      this.incoming.delete(id);
      this.evictions?.keep('incoming', oldest, true);
      this.addLoss({ source: 'session', what: 'requests', kind: 'evicted', count: 1, reason: 'incoming' });
      return;
    }
  }

  /** Whether a line is about a request that was evicted while it ran: counted already, but for how it ended. */
  wasEvicted(id: string, end: Partial<Request>): boolean {
    return this.#eviction.meets(id, end);
  }

  /** Takes a request out; said by eviction and clearing only. */
  removeRequest(r: Request): void {
    this.requests.delete(r.id);
    this.#changes.requests.delete(r.id);
    this.#changes.removed.add(r.id);
    if (r.outcome === undefined) this.live.running--;
    this.#index.unlink(r);
    this.pipes.changed(r.connection);
  }

  setConnection(c: Connection): void {
    this.connections.set(c.id, c);
    this.pipes.changed(c.id);
    this.#changes.connections.add(c.id);
    this.#eviction.boundConnections();
  }

  /** Takes a connection out; said by eviction and clearing only. */
  removeConnection(id: string): void {
    this.connections.delete(id);
    this.pipes.evicted(id);
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

  /** Rows show the setup of their connection: said apart, as most changes of a connection alter no row. */
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
    this.losses = withLoss(this.losses, loss);
  }

  /** Changes fields of the header; the others stay. */
  setHeader(fields: Partial<Header>): void {
    this.header = { ...this.header, ...fields };
    this.touch();
  }

  /** Sets the state of a source of facts: there is one entry for each. */
  setSource(source: Source): void {
    const { sources } = this.header;
    const known = sources.some((s) => s.name === source.name);
    this.setHeader({
      sources: known ? sources.map((s) => (s.name === source.name ? source : s)) : [...sources, source],
    });
  }

  touch(): void {
    this.#changes.other = true;
  }

  /** To be called when no line comes any more: what was kept beyond the limit until then is evicted. */
  settle(): void {
    this.#eviction.run(true);
  }

  /** Forgets what has ended; what runs goes on, and the counts start again. */
  clear(): void {
    this.evictions?.clear();
    clearStore(this, this.#index);
  }

  // --- whole documents -------------------------------------------------------------------------------------------

  /** The header for a document that is made now (`documentOf`); a running session completes it. */
  documentHeader(): Header {
    return this.header;
  }

  /** A store that holds a document's records; no limit, as all of it was kept once. */
  static fromDocument(doc: Trace): Store {
    const store = new Store(headerOf(doc), Number.POSITIVE_INFINITY);
    fillFrom(store, doc);
    store.eventsOfDocument = store.kernelEvents.length;
    return store;
  }
}

const ends = [
  ['serverErrors', isServerError],
  ['clientErrors', isClientError],
  ['aborted', isAborted],
  ['interrupted', isInterrupted],
] as const;

class NoSet extends Set<string> {
  override add(_: string): this {
    return this;
  }
}

/** Nothing changed of what `ends` look at. */
const endsAlike = (r: Request, before: Request | undefined): boolean =>
  before === undefined
    ? r.outcome === undefined && r.response === undefined
    : r.outcome === before.outcome &&
      r.response === before.response &&
      r.error === before.error &&
      r.abort === before.abort &&
      r.timeout === before.timeout &&
      r.mocked === before.mocked;
