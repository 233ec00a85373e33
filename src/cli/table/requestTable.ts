/** One line per request, with the time of each phase. */

import { quantile } from '../../model/base/statistics';
import { numberText, timeText } from '../../model/base/text';
import { labelWithin, phaseWords, shortOf } from '../../model/facts/phaseWords';
import type { SortKey } from '../../model/options/table';
import { measuredDuration, phaseTime } from '../../model/phases/measured';
import { type PhaseName, phaseNames } from '../../model/records';
import type { Row } from '../../model/rows/row';
import { printable, type Style, shortened, wrapped } from '../terminal/say';
import { choose, type Purpose } from './chosen';
import { fitColumns, type Sized } from './fit';
import { type Cell, type Column, tableLines } from './table';

/** The label of a phase in two lines: `DNS` above `lookup`, nothing above `queueing`. */
function headOf(name: PhaseName): [string, string] {
  const words = labelWithin(name).split(' ');
  const last = words.pop() ?? '';
  return [words.join(' '), last];
}

/** Phases that took less than this share of a request's total may be left out without a word. */
const negligible = 0.02;

export interface TableOptions {
  style: Style;
  /** Columns of the terminal. */
  width: number;
  /** Most lines of requests. */
  max: number;
  /** What the lines are chosen for, where there are too many; default: a summary. */
  purpose?: Purpose;
  sort?: SortKey | undefined;
  /** How to see those that are left out. */
  seeAll?: string | undefined;
  /** How to see the findings that are not listed. */
  seeFindings?: string;
}

/** Below this the columns' heads are one word each. */
const roomy = 120;

/** A column with its cells: of the rows that are listed, then of the two sums. */
interface Filled {
  name: string;
  head: string[];
  right?: boolean;
  cells: Cell[];
  min?: number;
  rank?: number;
}

/** The table's lines. None is longer than the terminal is wide; what is left out is named below. */
export function requestLines(all: readonly Row[], options: TableOptions): string[] {
  const { style, width, max, purpose = 'summary' } = options;
  const choice = choose(all, max, purpose, options.sort);
  const { rows } = choice;
  const origin = commonOrigin(rows);
  const phases = shownPhases(rows);
  const sums = all.length > 2 ? sumsOf(all, style) : [];
  const make = (gone: readonly PhaseName[]) => columnsOf(rows, { phases, origin, sums, gone, options });
  let columns = make([]);
  let { hidden, widths } = fitColumns(columns.map(sizedOf), width);
  if (hidden.some((name) => phases.includes(name as PhaseName))) {
    // Their time is in a separate column, which needs room too.
    columns = make(phases);
    ({ hidden, widths } = fitColumns(columns.map(sizedOf), width));
  }
  const shown = columns.filter((c) => !hidden.includes(c.name));
  const gone = phases.filter((name) => hidden.includes(name));
  const other = shown.find((c) => c.name === 'other');
  if (other) for (const [i, row] of rows.entries()) other.cells[i] = otherCell(row, phases, gone, style);
  for (const column of shown) {
    const room = widths.get(column.name);
    if (room !== undefined) column.cells = column.cells.map((c) => ({ ...c, text: shortened(c.text, room) }));
    if (room !== undefined) column.head = column.head.map((h) => shortened(h, room));
  }
  const heads = shown.map(({ head, right }): Column => ({ head, ...(right ? { right } : {}) }));
  const cells = Array.from({ length: rows.length + sums.length }, (_, i) =>
    shown.map((c) => c.cells[i] ?? { text: '' }),
  );
  const lines = tableLines(heads, cells, style.dim);
  const left = all.length - rows.length;
  if (left > 0) lines.splice(lines.length - sums.length, 0, ...moreLines(left, choice.words, options));
  return [...lines, ...hiddenLines(hidden, phases, options)];
}

const sizedOf = ({ name, head, cells, min, rank }: Filled): Sized => ({
  name,
  wide: cells.some((c) => c.text !== '') ? widest(head, cells) : 0,
  ...(min === undefined ? {} : { min }),
  ...(rank === undefined ? {} : { rank }),
});

