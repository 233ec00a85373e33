/** Lookups that took long: the thread pool was full, Node's own limit on them, or the resolver. By kind and name. */

import { median } from '../../../model/base/statistics';
import { plural, timeText } from '../../../model/base/text';
import type { Lookup } from '../../../model/records';
import type { Store } from '../../../model/store/store';
import { costTime, type Draft, draft, number, time } from '../../base/draft';
import { type Facts, push, sum } from '../../base/facts';
import { lookupSlots, poolWait, slowLookup } from '../../base/limits';
import { isLoopback } from '../../base/places';

const took = (l: Lookup): number => (l.endAt as number) - (l.beginAt as number);
const waited = (l: Lookup): number => l.poolWaitDuration ?? 0;

export function slowLookupRule({ store }: Facts): Draft[] {
  // A wait longer than the whole lookup is no figure to build on.
  const done = [...store.lookups.values()].filter(
    (l) => l.beginAt !== undefined && l.endAt !== undefined && waited(l) <= took(l),
  );
  if (done.length === 0) return [];
  return [...poolFindings(done), ...resolverFindings(done, store)];
}

function poolFindings(done: readonly Lookup[]): Draft[] {
  const list = done.filter((l) => waited(l) >= poolWait.min && waited(l) >= poolWait.share * took(l));
  const [first] = list;
  if (first === undefined || (list.length === 1 && waited(first) < poolWait.one)) return [];
  const lost = sum(list.map(waited));
  const rest = sum(list.map((l) => took(l) - waited(l)));
  const slots = list.every((l) => (l.inFlight ?? 0) > lookupSlots);
  const ids = list.map((l) => l.dial ?? l.id);
  return [
    draft({
      rule: 'dns-thread-pool',
      severity: 'warning',
      title: `Lookups waited ${timeText(lost)} for the thread pool`,
      text: `${plural(list.length, 'lookup')} waited ${timeText(lost)} for a thread of the pool; the lookup itself took ${timeText(rest)}${slots ? '; others were running' : ''}.`,
      fault: slots ? 'node' : 'yourCode',
      certainty: 'sure',
      subjects: ids,
      evidence: [
        costTime('wait for a thread', lost, list[0]?.id, 'poolWaitDuration'),
        time('lookup after it', rest, list[0]?.id),
        number('lookups', list.length),
      ],
      advice: 'Start with UV_THREADPOOL_SIZE=16, or move pbkdf2, zlib and the like to a worker.',
    }),
  ];
}

function resolverFindings(all: readonly Lookup[], store: Store): Draft[] {
  // No name server is asked for the own machine.
  const done = all.filter((l) => !isLoopback(l.hostname ?? ''));
  // Its end is seen by the program, which may have been busy.
  const busy = (l: Lookup): number =>
    store.requests.get(store.dials.get(l.dial ?? '')?.request ?? '')?.loopBusyDuration ?? 0;
  const lasted = (l: Lookup): number => Math.max(0, took(l) - waited(l) - busy(l));
  // Where the pool's wait is not known, others under way may have held the threads.
  const own = done.filter((l) => l.poolWaitDuration !== undefined || (l.inFlight ?? 0) <= lookupSlots);
  const usual = median(own.map(lasted));
  const late = own.filter((l) => {
    const t = lasted(l);
    return t >= slowLookup.one || (t >= slowLookup.min && t >= slowLookup.timesMedian * usual);
  });
  const byName = new Map<string, Lookup[]>();
  for (const l of late) push(byName, l.hostname ?? '', l);
  return [...byName].flatMap(([name, list]) => {
    const times = list.map(lasted);
    if (list.length < slowLookup.times && Math.max(...times) < slowLookup.one) return [];
    const silent = times.some((t) => t >= 4_900_000);
    return [
      draft({
        rule: 'dns-slow',
        severity: 'warning',
        title: `Lookup of ${name} takes ${timeText(median(times))}`,
        text: `${plural(list.length, 'lookup')} of ${name} took ${timeText(sum(times))}; the median of all is ${timeText(usual)}.${silent ? ' Over 5 s: the first name server does not answer.' : ''}`,
        fault: 'dns',
        certainty: list.every((l) => l.poolWaitDuration !== undefined) ? 'sure' : 'likely',
        subjects: list.map((l) => l.dial ?? l.id),
        evidence: [
          costTime('total time', sum(times)),
          time('longest', Math.max(...times), list[0]?.id),
          time('median of all lookups', usual),
        ],
        advice: 'Check the name servers of this machine and the search domains.',
      }),
    ];
  });
}
