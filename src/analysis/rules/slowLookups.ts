/** Look-ups that took long: the thread pool was full, Node's own limit on them, or the resolver. By kind and name. */
import type { Lookup } from '../../model/records';
import { median } from '../../model/statistics';
import { timeText } from '../../model/text';
import { type Draft, draft, number, time } from '../draft';
import { type Facts, push, sum } from '../facts';
import { lookupSlots, poolWait, slowLookup } from '../limits';

const took = (l: Lookup): number => (l.endAt as number) - (l.beginAt as number);
const waited = (l: Lookup): number => l.poolWaitDuration ?? 0;

export function slowLookupRule({ store }: Facts): Draft[] {
  const done = [...store.lookups.values()].filter((l) => l.beginAt !== undefined && l.endAt !== undefined);
  if (done.length === 0) return [];
  return [...poolFindings(done), ...resolverFindings(done)];
}

function poolFindings(done: readonly Lookup[]): Draft[] {
  const list = done.filter((l) => waited(l) >= poolWait.least && waited(l) >= poolWait.share * took(l));
  if (list.length === 0) return [];
  const lost = sum(list.map(waited));
  const rest = sum(list.map((l) => took(l) - waited(l)));
  const slots = list.every((l) => (l.inFlight ?? 0) > lookupSlots);
  const ids = list.map((l) => l.dial ?? l.id);
  return [
    draft({
      rule: 'dns-thread-pool',
      severity: 'warning',
      title: `Look-ups waited ${timeText(lost)} for the thread pool`,
      text: `Thread pool: ${list.length === 1 ? 'a look-up' : `${list.length} look-ups`} waited ${timeText(lost)} for a thread; looking up took ${timeText(rest)}${slots ? '; others were under way' : ''}.`,
      fault: slots ? 'node' : 'yourCode',
      certainty: 'sure',
      subjects: ids,
      evidence: [
        time('wait for a thread', waited(list[0] as Lookup), list[0]?.id, 'poolWaitDuration'),
        time('look-up after it', took(list[0] as Lookup) - waited(list[0] as Lookup), list[0]?.id),
        number('look-ups', list.length),
      ],
      advice: 'Set UV_THREADPOOL_SIZE=16 before the start, or move pbkdf2, zlib and the like to a worker.',
    }),
  ];
}

function resolverFindings(done: readonly Lookup[]): Draft[] {
  // Where the pool's wait is not known, others under way may have held the threads.
  const own = done.filter((l) => l.poolWaitDuration !== undefined || (l.inFlight ?? 0) <= lookupSlots);
  const usual = median(own.map((l) => took(l) - waited(l)));
  const late = own.filter((l) => {
    const t = took(l) - waited(l);
    return t >= slowLookup.one || (t >= slowLookup.least && t >= slowLookup.timesMedian * usual);
  });
  const byName = new Map<string, Lookup[]>();
  for (const l of late) push(byName, l.hostname ?? '', l);
  return [...byName].flatMap(([name, list]) => {
    const times = list.map((l) => took(l) - waited(l));
    if (list.length < slowLookup.times && Math.max(...times) < slowLookup.one) return [];
    const silent = times.some((t) => t >= 4_900_000);
    return [
      draft({
        rule: 'dns-slow',
        severity: 'warning',
        title: `Looking up ${name} takes ${timeText(median(times))}`,
        text: `${list.length} ${list.length === 1 ? 'look-up' : 'look-ups'} of ${name} took ${timeText(sum(times))}; the trace’s usual is ${timeText(usual)}.${silent ? ' 5 s and more: the first name server is silent.' : ''}`,
        fault: 'dns',
        certainty: list.every((l) => l.poolWaitDuration !== undefined) ? 'sure' : 'likely',
        subjects: list.map((l) => l.dial ?? l.id),
        evidence: [time('longest look-up', Math.max(...times), list[0]?.id), time('usual', usual)],
        advice: 'Check the name servers of this machine and the search domains.',
      }),
    ];
  });
}
