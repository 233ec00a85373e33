/** A comparison as Markdown: for the comment of a pull request, and in VS Code. */

import { code, text } from '../../model/base/markdown';
import { plural } from '../../model/base/text';
import type { Change } from './changes';
import type { Comparison } from './comparison';
import { kindOf } from './kinds';
import { restText, sideText } from './words';

/** Rows shown at once; a comment may have 65,536 characters. */
const shown = 30;
const maxRows = 200;

/** `linkOf`: where the line of a change can be opened. */
export function comparisonMarkdown(
  comparison: Comparison,
  changes: readonly Change[],
  linkOf: (change: Change) => string | undefined = () => undefined,
): string {
  const { before, after, notes } = comparison;
  const rows = changes.slice(0, maxRows).map((change) => rowOf(change, linkOf(change)));
  const folded = rows.slice(shown);
  const table = (list: readonly string[]): string[] => ['| | What | Where | Change |', '|---|---|---|---|', ...list];
  return [
    `### Net Trace: ${changes.length === 0 ? 'no difference' : plural(changes.length, 'difference')} in the requests`,
    '',
    `- before: ${text(sideText(before))}`,
    `- after: ${text(sideText(after))}`,
    ...notes.map((note) => `- ${text(note)}`),
    '',
    ...(rows.length > 0 ? [...table(rows.slice(0, shown)), ''] : []),
    ...(folded.length > 0
      ? [`<details><summary>${folded.length} more</summary>`, '', ...table(folded), '', '</details>', '']
      : []),
    ...(changes.length > maxRows ? [`… and ${plural(changes.length - maxRows, 'difference')} more.`, ''] : []),
    `<sub>${text(restText(comparison, changes))}</sub>`,
    '',
  ].join('\n');
}

function rowOf({ kind, what, callSite, text: detail }: Change, link: string | undefined): string {
  const { words, needsReason } = kindOf(kind);
  const head = needsReason ? `**${words}**` : words;
  const place = callSite === undefined ? '' : code(callSite);
  const where = link === undefined ? place : `[${place}](${link})`;
  return `| ${[head, code(what), where, text(detail)].join(' | ')} |`;
}
