/** A saved trace with the indices that looking at one instant of it needs; made once. */
import { phasesOf } from '../../model/phases/phases';
import type { DnsExchange, Finding, KernelEvent, PacketRef, Request, Trace } from '../../model/records';
import { type Row, rowOf } from '../../model/rows/row';
import { Store } from '../../model/store/store';
import { countUpTo } from '../events/timeline';
import { endOfRequest } from '../known/known';

export class TraceIndex {
  readonly store: Store;
  readonly #begins: number[];
  readonly #ends: number[];
  readonly #exchanges = new Map<string, DnsExchange[]>();
  readonly #kernelEvents = new Map<string, KernelEvent[]>();
  readonly #packets = new Map<string, PacketRef[]>();
  readonly #findings = new Map<string, Finding[]>();
  #rows: Map<string, Row> | undefined;

  constructor(readonly document: Trace) {
    this.store = Store.fromDocument(document);
    const own = document.requests.filter((r) => r.direction !== 'in');
    this.#begins = numbers(own.map((r) => r.createdAt));
    this.#ends = numbers(own.map((r) => (r.createdAt === undefined ? undefined : endOfRequest(r))));
    for (const x of document.dnsExchanges ?? []) add(this.#exchanges, x.lookup, x);
    for (const e of document.kernelEvents ?? []) add(this.#kernelEvents, e.connection, e);
    for (const p of document.packets ?? []) add(this.#packets, p.request, p);
    for (const f of document.findings ?? []) for (const id of f.subjects) add(this.#findings, id, f);
  }

  /** A request that the program made, or one that it answered. */
  request(id: string | undefined): Request | undefined {
    return this.store.requests.get(id ?? '') ?? this.store.incoming.get(id ?? '');
  }

  requests(): Request[] {
    return this.document.requests;
  }

  exchangesOf(lookup: string): readonly DnsExchange[] {
    return this.#exchanges.get(lookup) ?? [];
  }

  kernelEventsOf(connection: string): readonly KernelEvent[] {
    return this.#kernelEvents.get(connection) ?? [];
  }

  packetsOf(request: string): readonly PacketRef[] {
    return this.#packets.get(request) ?? [];
  }

  findingsOf(record: string): readonly Finding[] {
    return this.#findings.get(record) ?? [];
  }

  /** How many requests had been made, and how many of them had not ended, at an instant. */
  countsAt(at: number): { made: number; running: number } {
    const made = countUpTo(this.#begins, at, (n) => n);
    return { made, running: made - countUpTo(this.#ends, at, (n) => n) };
  }

  /** Those made up to an instant that had not ended. */
  runningAt(at: number): Request[] {
    return this.document.requests.filter(
      (r) =>
        r.direction !== 'in' &&
        (r.createdAt ?? Number.POSITIVE_INFINITY) <= at &&
        !((endOfRequest(r) ?? Number.POSITIVE_INFINITY) <= at),
    );
  }

  /** Row of each request as it ended, for queries; made at the first one. */
  rows(): ReadonlyMap<string, Row> {
    this.#rows ??= new Map(this.document.requests.map((r) => [r.id, rowOf(r, this.store, this.#end)]));
    return this.#rows;
  }

  /** µs; undefined: not known when it began. */
  totalOf(r: Request): number | undefined {
    return phasesOf(r, this.store, this.#end).total;
  }

  get #end(): number {
    return this.document.endAt ?? 0;
  }
}

/** Those that are known, ascending. */
const numbers = (list: (number | undefined)[]): number[] =>
  list.filter((n): n is number => n !== undefined).sort((a, b) => a - b);

function add<T>(map: Map<string, T[]>, key: string | undefined, value: T): void {
  if (key === undefined) return;
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
