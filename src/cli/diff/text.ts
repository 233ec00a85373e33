/** A comparison in the terminal. */
import type { Change } from '../../analysis/compare/changes';
import type { Comparison } from '../../analysis/compare/comparison';
import { kindOf } from '../../analysis/compare/kinds';
import { restText, sideText } from '../../analysis/compare/words';
import { printable, type Style, wrapped } from '../terminal/say';

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
  const { words, sign, needsReason } = kindOf(kind);
  const head = `${sign} ${words}`;
  const paint = needsReason ? style.yellow : style.green;
  const place = callSite === undefined ? '' : `  ${printable(callSite)}`;
  return [
    `${paint(head)}  ${printable(what)}${style.dim(place)}`,
    ...wrapped(printable(text), width - 4).map((line) => `    ${line}`),
  ];
}
