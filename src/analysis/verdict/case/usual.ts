/**
 * What a request is compared with: the others of the trace that are like it. Made once for all verdicts of a trace, so
 * that those of 10,000 requests do not look at every request 10,000 times. Holds as long as the records do not change.
 */
import type { Request } from '../../../model/records';
import type { Store } from '../../../model/store/store';
import { push } from '../../base/facts';
import { usualNeeds } from '../../base/limits';
import { originOf, siteKey, templateOf } from '../../base/places';

export class Usual {
  #alike: Map<string, Request[]> | undefined;
  /** Of a group of alike requests: the totals of each template, sorted. Templates take longest, so they are made last. */
  readonly #totals = new Map<Request[], Map<string, number[]>>();
  #firstFetch: Map<string, number> | undefined;

  constructor(readonly store: Store) {}

  /** Median total of the finished requests like this one, without it; undefined: there are too few. */
  totalOf(r: Request): number | undefined {
    this.#alike ??= this.#grouped();
    const group = this.#alike.get(keyOf(r));
    if (group === undefined || group.length < usualNeeds) return undefined;
    let totals = this.#totals.get(group);
    if (totals === undefined) {
      totals = totalsOf(group);
      this.#totals.set(group, totals);
    }
    const sorted = totals.get(templateOf(r.url ?? ''));
    if (sorted === undefined) return undefined;
    const own = isFinished(r) ? lowerBound(sorted, r.endAt - r.createdAt) : sorted.length;
    const others = own < sorted.length ? sorted.length - 1 : sorted.length;
    if (others < usualNeeds) return undefined;
    const at = (place: number): number => sorted[place < own ? place : place + 1] as number;
    return (at((others - 1) >> 1) + at(others >> 1)) / 2;
  }

  /** Whether no fetch of its thread began before it. */
  isFirstFetch(r: Request): boolean {
    if (r.api !== 'fetch') return false;
    this.#firstFetch ??= this.#firstFetches();
    return (this.#firstFetch.get(r.thread) ?? 0) >= (r.createdAt ?? 0);
  }

  #grouped(): Map<string, Request[]> {
    const groups = new Map<string, Request[]>();
    for (const r of this.store.requests.values()) if (isFinished(r) && !r.mocked) push(groups, keyOf(r), r);
    return groups;
  }

  #firstFetches(): Map<string, number> {
    const first = new Map<string, number>();
    for (const { api, thread, createdAt = 0 } of this.store.requests.values())
      if (api === 'fetch') first.set(thread, Math.min(createdAt, first.get(thread) ?? createdAt));
    return first;
  }
}

type Finished = Request & { createdAt: number; endAt: number };

const isFinished = (r: Request): r is Finished =>
  r.outcome === 'complete' && r.createdAt !== undefined && r.endAt !== undefined;

const keyOf = (r: Request): string => `${r.method} ${r.thread} ${originOf(r.url)} ${siteKey(r.callSite)}`;

function totalsOf(group: readonly Request[]): Map<string, number[]> {
  const totals = new Map<string, number[]>();
  for (const r of group) if (isFinished(r)) push(totals, templateOf(r.url ?? ''), r.endAt - r.createdAt);
  for (const list of totals.values()) list.sort((a, b) => a - b);
  return totals;
}

/** First place whose value is not below. */
function lowerBound(sorted: readonly number[], value: number): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] as number) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
