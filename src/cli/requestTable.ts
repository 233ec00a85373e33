// One line a request, in the five words that everyone knows from curl and httpstat.

import { maskUrl } from '../model/mask';
import type { PhaseName } from '../model/records';
import { compareRows, type Row, rowOf } from '../model/row';
import { quantile } from '../model/statistics';
import type { Store } from '../model/store';
import { numberText, timeText } from '../model/text';
import { printable, type Style, shortened, styleFor } from './say';
import { type Cell, type Column, tableLines } from './table';

/** The phases with their words for people, in order. */
export const phaseWords: readonly (readonly [PhaseName, string, string])[] = [
  ['queue', '', 'queue'],
  ['dns', 'DNS', 'look-up'],
  ['tcp', 'TCP', 'connection'],
  ['proxy', '', 'proxy'],
  ['tls', 'TLS', 'handshake'],
  ['send', '', 'sending'],
  ['wait', 'server', 'processing'],
  ['download', 'content', 'transfer'],
];

/** Not of the five words: shown only where they took time that a reader would miss. */
const minor = new Set<PhaseName>(['queue', 'send']);
const minorUs = 1000;

export function rowsOf(store: Store, now: number): Row[] {
  const rows = [...store.requests.values()].map((r) => rowOf(r, store, now)).sort(compareRows);
  // The hook masks; what is shown is masked again, as files may come from elsewhere.
  return rows.map((r) => ({ ...r, url: maskUrl(r.url) }));
}

export interface TableOptions {
  style: Style;
  /** Columns of the terminal. */
  width: number;
  /** Most lines of requests. */
  most: number;
}

/** What a narrow terminal goes without, in this order; the five words and the call site stay longest. */
const dispensable = ['process', 'queue', 'sending', 'method', 'called at'];

export function requestLines(rows: readonly Row[], options: TableOptions): string[] {
  const plain = { ...options, style: styleFor({}) };
  for (let without = 0; ; without++) {
    const hidden = new Set(dispensable.slice(0, without));
    const fits = linesWithout(hidden, rows, plain).every((line) => line.length <= options.width);
    if (fits || without === dispensable.length) return linesWithout(hidden, rows, options);
  }
}

function linesWithout(
  hidden: ReadonlySet<string>,
  rows: readonly Row[],
  { style, width, most }: TableOptions,
): string[] {
  const shown = chosen(rows, most);
  const phases = phaseWords.filter(
    ([name]) => !minor.has(name) || rows.some((r) => (duration(r, name) ?? 0) >= minorUs),
  );
  const severalThreads = new Set(rows.map((r) => r.thread)).size > 1;
  const columns: Column[] = [
    { head: ['status'] },
    { head: ['method'] },
    { head: ['request'] },
    { head: ['called at'] },
    { head: ['process'] },
    ...phases.map(([, above, below]) => ({ head: [above, below], right: true })),
    { head: ['total'], right: true },
  ];
  const cells = shown.map((row): Cell[] => [
    { text: printable(row.stateText), ...paintOf(row, style) },
    { text: printable(row.method) },
    { text: printable(row.url) },
    { text: placeText(row), paint: style.dim },
    { text: severalThreads ? shortened(printable(row.process), 20) : '', paint: style.dim },
    ...phases.map(([name]): Cell => phaseCell(row, name, style)),
    { text: row.total === undefined ? '' : timeText(row.total), paint: style.bold },
  ]);
  if (rows.length > 2) cells.push(...sums(rows, phases, style));
  for (const row of cells) {
    for (const [at, { head }] of columns.entries()) if (hidden.has(head.at(-1) ?? '')) row[at] = { text: '' };
  }
  fitRequests(columns, cells, width);
  const lines = tableLines(columns, cells, style.dim);
  const left = rows.length - shown.length;
  if (left > 0) lines.splice(-sumLines(rows), 0, style.dim(`… and ${numberText(left)} more`));
  return lines;
}

/** The request's column takes what the others leave. */
function fitRequests(columns: readonly Column[], cells: Cell[][], width: number): void {
  const at = columns.findIndex((c) => c.head[0] === 'request');
  const others = cells.map((row) => row.map((cell, i): Cell => ({ text: i === at ? '' : cell.text })));
  const [line = ''] = tableLines(columns, others, (text) => text).sort((a, b) => b.length - a.length);
  const room = Math.max(24, Math.min(90, width - line.length - 2));
  for (const row of cells) row[at] = { ...row[at], text: shortened(row[at]?.text ?? '', room) };
}

/** Where no frame of the user's own was on the stack, the library's stands, and says so. */
function placeText(row: Row): string {
  const place = shortened(printable(row.callSite?.text ?? ''), 28);
  return row.callSite?.kind === 'library' ? `${place} (library)` : place;
}

const troubled = new Set<Row['state']>(['failed', 'serverError', 'aborted', 'notRead', 'interrupted']);

/** The first ones, and of those that went wrong as many as half the room takes: the order stays. */
function chosen(rows: readonly Row[], most: number): readonly Row[] {
  if (rows.length <= most) return rows;
  const late = rows.slice(most).filter((r) => troubled.has(r.state));
  const wrong = late.slice(0, Math.floor(most / 2));
  return [...rows.slice(0, most - wrong.length), ...wrong];
}

const sumLines = (rows: readonly Row[]) => (rows.length > 2 ? 2 : 0);

function duration(row: Row, name: PhaseName): number | undefined {
  return row.phases.find((p) => p.name === name)?.duration;
}

function phaseCell(row: Row, name: PhaseName, style: Style): Cell {
  const phase = row.phases.find((p) => p.name === name);
  if (phase === undefined) return { text: '' };
  const text = timeText(phase.duration);
  if (phase.failed) return { text: `✕ ${text}`, paint: style.red };
  return { text: phase.running ? `${text}…` : text };
}

function paintOf(row: Row, style: Style): { paint?: (text: string) => string } {
  if (row.state === 'failed' || row.state === 'serverError') return { paint: style.red };
  if (
    row.state === 'clientError' ||
    row.state === 'aborted' ||
    row.state === 'interrupted' ||
    row.state === 'notRead'
  ) {
    return { paint: style.yellow };
  }
  return row.state === 'done' ? { paint: style.green } : {};
}

/** Median and longest of each phase, of those requests that had it. */
function sums(rows: readonly Row[], phases: typeof phaseWords, style: Style): Cell[][] {
  const line = (word: string, q: number): Cell[] => {
    const of = (values: (number | undefined)[]): Cell => {
      const value = quantile(
        values.filter((v) => v !== undefined),
        q,
      );
      return { text: value === undefined ? '' : timeText(value), paint: style.dim };
    };
    return [
      { text: '' },
      { text: '' },
      { text: word, paint: style.dim },
      { text: '' },
      { text: '' },
      ...phases.map(([name]) => of(rows.map((r) => duration(r, name)))),
      of(rows.map((r) => r.total)),
    ];
  };
  return [line('median', 0.5), line('longest', 1)];
}
