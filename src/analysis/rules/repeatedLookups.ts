/** One name looked up again and again: Node keeps no answers. Once a name. */

import type { Lookup } from '../../model/records';
import { median } from '../../model/statistics';
import { timeText } from '../../model/text';
import { type Draft, draft, number, time } from '../draft';
import { densest, type Facts, push, sum } from '../facts';
import { repeatedLookups } from '../limits';

export function repeatedLookupRule({ store }: Facts): Draft[] {
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
        title: `${name} was looked up ${lookups.length} times`,
        text: `${lookups.length} look-ups of ${name}, ${timeText(sum(took))} together (median ${timeText(median(took))}): Node keeps no answers.`,
        fault: 'yourCode',
        certainty: 'sure',
        subjects: lookups.map((l) => l.dial ?? l.id),
        evidence: [number('look-ups', lookups.length), time('time together', sum(took))],
        advice: 'Keep connections alive (one Agent with keepAlive), or give `lookup` a cache.',
      }),
    );
  }
  return found;
}
