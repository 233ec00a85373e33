/** A store as its spans see it: its clock, what is masked, and which request has a span from when to when. */
import { type Breakdown, phasesOf } from '../../model/phases/phases';
import type { Dial, KernelEvent, Request } from '../../model/records';
import { isSecretHeader } from '../../model/secrets/mask';
import type { Store } from '../../model/store/store';
import { spanIdOf, type TraceParent, traceIdOf, traceParentOf } from './ids';
import { Clock, type Interval } from './times';
import type { SpanContext } from './types';

interface Timed {
  breakdown: Breakdown;
  interval: Interval;
}

export class View {
  readonly clock: Clock;
  /** Names that the user masked. */
  readonly masked: readonly string[] | undefined;
  readonly #timed = new WeakMap<Request, Timed | undefined>();
  readonly #contexts = new WeakMap<Request, SpanContext>();
  readonly #id: string;

  constructor(
    readonly store: Store,
    /** µs since the trace began: where requests that run end. */
    readonly now: number,
    /** Retransmits by their request. */
    readonly retransmits: ReadonlyMap<string, readonly KernelEvent[]> = new Map(),
  ) {
    this.clock = new Clock(store.header.beginTime);
    this.masked = store.header.settings?.maskedParameters;
    this.#id = store.header.id;
  }

  /** When the request was made and ended, with its phases; undefined: it has no span. */
  timesOf(r: Request): Timed | undefined {
    if (this.#timed.has(r)) return this.#timed.get(r);
    const timed = r.direction === 'in' ? undefined : this.#measured(r);
    this.#timed.set(r, timed);
    return timed;
  }

  #measured(r: Request): Timed | undefined {
    const breakdown = phasesOf(r, this.store, this.now);
    const { phases } = breakdown;
    const last = phases.at(-1);
    const begin = r.createdAt ?? phases[0]?.beginAt;
    const end = last ? last.beginAt + last.duration + (last.paused ?? 0) : (r.endAt ?? begin);
    const interval = this.clock.between(begin, end);
    return interval && { breakdown, interval };
  }

  /** Value of a request header, where the trace may hold it. */
  headerOf(r: Request, name: string): string | undefined {
    const { headerLevel, excludeHeaders = [] } = this.store.header.settings ?? {};
    if (headerLevel !== 'values' || isSecretHeader(name, this.masked)) return undefined;
    if (excludeHeaders.some((h) => h.toLowerCase() === name)) return undefined;
    return r.headers?.find((h) => h.name.toLowerCase() === name)?.value;
  }

  /** The other tracer's span that the request said it belongs to. */
  parentOf(r: Request): TraceParent | undefined {
    return this.headerOf(r, 'traceparent') === undefined ? undefined : traceParentOf(r);
  }

  contextOf(r: Request): SpanContext {
    const known = this.#contexts.get(r);
    if (known) return known;
    const traceId = this.parentOf(r)?.traceId ?? traceIdOf(this.#id, 'request', r.operation ?? r.id);
    const context = { traceId, spanId: this.spanId('request', r.id) };
    this.#contexts.set(r, context);
    return context;
  }

  /** Request that the dial was begun for, if it has a span. */
  ownerOf(d: Dial): Request | undefined {
    const r = d.request === undefined ? undefined : this.store.requests.get(d.request);
    return r && this.timesOf(r) ? r : undefined;
  }

  /** A dial that no request of the trace began is a trace of its own. */
  traceOfDial(d: Dial): string {
    const owner = this.ownerOf(d);
    return owner ? this.contextOf(owner).traceId : traceIdOf(this.#id, 'dial', d.id);
  }

  spanId(kind: 'request' | 'wait' | 'dial' | 'lookup' | 'attempt' | 'tls', record: string): string {
    return spanIdOf(this.#id, kind, record);
  }

  /** Of a record that belongs to no request and no dial. */
  ownTrace(kind: 'lookup' | 'attempt' | 'tls', record: string): string {
    return traceIdOf(this.#id, kind, record);
  }
}

/** Id of the process that a thread belongs to. */
export const processOf = (thread: string | undefined): string =>
  thread === undefined ? '' : thread.slice(0, Math.max(0, thread.lastIndexOf('-')));
