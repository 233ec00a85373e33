/** The results of a check in the terminal: one line a rule, and below it what breaks it. */
import { isAbsolute, relative } from 'node:path';
import type { Case, RuleResult, State } from '../../analysis/check/result';
import { plural } from '../../model/base/text';
import { lineAndColumn, type Row, siteText } from '../../model/rows/row';
import { pathOf, printable, type Style, shortened } from '../terminal/say';

/** Requests listed as evidence. */
const shownRequests = 5;
const shownCases = 10;

export const stateWords: Readonly<Record<State, string>> = {
  held: 'passed',
  broken: 'failed',
  notDecided: 'not decided',
  notExercised: 'not exercised',
};

/** `onlyBroken`: the others are counted alone. */
export function checkLines(
  results: readonly RuleResult[],
  { style, width, onlyBroken = false }: { style: Style; width: number; onlyBroken?: boolean },
): string[] {
  const shown = onlyBroken ? results.filter(({ state }) => state === 'broken') : results;
  const counts = new Map([['failed', 0]]);
  for (const result of results) counts.set(wordOf(result), (counts.get(wordOf(result)) ?? 0) + 1);
  const words = ['passed', 'failed', 'warning', 'info', 'not decided', 'not exercised'];
  const sums = words.flatMap((word) => (counts.has(word) ? [`${counts.get(word)} ${word}`] : []));
  return [
    ...shown.flatMap((result) => ruleLines(result, style, width)),
    '',
    style.bold(`${plural(results.length, 'rule')}: ${sums.join(', ')}`),
  ];
}

const wordOf = ({ rule, state }: RuleResult): string =>
  state === 'broken' && rule.severity !== 'error' ? rule.severity : stateWords[state];

function ruleLines({ rule, state, cases }: RuleResult, style: Style, width: number): string[] {
  const said = state === 'held' ? cases.slice(0, 1) : cases.filter((one) => one.state === state);
  const severity = state === 'broken' && rule.severity !== 'error' ? ` (${rule.severity})` : '';
  const lines = said
    .slice(0, shownCases)
    .flatMap((one) => [
      `${mark(state, rule.severity, style)} ${style.bold(rule.id)}${severity}  ${headText(one, cases.length)}`,
      ...one.requests.slice(0, shownRequests).map((row) => style.dim(shortened(`    ${requestLine(row)}`, width))),
      ...(one.requests.length > shownRequests
        ? [style.dim(`    … and ${one.requests.length - shownRequests} more`)]
        : []),
    ]);
  if (said.length > shownCases) lines.push(style.dim(`    … and ${plural(said.length - shownCases, 'more case')}`));
  if (state === 'broken' && rule.because !== undefined) lines.push(`    ${printable(rule.because)}`);
  return lines;
}

function mark(state: State, severity: string, style: Style): string {
  if (state === 'held') return style.green('✓');
  if (state !== 'broken') return style.yellow('?');
  return severity === 'error' ? style.red('✕') : style.yellow('!');
}

/** What it is about, where a rule has several cases. */
export function headText({ part, run, message }: Case, count: number): string {
  const about = [part, count > 1 && part === undefined ? run : undefined].filter((word) => word !== undefined);
  return printable(about.length === 0 ? message : `${about.join(', ')}: ${message}`);
}

export function requestLine(row: Row): string {
  const site = row.callSite ? `  ${siteText(row.callSite)}` : '';
  return printable(`${row.method} ${row.url}  ${row.stateText}${site}`);
}

/** The line of code of the first request that has one: `src/cart.ts`, 31. */
export function placeIn(
  rows: readonly Row[],
): { file: string; line?: number; column?: number; text: string } | undefined {
  const site = rows.find(({ callSite }) => callSite !== undefined && callSite.package === undefined)?.callSite;
  if (site === undefined) return undefined;
  const file = relativePath(pathOf(site.file));
  const text = `${file}${lineAndColumn(site)}`;
  return {
    file,
    text,
    ...(site.line === undefined ? {} : { line: site.line }),
    ...(site.column === undefined ? {} : { column: site.column }),
  };
}

/** As from the current folder, where the file is below it: so it is the same on each machine. */
function relativePath(file: string): string {
  const path = relative(process.cwd(), file);
  return path === '' || path.startsWith('..') || isAbsolute(path) ? file : path.replaceAll('\\', '/');
}