const widest = (head: readonly string[], cells: readonly Cell[]): number =>
  [...head.map((h) => h.length), ...cells.map((c) => c.text.length)].reduce((a, b) => Math.max(a, b), 0);

interface Parts {
  phases: readonly PhaseName[];
  origin: string;
  sums: readonly Sum[];
  /** Phases that may have to be left out: the column of the rest is as wide as they need. */
  gone: readonly PhaseName[];
  options: TableOptions;
}

function columnsOf(rows: readonly Row[], { phases, origin, sums, gone, options }: Parts): Filled[] {
  const { style, width } = options;
  const isRoomy = width >= roomy;
  const severalThreads = new Set(rows.flatMap((r) => (r.pid > 0 ? r.thread : []))).size > 1;
  const blanks = sums.map((): Cell => ({ text: '' }));
  const to = origin === '' ? [] : [`to ${printable(origin)}`];
  const timed = (name: PhaseName, rank: number): Filled => ({
    name,
    head: isRoomy ? headOf(name) : [phaseWords[name].short],
    right: true,
    rank,
    cells: [...rows.map((row) => phaseCell(row, name, style)), ...sums.map((s) => s.of(name))],
  });
  return [
    {
      name: 'status',
      head: ['status'],
      min: 12,
      cells: [...rows.map((r) => statusCell(r, isRoomy, style)), ...blanks],
    },
    {
      name: 'method',
      head: ['method'],
      rank: 4,
      cells: [...rows.map((r) => ({ text: printable(r.method) })), ...blanks],
    },
    {
      name: 'request',
      head: [...to, 'request'],
      min: width < 60 ? 12 : 20,
      cells: [
        ...rows.map((r) => ({ text: printable(shortUrl(r.url.slice(origin.length))) })),
        ...sums.map((s) => ({ text: s.word, paint: style.dim })),
      ],
    },
    {
      name: 'called at',
      head: ['called at'],
      min: 12,
      rank: 10,
      cells: [...rows.map((r) => ({ text: placeText(r), paint: style.dim })), ...blanks],
    },
    {
      name: 'process',
      head: ['process'],
      rank: 0,
      cells: [
        ...rows.map((r) => ({ text: severalThreads ? shortened(printable(r.process), 20) : '', paint: style.dim })),
        ...blanks,
      ],
    },
    ...phaseNames.filter((name) => phases.includes(name)).map((name) => timed(name, ranks[name] ?? 9)),
    {
      name: 'other',
      head: ['other'],
      right: true,
      rank: 11,
      cells: [...rows.map((r) => otherCell(r, phases, gone, style)), ...blanks],
    },
    {
      name: 'total',
      head: ['total'],
      right: true,
      cells: [
        ...rows.map((r) => ({ text: r.total === undefined ? '' : timeText(r.total), paint: style.bold })),
        ...sums.map((s) => s.total),
      ],
    },
  ];
}

/** What a narrow terminal goes without first. The call site and the server's part stay longest. */
const ranks: Partial<Record<PhaseName, number>> = {
  send: 1,
  queue: 2,
  proxy: 3,
  download: 5,
  tcp: 6,
  tls: 7,
  dns: 8,
  wait: 9,
};

/** Queue and sending only where they took time that a reader would miss, in all that is listed. */
function shownPhases(rows: readonly Row[]): PhaseName[] {
  const isShown = (name: PhaseName): boolean =>
    rows.some((r) => {
      const took = duration(r, name);
      return took !== undefined && (!minor.has(name) || took >= minorUs);
    });
  return phaseNames.filter(isShown);
}

const minor: ReadonlySet<PhaseName> = new Set(['queue', 'send']);
const minorUs = 1000;

/** The part of the total that no column of this line shows. */
function otherCell(row: Row, phases: readonly PhaseName[], gone: readonly PhaseName[], style: Style): Cell {
  if (row.total === undefined) return { text: '' };
  const shown = row.phases.filter((p) => phases.includes(p.name) && !gone.includes(p.name));
  const rest = row.total - shown.reduce((sum, p) => sum + p.duration, 0);
  return rest > Math.max(50, row.total * negligible) ? { text: timeText(rest), paint: style.dim } : { text: '' };
}

