/** Timers that ended requests, grouped by timer; and requests that died while the program itself was busy. */

import { plural, timeText } from '../../../model/base/text';
import type { Request } from '../../../model/records';
import { type Draft, draft, number, time } from '../../base/draft';
import { type Facts, push, sum } from '../../base/facts';
import { busyLoop } from '../../base/limits';
import { type Busy, busyAdvice, busyEvidence, busyFault, whyBusy } from '../../verdict/case/busy';
import { caseOf } from '../../verdict/case/context';
import { timerOf } from '../../verdict/case/timers';

/** Of so many failed requests each is looked at; more are like them. */
const max = 500;

export function timeoutRule({ requests, store, now }: Facts): Draft[] {
  const groups = new Map<
    string,
    { r: Request; name: string; limit: number | undefined; advice: string; fault: string }[]
  >();
  let checked = 0;
  for (const r of requests) {
    if (r.outcome !== 'failed' && r.outcome !== 'aborted') continue;
    if (++checked > max) break;
    const timer = timerOf(caseOf(r, store, now));
    if (timer) push(groups, `${timer.name} ${timer.limit}`, { r, ...timer });
  }
  return [...groups.values()].map((list) => {
    const { name, limit, fault, advice } = list[0] as (typeof list)[number];
    const n = plural(list.length, 'request');
    return draft({
      rule: 'timeout',
      severity: 'warning',
      title: `Timed out: ${name}${limit === undefined ? '' : ` of ${timeText(limit)}`}`,
      text: `${name}${limit === undefined ? '' : ` of ${timeText(limit)}`} ended ${n}.`,
      fault,
      certainty: 'sure',
      subjects: list.map((x) => x.r.id),
      evidence: [
        number('requests', list.length),
        ...(limit === undefined ? [] : [time(name, limit, list[0]?.r.id, 'timeout.limit')]),
      ],
      advice,
    });
  });
}

export function busyLoopRule({ requests, store }: Facts): Draft[] {
  const list = requests.filter((r) => {
    if (r.loopBusyDuration === undefined || r.createdAt === undefined || r.endAt === undefined) return false;
    if (store.pausesOf(r.thread).length > 0) return false;
    // The program gave it up before anything was sent: nothing was due.
    if (r.outcome === 'aborted' && r.sendBeginAt === undefined && r.timeout === undefined) return false;
    // What was busy before the request was sent (Node loading fetch, other requests being made) held up no response.
    const due = Math.min(r.loopBusyDuration - ((r.sendEndAt ?? r.createdAt) - r.createdAt), busyOf(r));
    return due >= busyLoop.min && busyOf(r) >= busyLoop.share * (r.endAt - r.createdAt);
  });
  // What happens while the program loads is no habit.
  const late = list.filter((r) => (r.createdAt ?? 0) - (store.thread(r.thread)?.thread.beginAt ?? 0) > 500_000);
  const groups = new Map<Busy, Request[]>();
  for (const r of late) push(groups, whyBusy(r, store, r.loopBusyDuration as number), r);
  return [...groups].map(([why, those]) => blocked(why, those));
}

/** µs for which the busy loop may have held up the response: not what was over when it came. */
const busyOf = (r: Request): number =>
  Math.min(r.loopBusyDuration as number, r.response?.loopDelayMax ?? Number.POSITIVE_INFINITY);

function blocked(why: Busy, list: readonly Request[]): Draft {
  const longest = list.reduce((a, b) => (busyOf(b) > busyOf(a) ? b : a));
  const duration = timeText(busyOf(longest));
  const computed = why === 'computed';
  return draft({
    rule: 'event-loop-blocked',
    severity: computed ? 'warning' : 'info',
    title: `${computed ? 'Your program was busy' : 'The event loop was blocked'} for ${duration} while responses were due`,
    text: `During ${plural(list.length, 'request')} ${computed ? 'the event loop was busy' : 'the event loop was blocked'} more than half of the time, up to ${duration}${why === 'waited' ? ` (${timeText(longest.processor?.duration ?? 0)} of processor time)` : ''}: responses may have waited in the process.`,
    fault: busyFault(why),
    certainty: computed ? 'likely' : 'unclear',
    subjects: list.map((r) => r.id),
    evidence: [
      number('requests', list.length),
      ...busyEvidence(longest, longest.loopBusyDuration as number),
      time('busy in total', sum(list.map(busyOf))),
    ],
    advice: busyAdvice[why],
  });
}
