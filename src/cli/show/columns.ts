/** `show --columns`: a table of exactly these columns, whatever the width of the terminal. */
import { InvalidArgumentError } from 'commander';
import { type ColumnName, columnNames, columnText, columnUnit, isColumn } from '../../answers/requests/columns';
import type { Row } from '../../model/rows/row';
import type { Store } from '../../model/store/store';
import { type Cell, tableLines } from '../table/table';
import { printable, type Style } from '../terminal/say';

/** Columns of numbers, aligned right, beside those with a unit. */
const numbers: ReadonlySet<ColumnName> = new Set(['pid', 'connection', 'ordinal']);

/** `status,url,total`. */
export function parseColumns(text: string): ColumnName[] {
  const names = text.split(',').map((n) => n.trim().toLowerCase());
  const unknown = names.find((n) => !isColumn(n));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`"${unknown}" is no column. The columns are ${columnNames.join(', ')}.`);
  return names as ColumnName[];
}

export function columnLines(rows: readonly Row[], names: readonly ColumnName[], store: Store, style: Style): string[] {
  const heads = names.map((name) => ({ head: [name], right: numbers.has(name) || columnUnit(name) !== undefined }));
  const cells = rows.map((row) => names.map((name): Cell => ({ text: printable(columnText(row, name, store)) })));
  return tableLines(heads, cells, style.dim);
}
