/**
 * Kernel facts from the native helper, folded like event lines, in any order relative to these. A sample is stored as
 * what changed; the last few are kept whole here, to compute the differences over a request's time.
 */
import type { Connection, ConntrackEntry, KernelEvent, KernelSample, KernelTotals, Request, Route } from '../records';
import type { Store } from '../store/store';
import { isJoined, type JoinedFact, JoinedFold, joinedStatistics } from './joined';
import { type Difference, requestKernelOf, type Statistics, type Whole } from './kernelWindow';
import { type LookupCall, LookupCalls } from './lookupCalls';

export type KernelFact =
  | { k: 'watched'; connection: string; cookie?: string; inode?: number; uid?: number }
  | { k: 'route'; connection: string; route: Route }
  /** Figures of an instant between `at` and `doneAt`; absent: of `at`. */
  | {
      k: 'sample';
      connection: string;
      at: number;
      doneAt?: number;
      trigger: string;
      final?: boolean;
      totals: Statistics;
    }
  | { k: 'conntrack'; connection: string; entry: Omit<ConntrackEntry, 'id'> | { missing: string } }
  /** `netns`: network namespace of its socket, an inode. */
  | { k: 'event'; event: Omit<KernelEvent, 'id'>; place?: number; netns?: number }
  | JoinedFact
  | { k: 'lookupCall'; call: LookupCall }
  /** No more comes of it, and why. */
  | { k: 'missing'; connection: string; reason: string };

/** Stored samples of a connection: the first ones and the last ones. */
export const firstSamples = 8;
export const maxSamples = 64;
/** Whole samples kept to take differences from, and requests that ended lately. */
const maxWhole = 32;
const maxEnded = 64;

interface Due {
  beginAt: number;
  endAt?: number;
  /** Samples after its begin. */
  seen: number;
}

interface State {
  whole: Whole[];
  last?: Statistics;
  /** Requests of the connection whose figures are due. */
  due: Map<string, Due>;
  ended: Difference['others'];
  final?: true;
  dropped: number;
}

export class KernelFold {
  readonly #states = new Map<string, State>();
  #samples = 0;
  #events = 0;
  #entries = 0;
  readonly #joined: JoinedFold;
  readonly #lookups: LookupCalls;

  constructor(readonly store: Store) {
    this.#joined = new JoinedFold(store);
    this.#lookups = new LookupCalls(store);
  }

  fold(fact: KernelFact): void {
    if (fact.k === 'event') {
      // Skipped if its connection has been evicted or forgotten.
      const { connection } = fact.event;
      if (connection === undefined || this.store.connections.has(connection)) {
        if (connection !== undefined && fact.netns !== undefined) this.#isIn(connection, fact.netns);
        const event = this.#joined.placed({ id: `e-${++this.#events}`, ...fact.event }, fact.place);
        this.store.addKernelEvent(event);
        this.#joined.event(event);
      }
      return;
    }
    if (isJoined(fact)) return this.#joined.fold(fact);
    if (fact.k === 'lookupCall') return this.#lookups.call(fact.call);
    const c = this.store.connections.get(fact.connection);
    // It has been evicted or forgotten.
    if (!c) return;
    if (fact.k === 'conntrack') return this.#track(c, fact.entry);
    if (fact.k === 'sample') return this.#sample(c, fact);
    if (fact.k === 'missing') {
      if (c.kernel?.final) return;
      return this.store.setConnection({ ...c, missing: { ...c.missing, kernel: fact.reason } });
    }
    if (fact.k === 'route') {
      return this.store.setConnection({ ...c, route: fact.route, by: { ...c.by, route: 'netlink' } });
    }
    const { k: _, connection: __, ...ids } = fact;
    const by = Object.fromEntries(Object.keys(ids).map((key) => [key, 'inetDiag']));
    this.store.setConnection({ ...c, ...ids, by: { ...c.by, ...by } });
  }

