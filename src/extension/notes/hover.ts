/**
 * The hover of a note: links into the panel first, as VS Code cuts tall hovers off at their end; then what is to be said of
 * the last request, its breakdown with bars, and the last durations.
 */

import * as vscode from 'vscode';
import { millisecondsText, numberText, plural, timeText } from '../../model/base/text';
import { phaseWords } from '../../model/facts/phaseWords';
import type { Verdict } from '../../model/facts/verdict';
import { phaseTime } from '../../model/phases/measured';
import { isFailed, isServerError } from '../../model/query/rowFields';
import type { Row } from '../../model/rows/row';
import { durationBars, phaseBar } from './bars';
import { copyLink, lineLinks, plain, rowLinks } from './lastRequests';
import { type LineSummary, totalQuantile } from './summary';

const shownDurations = 12;

/** Where the link leads; the argument of the command. */
export interface LineReference {
  file: string;
  /** As recorded, from 1. */
  line: number;
}

/** `verdict`: the one sentence on a request. */
export function hoverOf(
  summary: LineSummary,
  at: LineReference,
  verdict: (id: string) => Verdict | undefined,
): vscode.MarkdownString {
  const last = summary.rows.at(-1) as Row;
  const text = new vscode.MarkdownString(undefined, true);
  text.isTrusted = { enabledCommands: rowLinks };
  const connection = last.connection
    ? ` · connection #${last.connection.number}, ${last.connection.reused ? 'reused' : 'new'}`
    : '';
  text.appendMarkdown(
    `**${plain(`${last.method} ${last.host}${last.path}`)}** — ${plain(last.stateText)}${connection}\n\n`,
  );
  const { length } = summary.rows;
  const which = length === 1 ? 'One request' : `Last of ${plural(length, 'request')}`;
  text.appendMarkdown(`${which} · ${lineLinks(at)} · ${copyLink(summary.rows)}\n\n`);
  const sentence = said(verdict(last.id));
  text.appendMarkdown(sentence);
  text.appendMarkdown(table(last));
  if (sentence === '' && last.error?.message) text.appendMarkdown(`$(error) ${plain(last.error.message)}\n\n`);
  if (length > 1) text.appendMarkdown(`${durations(summary.rows)}\n\n`);
  const slowest = summary.rows.reduce((max, r) => ((r.total ?? 0) > (max.total ?? 0) ? r : max), last);
  if (slowest !== last && slowest.total !== undefined)
    text.appendMarkdown(said(verdict(slowest.id), `Slowest, ${timeText(slowest.total)}: `));
  return text;
}

const icons: Partial<Record<Verdict['level'], string>> = {
  failed: 'error',
  error: 'error',
  slow: 'watch',
  warning: 'warning',
  aborted: 'circle-slash',
};

/** Nothing for a healthy one, and for one that goes on. */
function said(v: Verdict | undefined, before = ''): string {
  const icon = v && icons[v.level];
  if (!icon) return '';
  return `$(${icon}) ${before}${plain(v.text)}${v.advice === undefined ? '' : `  \n${plain(v.advice)}`}\n\n`;
}

function table(row: Row): string {
  const begin = row.phases[0]?.beginAt ?? 0;
  const whole = Math.max(...row.phases.map((p) => p.beginAt + p.duration - begin));
  const lines = row.phases.map((p) => {
    const note = p.failed ? ' ✕' : p.running ? ' …' : '';
    const bar = phaseBar(p.name, p.beginAt - begin, p.duration, whole);
    return `| ${phaseWords[p.name].label}${note} | ${bar} | ${millisecondsText(p.beginAt - begin)} | ${phaseTime(p, millisecondsText)} |`;
  });
  if (lines.length === 0) return '';
  const total =
    row.total === undefined
      ? ''
      : `| **${row.endAt === undefined ? 'So far' : 'Total'}** | | | **${millisecondsText(row.total)}** |\n`;
  return `| | | Start | ms |\n|:--|:--|--:|--:|\n${lines.join('\n')}\n${total}\n`;
}

function durations(rows: readonly Row[]): string {
  const last = rows.slice(-shownDurations).filter((r) => r.total !== undefined);
  const figure = (name: string, q: number): string[] => {
    const value = totalQuantile(rows, q);
    return value === undefined ? [] : [`${name} ${timeText(value)}`];
  };
  const failed = rows.filter(isFailed).length;
  const errors = rows.filter(isServerError).length;
  const figures = [
    ...figure('p50', 0.5),
    ...figure('p95', 0.95),
    `${numberText(failed)} failed`,
    ...(errors > 0 ? [`${numberText(errors)} answered 5xx`] : []),
  ];
  return `Last ${last.length} ${durationBars(last)} ${figures.join(' · ')}`;
}
