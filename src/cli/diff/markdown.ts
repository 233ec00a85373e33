/** A comparison as Markdown, for the comment of a pull request. */
import type { Change, ChangeKind } from '../../analysis/compare/changes';
import type { Comparison } from '../../analysis/compare/comparison';
import { plural } from '../../model/base/text';
import { code, text } from '../terminal/markdown';
import { headOf, restText, sideText } from './text';

/** Rows shown at once; a comment may have 65,536 characters. */
const shown = 30;
const maxRows = 200;

export function diffMarkdown(comparison: Comparison, changes: readonly Change[]): string {
  const { before, after, notes } = comparison;
  const rows = changes.slice(0, maxRows).map(rowOf);
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

const alarming = new Set<ChangeKind>(['new-host', 'new-finding', 'worse-finding', 'answers', 'slower']);

function rowOf({ kind, what, callSite, text: detail }: Change): string {
  const head = alarming.has(kind) ? `**${headOf[kind]}**` : headOf[kind];
  return `| ${[head, code(what), callSite === undefined ? '' : code(callSite), text(detail)].join(' | ')} |`;
}