  /** A socket never leaves its network namespace: the first event that says it is enough. */
  #isIn(connection: string, netns: number): void {
    const c = this.store.connections.get(connection);
    if (c && c.netns === undefined) this.store.setConnection({ ...c, netns, by: { ...c.by, netns: 'bpf' } });
  }

  /** The latest counts; that there is none is said at the connection, unless there was one. */
  #track(c: Connection, entry: Omit<ConntrackEntry, 'id'> | { missing: string }): void {
    const before = this.store.conntrackEntries.get(c.id);
    if (!('original' in entry)) {
      if (!before) this.store.setConnection({ ...c, missing: { ...c.missing, conntrack: entry.missing as string } });
      return;
    }
    this.store.setConntrack({ id: before?.id ?? `ct-${++this.#entries}`, ...entry });
  }

  /** A lookup changed. */
  lookup(id: string): void {
    this.#lookups.lookup(id);
  }

  /** A request changed: its figures are due from now on, or can be taken. */
  request(id: string): void {
    const r = this.store.requests.get(id);
    if (r?.connection === undefined || r.kernel !== undefined || r.missing?.kernel !== undefined) return;
    const state = this.#states.get(r.connection);
    if (!state) return;
    this.#due(state, r);
    if (r.endAt !== undefined) this.#settle(r.connection, state, [r.id]);
  }

  #due(state: State, r: Request): void {
    const beginAt = r.assignedAt ?? r.sendBeginAt ?? r.createdAt;
    if (beginAt === undefined) return;
    const known = state.due.get(r.id);
    const seen = known?.beginAt === beginAt ? known.seen : state.whole.filter((s) => s.at > beginAt).length;
    state.due.set(r.id, { beginAt, ...(r.endAt !== undefined ? { endAt: r.endAt } : {}), seen });
  }

  /** Begins with what the store has: a connection's requests may be there before its first sample. */
  #stateOf(connection: string): State {
    const known = this.#states.get(connection);
    if (known) return known;
    const state: State = { whole: [], due: new Map(), ended: [], dropped: 0 };
    this.#states.set(connection, state);
    for (const id of this.store.requestsOfConnection(connection)) {
      const r = this.store.requests.get(id);
      if (r) this.#due(state, r);
    }
    if (this.#states.size > 2 * this.store.connections.size + 16) this.#sweep();
    return state;
  }

  #sweep(): void {
    for (const id of this.#states.keys()) if (!this.store.connections.has(id)) this.#states.delete(id);
  }

  #sample(c: Connection, fact: Extract<KernelFact, { k: 'sample' }>): void {
    const state = this.#stateOf(c.id);
    if (state.final) return;
    const totals = fact.final ? { ...lasting(c.kernel), ...fact.totals } : fact.totals;
    const kernel: KernelTotals = {
      at: fact.at,
      ...(fact.final ? { final: true } : {}),
      ...joinedStatistics(c.kernel),
      ...totals,
    };
    const next: Connection = { ...c, kernel };
    if (next.missing?.kernel !== undefined) {
      const { kernel: __, ...missing } = next.missing;
      next.missing = missing;
      if (Object.keys(missing).length === 0) delete next.missing;
    }
    this.store.setConnection(next);
    this.#store(state, c.id, fact);
    state.whole.push({ at: fact.at, doneAt: fact.doneAt ?? fact.at, statistics: totals });
    for (const d of state.due.values()) if (fact.at > d.beginAt) d.seen++;
    if (fact.final) state.final = true;
    this.#settle(c.id, state, state.due.keys());
    this.#prune(state);
  }

  #store(state: State, connection: string, fact: Extract<KernelFact, { k: 'sample' }>): void {
    const changed = changes(state.last, fact.totals);
    state.last = { ...state.last, ...fact.totals };
    if (Object.keys(changed).length === 0) return;
    const sample: KernelSample = {
      id: `s-${++this.#samples}`,
      connection,
      at: fact.at,
      trigger: fact.trigger,
      ...changed,
    };
    const list = [...(this.store.kernelSamples.get(connection) ?? []), sample];
    if (list.length > maxSamples) {
      list.splice(firstSamples, 1);
      this.store.addLoss({ source: 'inetDiag', what: 'kernelSamples', kind: 'evicted', count: 1 });
    }
    this.store.setKernelSamples(connection, list);
  }

  /** Gives their figures to those requests that ended before the last sample. */
  #settle(connection: string, state: State, ids: Iterable<string>): void {
    const last = state.whole.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
    let spans: Difference['others'] | undefined;
    for (const id of [...ids]) {
      const due = state.due.get(id) as Due;
      const r = this.store.requests.get(id);
      if (!r || r.connection !== connection) {
        state.due.delete(id);
        continue;
      }
      const { beginAt, endAt, seen } = due;
      if (endAt === undefined) continue;
      if (last < endAt) {
        // The last figures were taken before it ended: the kernel was done with the socket earlier.
        if (state.final) this.#lacks(r, state, 'noSampleAfter');
        continue;
      }
      const c = this.store.connections.get(connection) as Connection;
      // Made once: thousands of requests may be due together.
      spans ??= [...state.ended, ...state.due.values()];
      const found = requestKernelOf({
        begin: beginAt,
        end: endAt,
        whole: state.whole,
        seen,
        ...(r.ordinal === 1 && c.connect?.beginAt !== undefined ? { zeroAt: c.connect.beginAt } : {}),
        own: due,
        others: spans,
      });
      state.due.delete(id);
      state.ended.push(due);
      if (state.ended.length > maxEnded) state.ended.shift();
      if ('missing' in found) this.store.setRequest({ ...r, missing: { ...r.missing, kernel: found.missing } });
      else this.store.setRequest({ ...r, kernel: { ...found, ...this.#joined.arrivalOf(r) } });
    }
  }

  #lacks(r: Request, state: State, reason: string): void {
    state.due.delete(r.id);
    this.store.setRequest({ ...r, missing: { ...r.missing, kernel: reason } });
  }

  /** Kept: for each request that is due the last sample before it, and the last of all. */
  #prune(state: State): void {
    const { whole } = state;
    if (whole.length <= 2) return;
    const begins = [...state.due.values()].map((d) => d.beginAt);
    state.whole = whole.filter((s, i) => {
      const next = whole[i + 1];
      return next === undefined || begins.some((at) => s.doneAt <= at && next.doneAt > at);
    });
    if (state.whole.length > maxWhole) state.whole.splice(1, state.whole.length - maxWhole);
  }
}

/** What of earlier figures still holds for a socket that has ended: its queues and its memory are gone. */
function lasting(kernel: KernelTotals | undefined): Statistics {
  if (!kernel) return {};
  const { at: _, final: __, memory: ___, receiveQueueBytes: ____, sendQueueBytes: _____, ...rest } = kernel;
  return rest;
}

function changes(before: Statistics | undefined, now: Statistics): Statistics {
  if (!before) return now;
  return Object.fromEntries(
    Object.entries(now).filter(
      ([key, value]) => JSON.stringify(before[key as keyof Statistics]) !== JSON.stringify(value),
    ),
  );
}
