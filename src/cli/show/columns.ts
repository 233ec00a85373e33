/** `show --columns`: a table of exactly these columns, whatever the width of the terminal. */

import { InvalidArgumentError } from 'commander';
import { bytesText, timeText } from '../../model/base/text';
import type { PhaseName } from '../../model/records';
import type { Row } from '../../model/rows/row';
import { lineAndColumn } from '../../model/rows/row';
import type { Store } from '../../model/store/store';
import { clockOf } from '../request/facts';
import { type Cell, tableLines } from '../table/table';
import { pathOf, printable, type Style } from '../terminal/say';

/** A figure with a unit is read as a number, µs or bytes, and shown as text. */
interface Column {
  unit?: 'us' | 'bytes';
  read(row: Row, store: Store): string | number | undefined;
}

const plain = (read: Column['read']): Column => ({ read });
const time = (read: (row: Row) => number | undefined): Column => ({ unit: 'us', read });
const size = (read: (row: Row) => number | undefined): Column => ({ unit: 'bytes', read });
const phase = (name: PhaseName): Column => time((row) => row.phases.find((p) => p.name === name)?.duration);

/** Columns with numbers, aligned right. */
const right = new Set<string>(['start', 'total', 'sent', 'received', 'pid', 'connection', 'ordinal']);
const phases = ['queue', 'dns', 'tcp', 'proxy', 'tls', 'send', 'wait', 'download'] as const;

const columns = {
  id: plain((row) => row.id),
  start: time((row) => row.createdAt),
  clock: plain((row, store) => (row.createdAt === undefined ? undefined : clockOf(store, row.createdAt))),
  status: plain((row) => row.stateText),
  method: plain((row) => row.method),
  url: plain((row) => row.url),
  host: plain((row) => row.host),
  path: plain((row) => row.path),
  site: plain(({ callSite }) => callSite && `${pathOf(callSite.file)}${lineAndColumn(callSite)}`),
  function: plain((row) => row.callSite?.function),
  package: plain((row) => row.callSite?.package),
  label: plain((row) => row.label),
  process: plain((row) => row.process),
  pid: plain((row) => row.pid || undefined),
  protocol: plain((row) => row.protocol),
  remote: plain((row) => row.remote),
  connection: plain((row) => row.connection && `#${row.connection.number}`),
  ordinal: plain((row) => row.connection?.ordinal || undefined),
  sent: size((row) => row.bytesSent),
  received: size((row) => row.bytesReceived),
  type: plain((row) => row.contentType),
  error: plain((row) => row.error?.code),
  ...(Object.fromEntries(phases.map((name) => [name, phase(name)])) as Record<(typeof phases)[number], Column>),
  total: time((row) => row.total),
} as const satisfies Record<string, Column>;

export type ColumnName = keyof typeof columns;
export const columnNames = Object.keys(columns) as ColumnName[];

/** `status,url,total`. */
export function parseColumns(text: string): ColumnName[] {
  const names = text.split(',').map((n) => n.trim().toLowerCase());
  const unknown = names.find((n) => !Object.hasOwn(columns, n));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`"${unknown}" is no column. The columns are ${columnNames.join(', ')}.`);
  return names as ColumnName[];
}

export function columnLines(rows: readonly Row[], names: readonly ColumnName[], store: Store, style: Style): string[] {
  const heads = names.map((name) => ({
    head: [name],
    right: right.has(name) || (phases as readonly string[]).includes(name),
  }));
  const cells = rows.map((row) =>
    names.map((name): Cell => ({ text: printable(textOf(columns[name], columns[name].read(row, store))) })),
  );
  return tableLines(heads, cells, style.dim);
}

/** The value of a column as it is, absent where it is not known. Times in µs, sizes in bytes. */
export const columnValue = (row: Row, name: ColumnName, store: Store): string | number | undefined =>
  columns[name].read(row, store);

/** The unit of a column whose values are numbers with one. */
export const columnUnit = (name: ColumnName): Column['unit'] => (columns[name] as Column).unit;

function textOf({ unit }: Column, value: string | number | undefined): string {
  if (typeof value !== 'number' || unit === undefined) return String(value ?? '-');
  return unit === 'us' ? timeText(value) : bytesText(value);
}
