/** The columns that a list of requests may have, by name. */

import { bytesText, timeText } from '../../model/base/text';
import { phaseDuration } from '../../model/phases/measured';
import type { PhaseName } from '../../model/records';
import { lineAndColumn, type Row } from '../../model/rows/row';
import type { Store } from '../../model/store/store';
import { pathOf } from '../base/path';
import { clockOf } from './facts';

/** A figure with a unit is read as a number, µs or bytes, and shown as text. */
interface Column {
  unit?: 'us' | 'bytes';
  read(row: Row, store: Store): string | number | undefined;
}

const plain = (read: Column['read']): Column => ({ read });
const time = (read: (row: Row) => number | undefined): Column => ({ unit: 'us', read });
const size = (read: (row: Row) => number | undefined): Column => ({ unit: 'bytes', read });
const phase = (name: PhaseName): Column => time((row) => phaseDuration(row, name));

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
  test: plain((row) => row.test),
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

export const isColumn = (name: string): name is ColumnName => Object.hasOwn(columns, name);

/** The value of a column as it is, absent where it is not known. Times in µs, sizes in bytes. */
export const columnValue = (row: Row, name: ColumnName, store: Store): string | number | undefined =>
  columns[name].read(row, store);

/** The unit of a column whose values are numbers with one. */
export const columnUnit = (name: ColumnName): Column['unit'] => (columns[name] as Column).unit;

/** As people read it; `-` where it is not known. */
export function columnText(row: Row, name: ColumnName, store: Store): string {
  const [unit, value] = [columnUnit(name), columnValue(row, name, store)];
  if (typeof value !== 'number' || unit === undefined) return String(value ?? '-');
  return unit === 'us' ? timeText(value) : bytesText(value);
}
