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

type Read = (row: Row, store: Store) => string | number | undefined;
const time = (us: number | undefined): string | undefined => (us === undefined ? undefined : timeText(us));
const size = (bytes: number | undefined): string | undefined => (bytes === undefined ? undefined : bytesText(bytes));
const phase =
  (name: PhaseName): Read =>
  (row) =>
    time(row.phases.find((p) => p.name === name)?.duration);

/** Columns with numbers, aligned right. */
const right = new Set<string>(['start', 'total', 'sent', 'received', 'pid', 'connection', 'ordinal']);
const phases = ['queue', 'dns', 'tcp', 'proxy', 'tls', 'send', 'wait', 'download'] as const;

const columns = {
  id: (row) => row.id,
  start: (row) => time(row.createdAt),
  clock: (row, store) => (row.createdAt === undefined ? undefined : clockOf(store, row.createdAt)),
  status: (row) => row.stateText,
  method: (row) => row.method,
  url: (row) => row.url,
  host: (row) => row.host,
  path: (row) => row.path,
  site: ({ callSite }) => callSite && `${pathOf(callSite.file)}${lineAndColumn(callSite)}`,
  function: (row) => row.callSite?.function,
  package: (row) => row.callSite?.package,
  label: (row) => row.label,
  process: (row) => row.process,
  pid: (row) => row.pid || undefined,
  protocol: (row) => row.protocol,
  remote: (row) => row.remote,
  connection: (row) => row.connection && `#${row.connection.number}`,
  ordinal: (row) => row.connection?.ordinal || undefined,
  sent: (row) => size(row.bytesSent),
  received: (row) => size(row.bytesReceived),
  type: (row) => row.contentType,
  error: (row) => row.error?.code,
  ...(Object.fromEntries(phases.map((name) => [name, phase(name)])) as Record<(typeof phases)[number], Read>),
  total: (row) => time(row.total),
} as const satisfies Record<string, Read>;

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
    names.map((name): Cell => ({ text: printable(String((columns[name] as Read)(row, store) ?? '-')) })),
  );
  return tableLines(heads, cells, style.dim);
}
