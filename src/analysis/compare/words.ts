/** A comparison in words, for terminal and Markdown alike. */
import { plural } from '../../model/base/text';
import { type Change, rangeText } from './changes';
import type { Comparison, SideFacts } from './comparison';

export function sideText({ runs, requests, failed, connections, lookups }: SideFacts): string {
  const name = runs.length === 1 ? (runs[0] as string) : `${plural(runs.length, 'run')} (${runs[0]} …)`;
  const figures: [readonly number[], string][] = [
    [requests, 'request'],
    [failed, 'failed'],
    [connections, 'connection'],
    [lookups, 'lookup'],
  ];
  return `${name}: ${figures.map(([counts, word]) => `${rangeText(counts)} ${wordFor(counts, word)}`).join(', ')}`;
}

const wordFor = (counts: readonly number[], word: string): string =>
  word === 'failed' || rangeText(counts) === '1' ? word : `${word}s`;

/** What was looked at and is the same, so that silence means something. */
export function restText({ groups, tested }: Comparison, changes: readonly Change[]): string {
  const changed = new Set(changes.map(({ what, callSite }) => `${what} ${callSite}`));
  const same = groups.filter(
    ({ method, host, template, callSite }) => !changed.has(`${method} ${host}${template} ${callSite}`),
  );
  const chance = tested > 20 ? `; of so many, about ${Math.max(1, Math.round(tested * 0.005))} differ by chance` : '';
  const times =
    tested === 0 ? 'no times were compared: too few requests' : `${plural(tested, 'time')} compared${chance}`;
  const rest = same.length === groups.length ? plural(same.length, 'kind') : `the ${plural(same.length, 'other kind')}`;
  return `No difference in ${rest} of requests; ${times}.`;
}
