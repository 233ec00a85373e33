/** Texts for the clipboard. Everything in them is as masked as the row is. */
import { bytesText, millisecondsText, timeText } from '../../src/model/text';
import type { Details, Evidence, Row } from '../types';
import { phaseLabels } from './words';

/** Rows as tab-separated lines under a head. */
export function asTable(rows: readonly Row[]): string {
  const head = ['Method', 'URL', 'Status', 'Called at', 'Connection', 'Size', 'Time'];
  const lines = rows.map((r) => [
    r.method,
    r.url,
    r.stateText,
    r.callSite ? `${r.callSite.file}:${r.callSite.line}` : '',
    r.connection ? `#${r.connection.number}` : '',
    r.bytesReceived === undefined ? '' : bytesText(r.bytesReceived),
    r.total === undefined ? '' : timeText(r.total),
  ]);
  // A tab or line end inside a cell (it can stand in an error's text) would tear the table.
  return [head, ...lines].map((cells) => cells.map((c) => c.replace(/[\t\r\n]+/g, ' ')).join('\t')).join('\n');
}

/** A word for a POSIX shell. */
const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
/** A word for cmd.exe: quotes doubled, and every character it expands escaped. */
const quotedCmd = (text: string): string =>
  `"${text.replace(/"/g, '""').replace(/%/g, '"^%"').replace(/\r?\n/g, ' ')}"`;

/** Request headers worth sending again: those that curl and fetch do not set by themselves, with a known value. */
function headersOf(details: Details | undefined): { name: string; value: string }[] {
  const skipped = new Set(['host', 'connection', 'content-length', 'accept-encoding', 'transfer-encoding']);
  return (details?.request.headers ?? []).flatMap(({ name, value }) =>
    value !== undefined && !skipped.has(name.toLowerCase()) && !name.startsWith(':') ? [{ name, value }] : [],
  );
}

const methodOption = (row: Row, quote: (t: string) => string): string[] =>
  row.method === 'GET' ? [] : [`-X ${quote(row.method)}`];

export function asCurl(row: Row, details?: Details): string {
  const headers = headersOf(details).map((h) => `-H ${quoted(`${h.name}: ${h.value}`)}`);
  return ['curl', ...methodOption(row, quoted), quoted(row.url), ...headers]
    .join(' \\\n  ')
    .replace('curl \\\n  ', 'curl ');
}

export function asCurlCmd(row: Row, details?: Details): string {
  const headers = headersOf(details).map((h) => `-H ${quotedCmd(`${h.name}: ${h.value}`)}`);
  return ['curl', ...methodOption(row, quotedCmd), quotedCmd(row.url), ...headers].join(' ');
}

export function asPowerShell(row: Row, details?: Details): string {
  const q = (t: string): string => `'${t.replaceAll("'", "''")}'`;
  const headers = headersOf(details).map((h) => `${q(h.name)} = ${q(h.value)}`);
  const table = headers.length > 0 ? ` -Headers @{ ${headers.join('; ')} }` : '';
  return `Invoke-WebRequest -Uri ${q(row.url)} -Method ${q(row.method)}${table}`;
}

export function asFetch(row: Row, details?: Details): string {
  const options: Record<string, unknown> = {};
  if (row.method !== 'GET') options.method = row.method;
  const headers = headersOf(details);
  if (headers.length > 0) options.headers = Object.fromEntries(headers.map((h) => [h.name, h.value]));
  const second = Object.keys(options).length > 0 ? `, ${JSON.stringify(options, null, 2)}` : '';
  return `await fetch(${JSON.stringify(row.url)}${second});`;
}

/** The verdict with its figures as Markdown, for an issue. */
export function asVerdict(row: Row, { verdict }: Details): string {
  if (!verdict) return asBreakdown(row);
  const plain = (text: string): string => text.replace(/[\\`*_[\]<>|]/g, '\\$&');
  const lines = [`**${plain(row.method)} ${plain(row.url)}** (${plain(row.stateText)})`, '', plain(verdict.text)];
  if (verdict.advice) lines.push('', `Do: ${plain(verdict.advice)}`);
  if (verdict.wouldTell) lines.push('', `Would tell: ${plain(verdict.wouldTell)}`);
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
      `${(phaseLabels[p.name] ?? p.name).padEnd(width)} ${millisecondsText(p.duration).padStart(10)} ms${p.failed ? '  failed' : p.running ? '  running' : ''}`,
  );
  const total =
    row.total === undefined ? [] : [`${'Total'.padEnd(width)} ${millisecondsText(row.total).padStart(10)} ms`];
  return [`${row.method} ${row.url}`, row.stateText, ...lines, ...total].join('\n');
}
