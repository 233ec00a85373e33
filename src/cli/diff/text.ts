/** A comparison in the terminal. */
import { type Change, type ChangeKind, rangeText } from '../../analysis/compare/changes';
import type { Comparison, SideFacts } from '../../analysis/compare/comparison';
import { plural } from '../../model/base/text';
import { printable, type Style, wrapped } from '../terminal/say';

export const headOf: Readonly<Record<ChangeKind, string>> = {
  'new-host': 'new host',
  'gone-host': 'host no longer asked',
  added: 'new request',
  removed: 'no longer made',
  more: 'more',
  fewer: 'fewer',
  moved: 'moved',
  answers: 'other answers',
  slower: 'slower',
  faster: 'faster',
  'times-differ': 'times differ',
  'new-finding': 'new finding',
  'gone-finding': 'finding gone',
  'worse-finding': 'finding, more',
  'better-finding': 'finding, less',
};

const signs: Partial<Record<ChangeKind, string>> = {
  'new-host': '+',
  'new-finding': '+',
  added: '+',
  more: '+',
  'worse-finding': '+',
  removed: '-',
  fewer: '-',
  'gone-host': '-',
  'gone-finding': '-',
  'better-finding': '-',
};
/** Of every one of them somebody should know the reason. */
const alarming = new Set<ChangeKind>([
  'new-host',
  'new-finding',
  'worse-finding',
  'answers',
  'added',
  'more',
  'slower',
]);

export function diffLines(
  comparison: Comparison,
  changes: readonly Change[],
  { style, width }: { style: Style; width: number },
): string[] {
  const { before, after, notes } = comparison;
  const lines = [
    `${style.bold('before')}  ${printable(sideText(before))}`,
    `${style.bold('after')}   ${printable(sideText(after))}`,
    ...notes.flatMap((note) => wrapped(printable(note), width, '  ').map(style.dim)),
    '',
  ];
  for (const change of changes) lines.push(...changeLines(change, style, width));
  if (changes.length > 0) lines.push('');
  return [...lines, style.dim(restText(comparison, changes))];
}

function changeLines({ kind, what, callSite, text }: Change, style: Style, width: number): string[] {
  const head = `${signs[kind] ?? '~'} ${headOf[kind]}`;
  const paint = alarming.has(kind) ? style.yellow : style.green;
  const place = callSite === undefined ? '' : `  ${printable(callSite)}`;
  return [
    `${paint(head)}  ${printable(what)}${style.dim(place)}`,
    ...wrapped(printable(text), width - 4).map((line) => `    ${line}`),
  ];
}

export function sideText({ runs, requests, failed, connections, lookups }: SideFacts): string {
  const name = runs.length === 1 ? (runs[0] as string) : `${plural(runs.length, 'run')} (${runs[0]} …)`;
  const figures: [readonly number[], string][] = [
    [requests, 'requests'],
    [failed, 'failed'],
    [connections, 'connections'],
    [lookups, 'lookups'],
  ];
  return `${name}: ${figures.map(([counts, word]) => `${rangeText(counts)} ${word}`).join(', ')}`;
}

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
