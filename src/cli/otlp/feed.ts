/**
 * The spans of a trace that is being recorded: each record's once, when it has ended. What is found ended waits one more
 * look, as source maps and the last lines about it come a moment later. It waits as a record, in the store: spans are
 * made when there is room for them.
 */
import {
  attemptSpans,
  dialSpans,
  lookupSpans,
  requestSpans,
  type Span,
  tlsSpans,
  type View,
  viewOf,
} from '../../formats/otlp';
import type { Connection, Dial, Lookup, Request, TlsTunnel } from '../../model/records';
import type { Store } from '../../model/store/store';

/** One kind of record. */
interface Kind<T extends { id: string }> {
  records(store: Store): ReadonlyMap<string, T>;
  hasEnded(record: T, store: Store): boolean;
  spans(record: T, view: View): Span[];
}

const kind = <T extends { id: string }>(of: Kind<T>): Kind<{ id: string }> => of as unknown as Kind<{ id: string }>;

const requests: Kind<{ id: string }> = kind<Request>({
  records: (store) => store.requests,
  hasEnded: (r) => r.outcome !== undefined,
  spans: requestSpans,
});

const kinds: readonly Kind<{ id: string }>[] = [
  requests,
  kind<Dial>({ records: (store) => store.dials, hasEnded: isDialOver, spans: dialSpans }),
  kind<Lookup>({ records: (store) => store.lookups, hasEnded: (l) => l.endAt !== undefined, spans: lookupSpans }),
  kind<Connection>({
    records: (store) => store.connections,
    hasEnded: (c) => c.connect?.endAt !== undefined,
    spans: attemptSpans,
  }),
  kind<TlsTunnel>({ records: (store) => store.tlsTunnels, hasEnded: (t) => t.endAt !== undefined, spans: tlsSpans }),
];

/** TLS may follow the dial's own end: it is over with its request, its connection or its failure. */
function isDialOver(d: Dial, store: Store): boolean {
  if (d.error) return true;
  const owner = d.request === undefined ? undefined : store.requests.get(d.request);
  if (d.endAt === undefined) return false;
  if (owner) return owner.outcome !== undefined;
  const c = d.connection === undefined ? undefined : store.connections.get(d.connection);
  return c?.closedAt !== undefined;
}

type Place = [of: Kind<{ id: string }>, id: string];

export class Feed {
  /** Requests whose spans were made. */
  requests = 0;
  readonly #found = new Map(kinds.map((k) => [k, new Set<string>()]));
  /** Found by the last look. */
  #fresh: Place[] = [];
  #ready: Place[] = [];
  /** Made, without room so far. */
  #made: Span[] = [];

  constructor(
    readonly store: Store,
    readonly now: () => number,
  ) {}

  /** Looks for what has ended. `all`: it is the last time, so what has not ended has no later either. */
  look(all = false): void {
    const before = this.#fresh;
    this.#fresh = [];
    for (const [k, found] of this.#found) {
      const records = k.records(this.store);
      for (const record of records.values()) {
        if (found.has(record.id) || !(all || k.hasEnded(record, this.store))) continue;
        found.add(record.id);
        this.#fresh.push([k, record.id]);
      }
      // Of evicted records nothing comes again.
      if (found.size > 2 * records.size + 10_000) for (const id of found) if (!records.has(id)) found.delete(id);
    }
    this.#ready.push(...before);
    if (!all) return;
    this.#ready.push(...this.#fresh);
    this.#fresh = [];
  }

  /** At most `room` spans of what is ready. */
  take(room: number): Span[] {
    const spans = this.#made.splice(0, Math.min(room, this.#made.length));
    if (this.#ready.length === 0 || spans.length >= room) return spans;
    const view = viewOf(this.store, this.now());
    let taken = 0;
    while (taken < this.#ready.length && spans.length < room) {
      const [k, id] = this.#ready[taken++] as Place;
      const record = k.records(this.store).get(id);
      if (!record) continue;
      if (k === requests) this.requests++;
      const made = k.spans(record, view);
      const fitting = made.slice(0, room - spans.length);
      spans.push(...fitting);
      this.#made.push(...made.slice(fitting.length));
    }
    this.#ready = this.#ready.slice(taken);
    return spans;
  }

  /** Requests that had left the trace before their spans were made. Known once `look(true)` and `take` have gone through all. */
  get missed(): number {
    const { requests: all, counted = 0 } = this.store.counts;
    return Math.max(0, all - counted - this.requests);
  }
}
