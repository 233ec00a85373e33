/** One name looked up repeatedly: Node does not cache lookups. One finding per name. */

import { median } from '../../../model/base/statistics';
import { numberText, plural, timeText } from '../../../model/base/text';
import type { Lookup } from '../../../model/records';
import { costTime, type Draft, draft, number, time } from '../../base/draft';
import { densest, type Facts, push, sum } from '../../base/facts';
import { repeatedLookups } from '../../base/limits';

export function repeatedLookupRule(facts: Facts): Draft[] {
  const { store } = facts;
  const byName = new Map<string, Lookup[]>();
  for (const l of store.lookups.values()) {
    if (l.hostname === undefined || l.endAt === undefined || l.beginAt === undefined || l.error) continue;
    // What a cache answered is no question to the resolver.
    if (l.answeredBy !== 'cache') push(byName, l.hostname, l);
  }
  const found: Draft[] = [];
  for (const [name, lookups] of byName) {
    const instants = lookups.map((l) => l.beginAt as number).sort((a, b) => a - b);
    if (densest(instants, repeatedLookups.window) < repeatedLookups.count) continue;
    const took = lookups.map((l) => (l.endAt as number) - (l.beginAt as number));
    found.push(
      draft({
        rule: 'repeated-look-ups',
        severity: 'info',
        title: `${name} was looked up ${numberText(lookups.length)} times`,
        text: `${plural(lookups.length, 'lookup')} of ${name}, ${timeText(sum(took))} in total (median ${timeText(median(took))}): Node does not cache lookups.`,
        fault: 'yourCode',
        certainty: 'sure',
        subjects: lookups.map((l) => l.dial ?? l.id),
        evidence: [number('lookups', lookups.length), costTime('total time', sum(took)), time('median', median(took))],
        advice: adviceFor(lookups, facts),
      }),
    );
  }
  return found;
}

/** Who reuses connections already has only the cache left. */
function adviceFor(lookups: readonly Lookup[], { store }: Facts): string {
  const opened = lookups.flatMap((l) => (l.dial === undefined ? [] : (store.dials.get(l.dial)?.connection ?? [])));
  const reused = opened.filter((id) => store.requestsOfConnection(id).length > 1).length;
  // What the server closes after each response nobody can reuse.
  const byServer = opened.filter((id) =>
    store.requestsOfConnection(id).some((r) => store.requests.get(r)?.closes === 'response'),
  ).length;
  if (byServer * 2 > opened.length) return 'The server closes after each response: give `lookup` a cache.';
  return reused > 0
    ? 'Connections are reused already: give `lookup` a cache, or let idle connections live longer.'
    : 'Reuse connections (one Agent with `keepAlive: true` for all requests), or give `lookup` a cache.';
}