/** `http://a.example:80`, if every one of several requests begins with it. */
function commonOrigin(rows: readonly Row[]): string {
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+(?=\/)/i.exec(rows[0]?.url ?? '')?.[0];
  if (origin === undefined || rows.length < 2) return '';
  return rows.every((r) => r.url.startsWith(`${origin}/`)) ? origin : '';
}

/** A cell of hundreds of columns helps nobody. */
const shortUrl = (url: string): string => shortened(url, 90);

/** Where no frame of the user's was on the stack, the library's frame is shown, marked as such. */
function placeText({ callSite }: Row): string {
  const place = shortened(printable(callSite?.text ?? ''), 28);
  if (callSite?.package !== undefined) return `${place} (via ${shortened(printable(callSite.package), 28)})`;
  return callSite?.kind === 'library' ? `${place} (library)` : place;
}

function moreLines(left: number, words: string | undefined, { style, width, seeAll }: TableOptions): string[] {
  const which = words === undefined ? '' : ` (listed: ${words})`;
  const how = seeAll === undefined ? '' : `; ${seeAll}`;
  return wrapped(`… and ${numberText(left)} more${which}${how}`, width, '  ').map((line) => style.dim(line));
}

function hiddenLines(hidden: readonly string[], phases: readonly PhaseName[], o: TableOptions): string[] {
  if (hidden.length === 0) return [];
  const names = hidden.map(shortOf);
  const timed = hidden.some((name) => phases.includes(name as PhaseName)) ? ' (their time is in “other”)' : '';
  const text = `No room at ${o.width} columns: ${names.join(', ')}${timed}`;
  return wrapped(text, o.width, '  ').map((line) => o.style.dim(line));
}

function duration(row: Row, name: PhaseName): number | undefined {
  const phase = row.phases.find((p) => p.name === name);
  return phase && measuredDuration(phase);
}

function phaseCell(row: Row, name: PhaseName, style: Style): Cell {
  const phase = row.phases.find((p) => p.name === name);
  if (phase === undefined) return { text: '' };
  const text = phaseTime(phase, timeText);
  if (phase.failed) return { text: `✕ ${text}`.trimEnd(), paint: style.red };
  return { text: phase.running ? `${text}…` : text };
}

/** Few characters: the time of an aborted request is under total, and the phase of a failure has a cross. */
function statusCell(row: Row, isRoomy: boolean, style: Style): Cell {
  const words = printable(row.stateText).replace(/^aborted .*/, 'aborted');
  const text = isRoomy || row.state !== 'failed' ? words : shortened(shortFailure(words), 14);
  return { text, ...paintOf(row, style) };
}

const shortFailure = (words: string): string =>
  words
    .replace(/^(?:TCP|TLS|wait|send|proxy|queue) (?=.)/, '')
    .replace('timed out', 'timeout')
    .replace('closed by server', 'closed');

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

interface Sum {
  word: string;
  of(name: PhaseName): Cell;
  total: Cell;
}

/** Median and longest of each phase, of those requests that had it. One pass over the rows. */
function sumsOf(rows: readonly Row[], style: Style): Sum[] {
  const phases = new Map<PhaseName, number[]>();
  const totals: number[] = [];
  for (const row of rows) {
    if (row.total !== undefined) totals.push(row.total);
    for (const phase of row.phases) {
      const { name } = phase;
      const took = measuredDuration(phase);
      if (took === undefined) continue;
      const list = phases.get(name);
      if (list) list.push(took);
      else phases.set(name, [took]);
    }
  }
  const sum = (word: string, q: number): Sum => {
    const cell = (values: readonly number[] = []): Cell => {
      const value = quantile(values, q);
      return { text: value === undefined ? '' : timeText(value), paint: style.dim };
    };
    return { word, of: (name) => cell(phases.get(name)), total: cell(totals) };
  };
  return [sum('median', 0.5), sum('longest', 1)];
}
