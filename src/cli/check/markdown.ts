/** The results as Markdown, for the comment of a pull request. */
import type { RuleResult, State } from '../../analysis/check/result';
import { code, text } from '../../model/base/markdown';
import { plural } from '../../model/base/text';
import { headText, placeIn, requestLine } from './text';

const shownCases = 10;
const shown = 5;
const signs: Readonly<Record<State, string>> = { held: '✅', broken: '❌', notDecided: '❔', notExercised: '❔' };

export function checkMarkdown(results: readonly RuleResult[]): string {
  const broken = results.filter(({ state, rule }) => state === 'broken' && rule.severity === 'error').length;
  return [
    `### Net Trace: ${broken === 0 ? 'no rule broken' : `${plural(broken, 'rule')} broken`}`,
    '',
    '| | Rule | Result | Where |',
    '|---|---|---|---|',
    ...results.flatMap(rowsOf),
    '',
    ...results.filter(({ state }) => state === 'broken').flatMap(evidenceOf),
  ].join('\n');
}

function rowsOf({ rule, state, cases }: RuleResult): string[] {
  const said = state === 'held' ? cases.slice(0, 1) : cases.filter((one) => one.state === state);
  return said.slice(0, shownCases).map((one) => {
    const sign = state === 'broken' && rule.severity !== 'error' ? '⚠️' : signs[state];
    const place = placeIn(one.requests);
    return `| ${sign} | ${code(rule.id)} | ${text(headText(one, cases.length))} | ${place ? code(place.text) : ''} |`;
  });
}

function evidenceOf({ rule, cases }: RuleResult): string[] {
  const requests = cases.filter(({ state }) => state === 'broken').flatMap((one) => one.requests);
  if (requests.length === 0) return [];
  const lines = requests.slice(0, shown).map((row) => `- ${code(requestLine(row))}`);
  const more = requests.length > shown ? [`- … and ${requests.length - shown} more`] : [];
  const because = rule.because === undefined ? [] : [text(rule.because), ''];
  return [`<details><summary>${rule.id}</summary>`, '', ...because, ...lines, ...more, '', '</details>', ''];
}
