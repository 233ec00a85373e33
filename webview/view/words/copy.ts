/** Texts for the clipboard. Everything in them is as masked as the row is. */

import { tableCell, withoutControls } from '../../../src/model/base/quoting';
import { bytesText, millisecondsText, timeText } from '../../../src/model/base/text';
import { labelOf } from '../../../src/model/facts/phaseWords';
import { phaseTime } from '../../../src/model/phases/measured';
import { lineAndColumn } from '../../../src/model/rows/row';
import type { Details, Evidence, Row } from '../types';

/** Rows as tab-separated lines under a head. */
export function asTable(rows: readonly Row[]): string {
  const head = ['Method', 'URL', 'Status', 'Called at', 'Connection', 'Size', 'Time'];
  const lines = rows.map((r) => [
    r.method,
    r.url,
    r.stateText,
    r.callSite ? `${r.callSite.file}${lineAndColumn({ line: r.callSite.line })}` : '',
    r.connection ? `#${r.connection.number}` : '',
    r.bytesReceived === undefined ? '' : bytesText(r.bytesReceived),
    r.total === undefined ? '' : timeText(r.total),
  ]);
  return [head, ...lines].map((cells) => cells.map(tableCell).join('\t')).join('\n');
}

/** A call chain as Node prints stacks, the innermost frame first, so that tools that read those find the places. */
export function asStack(frames: NonNullable<Details['request']['stack']>): string {
  return frames
    .map((f) => {
      const { file, line, column } = f.source ?? f;
      const place = withoutControls(`${file}${lineAndColumn({ line, column })}`);
      const name = f.function ? withoutControls(f.function) : undefined;
      return `    at ${f.async ? 'async ' : ''}${name ? `${name} (${place})` : place}`;
    })
    .join('\n');
}

/** The verdict with its figures as Markdown, for an issue. */
export function asVerdict(row: Row, { verdict }: Details): string {
  if (!verdict) return asBreakdown(row);
  const plain = (text: string): string => withoutControls(text).replace(/[\\`*_[\]<>|]/g, '\\$&');
  const lines = [`**${plain(row.method)} ${plain(row.url)}** (${plain(row.stateText)})`, '', plain(verdict.text)];
  if (verdict.advice) lines.push('', plain(verdict.advice));
  if (verdict.toFindOut) lines.push('', `To find out: ${plain(verdict.toFindOut)}`);
  lines.push(
    '',
    ...verdict.evidence.map((e) => `- ${plain(e.what ?? e.field ?? 'figure')}: ${plain(evidenceText(e))}`),
  );
  return lines.join('\n');
}

export function evidenceText({ value, unit }: Evidence): string {
  if (typeof value !== 'number') return value;
  return unit === 'us' ? timeText(value) : unit === 'bytes' ? bytesText(value) : String(value);
}

/** The breakdown as `curl -w` people know it: one line a phase, then the total. */
export function asBreakdown(row: Row): string {
  const width = 18;
  const lines = row.phases.map(
    (p) =>
      `${(labelOf(p.name)).padEnd(width)} ${phaseTime(p, millisecondsText).padStart(10)} ${p.endUnknown && p.duration <= 0 ? '  ' : 'ms'}${p.failed ? '  failed' : p.running ? '  running' : ''}`,
  );
  const total =
    row.total === undefined ? [] : [`${'Total'.padEnd(width)} ${millisecondsText(row.total).padStart(10)} ms`];
  return [...[`${row.method} ${row.url}`, row.stateText].map(withoutControls), ...lines, ...total].join('\n');
}
