/** What a verdict rests on, gathered once: the records below a request, its breakdown, the figures of the loop. */

import { timeText } from '../../../model/base/text';
import { deepest } from '../../../model/facts/outcome';
import { type Context, contextOf } from '../../../model/phases/context';
import { type Breakdown, pausedWithin, phasesOf } from '../../../model/phases/phases';
import type { ErrorInfo, Evidence, PhaseName, Request } from '../../../model/records';
import type { Store } from '../../../model/store/store';
import { time, words } from '../../base/draft';
import { pauseMatters } from '../../base/limits';
import { hostOf, isLoopback, originOf } from '../../base/places';
import { type Busy, whyBusy } from './busy';
import { Usual } from './usual';

export interface Case {
  r: Request;
  store: Store;
  c: Context;
  breakdown: Breakdown;
  /** µs without pauses; 0 where it is not known, see `breakdown`. */
  total: number;
  host: string;
  loopback: boolean;
  /** The error that says most: at the bottom of the causes. */
  error: ErrorInfo | undefined;
  code: string | undefined;
  /** Phase it died in. */
  phase: PhaseName | undefined;
  /** µs in the debugger, when enough to upset timers. */
  paused: number;
  /** µs the loop was busy, without pauses; absent: not measured. */
  busy: number | undefined;
  /** µs the response may have waited for the loop at most, see `loopDelayMax`; absent: only `busy` bounds it. */
  loopDelayMax: number | undefined;
  whyBusy: Busy;
  now: number;
  usual: Usual;
}

export function caseOf(r: Request, store: Store, now: number, usual = new Usual(store)): Case {
  const c = contextOf(r, store, now);
  const breakdown = phasesOf(r, store, now);
  const host = hostOf(originOf(r.url));
  const bottom = deepest(r.error);
  const error = bottom?.code === undefined && r.error?.code !== undefined ? r.error : bottom;
  const all = pausedWithin(c.pauses, r.createdAt ?? 0, c.limit);
  const busy = r.loopBusyDuration === undefined ? undefined : Math.max(0, r.loopBusyDuration - all);
  return {
    r,
    store,
    c,
    breakdown,
    total: breakdown.total ?? 0,
    host,
    loopback: isLoopback(host),
    error,
    code: error?.code ?? r.error?.code,
    phase: (r.error?.phase as PhaseName | undefined) ?? breakdown.phases.at(-1)?.name,
    paused: all >= pauseMatters ? all : 0,
    busy,
    loopDelayMax: r.response?.loopDelayMax,
    whyBusy: whyBusy(r, store, busy ?? 0),
    now,
    usual,
  };
}

export const durationOf = (k: Case, name: PhaseName): number =>
  k.breakdown.phases.find((p) => p.name === name)?.duration ?? 0;

/** What to record to find out more. */
export const useHelper = 'run with --helper all (docs/kernel.md): it sees what arrived, and when.';

/** `448 of 572 ms`, `0.9 ms of 1.21 s`. */
export function ofText(part: number, whole: number): string {
  const [a, b] = [timeText(part), timeText(whole)];
  return a.endsWith(' ms') && b.endsWith(' ms') ? `${a.slice(0, -3)} of ${b}` : `${a} of ${b}`;
}

/** ` after 12 ms`; nothing where a file of another program does not say when it ended. */
export const afterText = ({ breakdown }: Case): string =>
  breakdown.total === undefined ? '' : ` after ${timeText(breakdown.total)}`;

/** Its total as evidence; where that is not known, that it ended so. */
export const totalEvidence = ({ breakdown, r }: Case, name: string, field?: string): Evidence[] =>
  breakdown.total === undefined
    ? [words('outcome', r.outcome ?? '', r.id, 'outcome')]
    : [time(name, breakdown.total, r.id, field)];
