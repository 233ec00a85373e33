/** Texts for the clipboard. Everything in them is as masked as the row is. */

import { cmdWord, powerShellString, tableCell, withoutControls } from '../../../src/model/base/quoting';
import { bytesText, millisecondsText, timeText } from '../../../src/model/base/text';
import { labelOf } from '../../../src/model/facts/phaseWords';
import { curlWords, headersOf, urlOf } from '../../../src/model/panel/curl';
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

export function asCurlCmd(row: Row, details?: Details): string {
  // What is not ASCII is sent so by curl too.
  const url = urlOf(row).replace(/[^\0-\x7f]+/gu, (text) => encodeURIComponent(text));
  return `curl ${curlWords(row, details, url, cmdWord).join(' ')}`;
}

/** Each name once, as a table of PowerShell and an object of JavaScript want it. */
function headerTable(details: Details | undefined): { name: string; value: string }[] {
  const table = new Map<string, { name: string; value: string }>();
  for (const { name, value } of headersOf(details)) {
    const key = name.toLowerCase();
    const known = table.get(key);
    if (known) known.value += `${key === 'cookie' ? ';' : ','} ${value}`;
    else table.set(key, { name, value });
  }
  return [...table.values()];
}

export function asPowerShell(row: Row, details?: Details): string {
  const q = powerShellString;
  const headers = headerTable(details).map(({ name, value }) => `${q(name)} = ${q(value)}`);
  const table = headers.length > 0 ? ` -Headers @{ ${headers.join('; ')} }` : '';
  const standard = /^(GET|HEAD|POST|PUT|DELETE|TRACE|OPTIONS|MERGE|PATCH)$/i.test(row.method);
  // Without the first option Windows PowerShell runs the scripts of the page that it gets.
  return `Invoke-WebRequest -UseBasicParsing -Uri ${q(urlOf(row))} ${standard ? '-Method' : '-CustomMethod'} ${q(row.method)}${table}`;
}

/** The second argument of `fetch` and of Node's `request`, behind its comma; empty: none is needed. */
function optionsOf(row: Row, details: Details | undefined): string {
  const options: Record<string, unknown> = {};
  if (row.method !== 'GET') options.method = withoutControls(row.method);
  const headers = headerTable(details);
  if (headers.length > 0) options.headers = Object.fromEntries(headers.map((h) => [h.name, h.value]));
  return Object.keys(options).length > 0 ? `, ${JSON.stringify(options, null, 2)}` : '';
}

export const asFetch = (row: Row, details?: Details): string =>
  `await fetch(${JSON.stringify(urlOf(row))}${optionsOf(row, details)});`;

export function asNodeHttp(row: Row, details?: Details): string {
  const url = urlOf(row).replace(/^ws/i, 'http');
  const client = /^https:/i.test(url) ? 'https' : 'http';
  return [
    // The name of the module apart, as it is none of the page's.
    `const request = require(${JSON.stringify(`node:${client}`)}).request(${JSON.stringify(url)}${optionsOf(row, details)}, (response) => {`,
    '  console.log(response.statusCode, response.headers);',
    '  response.pipe(process.stdout);',
    '});',
    'request.end();',
  ].join('\n');
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
      `${(labelOf(p.name)).padEnd(width)} ${millisecondsText(p.duration).padStart(10)} ms${p.failed ? '  failed' : p.running ? '  running' : ''}`,
  );
  const total =
    row.total === undefined ? [] : [`${'Total'.padEnd(width)} ${millisecondsText(row.total).padStart(10)} ms`];
  return [...[`${row.method} ${row.url}`, row.stateText].map(withoutControls), ...lines, ...total].join('\n');
}
