/** Rows of a query as a table for people, as JSON or as CSV. NULL stays apart from 0 and from an empty text. */
import type { SqlValue } from '../../formats/sqlite/engine';
import { tableLines } from '../table/table';
import { printable, type Style, shortened } from '../terminal/say';

export const queryFormats = ['table', 'json', 'csv'] as const;
export type QueryFormat = (typeof queryFormats)[number];

export type SqlRow = readonly SqlValue[];

export interface Shown {
  style: Style;
  /** Most characters of a cell of a table. */
  cell: number;
}

export function outputOf(
  format: QueryFormat,
  names: readonly string[],
  rows: Iterable<SqlRow>,
  shown: Shown,
): Iterable<string> {
  switch (format) {
    case 'json':
      return jsonPieces(unique(names), rows);
    case 'csv':
      return csvPieces(names, rows);
    case 'table':
      return tablePieces(names, rows, shown);
  }
}

/** `id`, `id_2`: keys of an object. */
function unique(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((name) => {
    let other = name;
    for (let n = 2; seen.has(other); n++) other = `${name}_${n}`;
    seen.add(other);
    return other;
  });
}

/** A list of objects, one a line. */
function* jsonPieces(names: readonly string[], rows: Iterable<SqlRow>): Generator<string> {
  const keys = names.map((name) => JSON.stringify(name));
  let first = true;
  for (const row of rows) {
    yield `${first ? '[\n' : ',\n'}  {${row.map((value, i) => `${keys[i]}:${jsonValue(value)}`).join(',')}}`;
    first = false;
  }
  yield first ? '[]\n' : '\n]\n';
}

function jsonValue(value: SqlValue): string {
  if (typeof value === 'bigint') return String(value);
  // JSON has no word for infinity.
  if (typeof value === 'number' && !Number.isFinite(value)) return JSON.stringify(String(value));
  return value instanceof Uint8Array ? JSON.stringify(hex(value)) : JSON.stringify(value);
}

/** RFC 4180: NULL is nothing, an empty text is `""`. */
function* csvPieces(names: readonly string[], rows: Iterable<SqlRow>): Generator<string> {
  yield `${names.map(csvText).join(',')}\r\n`;
  for (const row of rows) yield `${row.map((v) => (v === null ? '' : csvText(textOf(v)))).join(',')}\r\n`;
}

const csvText = (text: string): string => (/^$|[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function* tablePieces(names: readonly string[], rows: Iterable<SqlRow>, { style, cell }: Shown): Generator<string> {
  const all = [...rows];
  const cells = all.map((row) =>
    row.map((value) =>
      value === null ? { text: 'NULL', paint: style.dim } : { text: shortened(printable(textOf(value)), cell) },
    ),
  );
  const isNumber = (i: number) => all.every((row) => row[i] === null || typeof row[i] !== 'string');
  const columns = names.map((name, i) => ({ head: [printable(name)], right: all.length > 0 && isNumber(i) }));
  // A table leaves out what is empty in each row: of a query, every column was asked for.
  const blank = cells.map((row) => row.map((c) => (c.text === '' ? { ...c, text: ' ' } : c)));
  const lines =
    all.length === 0
      ? [columns.map((c) => style.dim(c.head[0] ?? '')).join('  ')]
      : tableLines(columns, blank, style.dim);
  for (const line of lines) yield `${line}\n`;
}

function textOf(value: Exclude<SqlValue, null>): string {
  return value instanceof Uint8Array ? hex(value) : String(value);
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
