/** What the kernel reports about a connection beside samples and events: totals by BPF, arrivals. */

import { requestOf, spansOf } from '../phases/joins';
import type { Connection, KernelEvent, KernelTotals, Request, RequestKernel } from '../records';
import type { Store } from '../store/store';

const names = [
  'packetsSent',
  'packetsReceived',
  'ipBytesSent',
  'ipBytesReceived',
  'ecnMarksReceived',
  'drops',
  'sendSizes',
  'receiveSizes',
  'qdiscPackets',
  'qdiscDuration',
  'qdiscLongest',
] as const;
export type JoinedStatistics = Partial<Pick<KernelTotals, (typeof names)[number]>>;

export type JoinedFact =
  | { k: 'totals'; connection: string; at: number; totals: JoinedStatistics }
  /** What the number of a place is called, in the events that came and in those that will. */
  | { k: 'place'; number: number; name: string };

export const isJoined = (fact: { k: string }): fact is JoinedFact => fact.k === 'totals' || fact.k === 'place';

/** First bytes kept of a connection. */
const maxArrivals = 64;
/** Events that wait for the name of a place. */
const maxPlaceless = 4096;

export class JoinedFold {
  /** Instants at which first bytes came, after the program had sent. */
  readonly #arrivals = new Map<string, number[]>();
  readonly #places = new Map<number, string>();
  readonly #placeless = new Map<number, Set<string>>();

  constructor(readonly store: Store) {}

  fold(fact: JoinedFact): void {
    if (fact.k === 'place') return this.#place(fact.number, fact.name);
    const c = this.store.connections.get(fact.connection);
    if (c) this.#statistics(c, fact.at, fact.totals);
  }

  #place(number: number, name: string): void {
    this.#places.set(number, name);
    const events = this.#placeless.get(number);
    this.#placeless.delete(number);
    if (events) this.store.namePlace(events, name);
  }

  /** An event with its place, if that has a name; else it gets it as soon as there is one. */
  placed(e: KernelEvent, number: number | undefined): KernelEvent {
    if (number === undefined) return e;
    const place = this.#places.get(number);
    if (place !== undefined) return { ...e, place };
    const waiting = this.#placeless.get(number) ?? new Set();
    this.#placeless.set(number, waiting);
    if (waiting.size < maxPlaceless) waiting.add(e.id);
    return e;
  }

  /** An event was taken in. */
  event(e: KernelEvent): void {
    const c = e.connection === undefined ? undefined : this.store.connections.get(e.connection);
    if (!c) return;
    if (e.kind === 'drop') this.#statistics(c, e.at, { drops: (c.kernel?.drops ?? 0) + (e.count ?? 1) });
    else if (e.kind === 'firstByte') this.#arrived(c.id, e.at);
  }

  #statistics(c: Connection, at: number, statistics: JoinedStatistics): void {
    const by = { ...c.kernel?.by, ...Object.fromEntries(Object.keys(statistics).map((name) => [name, 'bpf'])) };
    this.store.setConnection({ ...c, kernel: { at, ...c.kernel, ...statistics, by } });
  }

  #arrived(connection: string, at: number): void {
    if (this.#arrivals.size > 2 * this.store.connections.size + 16)
      for (const id of this.#arrivals.keys()) if (!this.store.connections.has(id)) this.#arrivals.delete(id);
    const list = this.#arrivals.get(connection) ?? [];
    this.#arrivals.set(connection, list);
    list.push(at);
    if (list.length > maxArrivals) list.shift();
    // A request whose figures were taken already.
    for (const id of this.store.requestsOfConnection(connection).slice(-4)) {
      const r = this.store.requests.get(id);
      if (!r?.kernel || r.kernel.firstByteAt !== undefined) continue;
      const found = this.arrivalOf(r);
      if (found.firstByteAt !== undefined) this.store.setRequest({ ...r, kernel: { ...r.kernel, ...found } });
    }
  }

  /** When the answer's first byte was in the socket, and how long it lay there. */
  arrivalOf(r: Request): Pick<RequestKernel, 'firstByteAt' | 'deliveryDuration' | 'by'> {
    const { connection, sendBeginAt, responseBeginAt } = r;
    const arrivals = connection === undefined ? undefined : this.#arrivals.get(connection);
    if (!arrivals || connection === undefined || sendBeginAt === undefined || responseBeginAt === undefined) return {};
    // After a handshake the server's first bytes may be tickets, and not the answer; so may be an informational one.
    if ((r.ordinal ?? 1) <= 1 && this.store.tunnelsOf(connection).length > 0) return {};
    const firstByteAt = arrivals.findLast((at) => at >= sendBeginAt && at <= responseBeginAt);
    if (firstByteAt === undefined) return {};
    if (requestOf(sendBeginAt, responseBeginAt, spansOf(connection, this.store)) !== r.id) return {};
    const deliveryDuration = responseBeginAt - firstByteAt;
    return { firstByteAt, deliveryDuration, by: { firstByteAt: 'bpf', deliveryDuration: 'bpf' } };
  }
}

/** Of the figures so far, those that no sample has. */
export function joinedStatistics(kernel: KernelTotals | undefined): JoinedStatistics & Pick<KernelTotals, 'by'> {
  if (!kernel) return {};
  const kept = names.flatMap((name) => (kernel[name] === undefined ? [] : [[name, kernel[name]]]));
  return { ...Object.fromEntries(kept), ...(kernel.by ? { by: kernel.by } : {}) };
}
