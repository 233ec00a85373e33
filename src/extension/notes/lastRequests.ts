/** The last requests of a line or of a URL, as a table with links: for hovers. */

import { withoutControls } from '../../model/base/quoting';
import { clockText, timeText } from '../../model/base/text';
import { wentWrong } from '../../model/query/rowFields';
import type { Row } from '../../model/rows/row';
import { commands } from '../support/ids';
import type { LineReference } from './hover';

const max = 6;
/** Table cells in a hover have little space between them. */
const gap = '&nbsp;&nbsp;';

/** Wall clock at the instant 0 of a run's rows, ms; undefined: not known. */
export type ZeroOf = (run: number) => number | undefined;

/** Newest first; `rows` oldest first. Markdown that needs the commands `rowLinks`. */
export function lastRequests(rows: readonly Row[], zeroOf: ZeroOf): string {
  const shown = rows.slice(-max).reverse();
  const lines = shown.map((row) => {
    const link = commandLink(commands.showRow, row.id);
    const name = cell(`${row.method} ${row.host}${row.path}`);
    const time = row.endAt === undefined || row.total === undefined ? '' : timeText(row.total);
    return `| ${icon(row)} ${cell(row.stateText)}${gap} | [${name}](${link} "Show in Net Trace")${gap} | ${time}${gap} | ${timeOf(row, zeroOf)} |`;
  });
  return `| Status | Request | Time${gap} | At |\n|:--|:--|--:|:--|\n${lines.join('\n')}\n\n`;
}

/** Commands that its links run. */
export const rowLinks: readonly string[] = [
  commands.showRow,
  commands.showLineRequests,
  commands.breakWhenFails,
  commands.copyAsCurl,
];

/** `rows`: those that the hover shows, oldest first. */
export function copyLink(rows: readonly Row[]): string {
  const what = rows.length === 1 ? 'this request' : 'the last of these requests';
  return `[Copy as cURL](${commandLink(commands.copyAsCurl, rows.at(-1)?.id)} "Copy ${what} as a command for bash")`;
}

/** Links below the list of a line. */
export function lineLinks(at: LineReference): string {
  return [
    `[Show in Net Trace](${commandLink(commands.showLineRequests, at)} "Show the requests of this line in the panel")`,
    `[Break when this call fails](${commandLink(commands.breakWhenFails, at)} "Stop the program when a request of this line fails, or its response has status 400 or above")`,
  ].join(' · ');
}

/** `encodeURIComponent` leaves what ends the target of a link in Markdown: the parentheses of `app/(shop)/page.tsx`. */
function commandLink(command: string, argument: unknown): string {
  const text = encodeURIComponent(JSON.stringify([argument]));
  return `command:${command}?${text.replace(/[!'()*~]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`;
}

function icon(row: Row): string {
  if (wentWrong(row)) return '$(error)';
  return row.endAt === undefined ? '$(sync)' : '$(pass)';
}

function timeOf(row: Row, zeroOf: ZeroOf): string {
  const zero = zeroOf(row.run);
  if (zero === undefined || row.createdAt === undefined) return '';
  return clockText(new Date(zero + row.createdAt / 1000));
}

/** Text from a trace is text, never Markdown; long ones are cut. */
const cell = (text: string): string => plain(text.length > 80 ? `${text.slice(0, 79)}…` : text);

/** Text as Markdown that shows it. */
export const plain = (text: string): string =>
  withoutControls(text.replace(/[\r\n]+/g, ' ')).replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, '\\$&');
