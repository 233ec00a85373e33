/** A trace rule in force, in one isolate: what it matches, and how many of its matches are reported. */
import type { RequestControl } from '../../model/lines/control';
import { compileQuery } from '../../model/query/compile';
import { parseQuery } from '../../model/query/parse';
import type { RequestRecord } from '../records/request';
import { fault, guarded, parts } from '../runtime/guard';
import { requestFields } from './queryFields';
import { placeFor } from './sharedCounters';

const part = parts.matching;
type Test = (r: RequestRecord) => boolean | undefined;
const evaluate = guarded(part, 'matching.condition', (test: Test, r: RequestRecord) => test(r));
const forever = Number.POSITIVE_INFINITY;

export class Active {
  readonly id: string;
  /** The limit was reached, here or in another thread of the process. */
  reached = false;
  private readonly limit: number;
  private readonly sample: number;
  private readonly counts: Int32Array;
  private readonly first: number;
  /** Undefined: everything. */
  private readonly test: Test | undefined;

  constructor(private readonly asked: RequestControl) {
    this.id = asked.id;
    this.limit = asked.limit ?? forever;
    this.sample = asked.sample ?? 1;
    const place = placeFor(this.isCounted ? asked.slot : undefined);
    this.counts = place.counts;
    this.first = place.first;
    if (asked.condition.trim() === '') return;
    // The session does not let through what is invalid: this one matches nothing.
    this.test = () => false;
    try {
      const { query } = parseQuery(asked.condition);
      if (query !== undefined) this.test = compileQuery(query, requestFields);
    } catch (e) {
      fault(part, e);
    }
  }

  /** It is the same that was in force before. */
  is({ condition, limit, sample, slot }: RequestControl): boolean {
    const { asked } = this;
    return asked.condition === condition && asked.limit === limit && asked.sample === sample && asked.slot === slot;
  }

  get isCounted(): boolean {
    return this.limit !== forever || this.sample > 1;
  }

  /** Asks for whatever there is, also beside requests. */
  get isEverything(): boolean {
    return this.test === undefined && !this.reached;
  }

  matches(r: RequestRecord): boolean | undefined {
    if (this.reached) return false;
    if (this.test === undefined) return true;
    return evaluate(this.test, r) ?? (part.on ? undefined : false);
  }

  /** One more match: whether it is reported. Undefined: the limit was reached before. */
  take(): boolean | undefined {
    if (this.sample > 1 && Atomics.add(this.counts, this.first, 1) % this.sample !== 0) return false;
    if (this.limit === forever) return true;
    const before = Atomics.add(this.counts, this.first + 1, 1);
    if (before >= this.limit - 1) this.reached = true;
    return before < this.limit ? true : undefined;
  }
}
