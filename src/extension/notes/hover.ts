/** The hover of a note: the last request's breakdown, the last durations, and links into the panel. */
import * as vscode from 'vscode';
import type { PhaseName } from '../../model/records';
import type { Row } from '../../model/row';
import { millisecondsText, timeText } from '../../model/text';
import { commands } from '../ids';
import { isFailure, type LineSummary, quantile } from './summary';

const phaseWords: Record<PhaseName, string> = {
  queue: 'Queue',
  dns: 'DNS look-up',
  tcp: 'TCP connection',
  proxy: 'Proxy',
  tls: 'TLS handshake',
  send: 'Request sent',
  wait: 'Server wait',
  download: 'Content download',
};

const shownDurations = 12;

/** Where the link leads; the argument of the command. */
export interface LineReference {
  file: string;
  /** As recorded, from 1. */
  line: number;
}

export function hoverOf(summary: LineSummary, at: LineReference): vscode.MarkdownString {
  const last = summary.rows.at(-1) as Row;
  const text = new vscode.MarkdownString(undefined, true);
  text.isTrusted = { enabledCommands: [commands.showLineRequests] };
  const connection = last.connection
    ? ` · connection #${last.connection.number}, ${last.connection.reused ? 'reused' : 'new'}`
    : '';
  text.appendMarkdown(
    `**${plain(`${last.method} ${last.host}${last.path}`)}** — ${plain(last.stateText)}${connection}\n\n`,
  );
  const { length } = summary.rows;
  text.appendMarkdown(length === 1 ? 'One request\n\n' : `Last of ${length} requests\n\n`);
  text.appendMarkdown(table(last));
  if (last.error?.message) text.appendMarkdown(`$(error) ${plain(last.error.message)}\n\n`);
  if (length > 1) text.appendMarkdown(`${durations(summary.rows)}\n\n`);
  const argument = encodeURIComponent(JSON.stringify([at]));
  text.appendMarkdown(
    `[Show in Net Trace](command:${commands.showLineRequests}?${argument} "Show the requests of this line in the panel")`,
  );
  return text;
}

function table(row: Row): string {
  const begin = row.phases[0]?.beginAt ?? 0;
  const lines = row.phases.map((p) => {
    const note = p.failed ? ' ✕' : p.running ? ' …' : '';
    return `| ${phaseWords[p.name]}${note} | ${millisecondsText(p.beginAt - begin)} | ${millisecondsText(p.duration)} |`;
  });
  if (lines.length === 0) return '';
  const total =
    row.total === undefined
      ? ''
      : `| **${row.endAt === undefined ? 'So far' : 'Total'}** | | **${millisecondsText(row.total)}** |\n`;
  return `| | Start | ms |\n|:--|--:|--:|\n${lines.join('\n')}\n${total}\n`;
}

const bars = '▁▂▃▄▅▆▇█';

function durations(rows: readonly Row[]): string {
  const last = rows.slice(-shownDurations).flatMap((r) => (r.total === undefined ? [] : [r.total]));
  const most = Math.max(...last);
  const line = last.map((t) => bars[Math.max(0, Math.ceil((t / most) * bars.length) - 1)]).join('');
  const figure = (name: string, q: number): string[] => {
    const value = quantile(rows, q);
    return value === undefined ? [] : [`${name} ${timeText(value)}`];
  };
  const failed = rows.filter(isFailure).length;
  return `Last ${last.length} ${line} ${[...figure('p50', 0.5), ...figure('p95', 0.95), `${failed} failed`].join(' · ')}`;
}

/** Text from a trace is text, never Markdown. */
const plain = (text: string): string => text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, '\\$&');
