/** Whether requests from one line are of one loop of the program: what they were made for, and how they follow each other. */
import { median, quantile } from '../../../model/base/statistics';
import type { Request } from '../../../model/records';
import { nPlusOne, serial } from '../../base/limits';
import { originOf, queryNames } from '../../base/places';

/**
 * What it was made for, as far as that is recorded: thread, incoming request, test, and the credentials' length, which
 * differs between users.
 */
export const parentOf = ({ thread, cause = '', label = '', headers = [] }: Request): string =>
  `${thread} ${cause} ${label} ${headers.find(({ name }) => name.toLowerCase() === 'authorization')?.length ?? ''}`;

/** One incoming request, or one test, made all of them. */
export const isKnown = ({ cause, label }: Request): boolean => cause !== undefined || label !== undefined;

interface Loop {
  requests: readonly Request[];
  /** Each began when the one before had ended, a quarter of them at once: a busy machine only makes the pauses longer. */
  isSequence: boolean;
}

/**
 * The longest stretch of requests of the same parent, by begin, that follow each other as in a loop: begun together, or after
 * all before had ended; where one parent is known to have made them, also after any of them had, as with a limit of those at once.
 */
export function loopOf(list: readonly Request[]): Loop {
  let best: Request[] = [];
  let now: Request[] = [];
  let togetherSince = 0;
  let ends = new Ends();
  for (const r of list) {
    const at = r.createdAt as number;
    ends.passTo(at);
    const isTogether = at - togetherSince <= nPlusOne.together;
    const isNext = at - ends.last <= nPlusOne.pause && (ends.open.length === 0 || isKnown(r));
    if (!isTogether && !isNext) {
      now = [];
      ends = new Ends();
    }
    if (!isTogether || now.length === 0) togetherSince = at;
    now.push(r);
    ends.open.push(r.endAt as number);
    if (now.length > best.length) best = now;
  }
  const gaps = gapsOf(best);
  const [first] = best;
  const isLoop = first !== undefined && (isKnown(first) || gaps.length === 0 || median(gaps) <= nPlusOne.together);
  return { requests: isLoop ? best : [], isSequence: isSequence(gaps) };
}

/** Ends of the requests of a stretch, seen from the begin of the next one. */
class Ends {
  /** Of those that have not ended. */
  open: number[] = [];
  /** The last that was. */
  last = Number.NEGATIVE_INFINITY;

  passTo(at: number): void {
    for (const end of this.open) if (end <= at && end > this.last) this.last = end;
    this.open = this.open.filter((end) => end > at);
  }
}

/** µs from the end of each to the begin of the next; below 0: at once. */
const gapsOf = (list: readonly Request[]): number[] =>
  list.slice(1).map((r, i) => (r.createdAt as number) - ((list[i] as Request).endAt as number));

function isSequence(gaps: readonly number[]): boolean {
  return gaps.every((gap) => gap >= 0) && (quantile(gaps, 0.25) ?? Number.POSITIVE_INFINITY) <= serial.gap;
}

/** The ids differ in one place: a segment of the path, or the value of one name of the query. */
export function variesInOne(list: readonly Request[]): boolean {
  const values = new Map<string, Set<string>>();
  for (const { url = '' } of list)
    for (const [place, value] of placesOf(url)) values.set(place, (values.get(place) ?? new Set()).add(value));
  return [...values.values()].filter((set) => set.size > 1).length === 1;
}

function placesOf(url: string): [place: string, value: string][] {
  const rest = url.slice(originOf(url).length).replace(/#.*$/s, '');
  const mark = rest.indexOf('?');
  const path = mark < 0 ? rest : rest.slice(0, mark);
  const query = mark < 0 ? [] : rest.slice(mark + 1).split('&');
  return [
    ...path.split('/').map((segment, i): [string, string] => [String(i), segment]),
    ...query.map((pair): [string, string] => [queryNames(pair), pair]),
  ];
}
