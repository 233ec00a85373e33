/**
 * Records of a session as they end, each once, for sinks. What ended waits one more look, as source maps and the last
 * lines about it come a moment later; then its facts are made. None is missed: a record that has left the trace by then
 * (`--max-requests`) is given as it was when it ended.
 */
import type { Connection, Request } from '../../model/records';
import type { Store } from '../../model/store/store';
import type { Ends, TraceStore } from '../../session/traceStore';
import type { Facts, FactsOf } from './facts';

/** Records that wait for the next look; with more of them it comes at once. */
const maxFresh = 4096;

interface Fresh {
  /** `performance.now` when the end was known. */
  since: number;
  facts(): Facts;
}

export class Feed implements Ends {
  #fresh: Fresh[] = [];
  #settled: Fresh[] = [];
  /** Ends the subscription. */
  readonly close: () => void;

  constructor(
    readonly store: Store & Pick<TraceStore, 'onEnds'>,
    readonly factsOf: FactsOf,
    readonly give: (facts: Facts, since: number) => void,
  ) {
    this.close = store.onEnds(this);
  }

  request(r: Request): void {
    this.#add(() => {
      const now = this.store.requests.get(r.id);
      return this.factsOf.request(now ?? r, now !== undefined);
    });
  }

  connection(c: Connection): void {
    this.#add(() => this.factsOf.connection(this.store.connections.get(c.id) ?? c));
  }

  #add(facts: () => Facts): void {
    this.#fresh.push({ since: performance.now(), facts });
    if (this.#fresh.length >= maxFresh) this.look();
  }

  /** Gives what was there at the last look. `all`: it is the last one. */
  look(all = false): void {
    const due = all ? [...this.#settled, ...this.#fresh] : this.#settled;
    this.#settled = all ? [] : this.#fresh;
    this.#fresh = [];
    for (const { facts, since } of due) this.give(facts(), since);
  }
}
