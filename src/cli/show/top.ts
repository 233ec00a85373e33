/** `show --top`: requests grouped by host, by path (ids in it as `{id}`), by the file or by the test that made them; the most frequent first. */
import { pathTemplate } from '../../analysis/base/places';
import { quantile } from '../../model/base/statistics';
import { bytesText, numberText, timeText } from '../../model/base/text';
import type { Row } from '../../model/rows/row';
import { type Cell, tableLines } from '../table/table';
import { pathOf, printable, type Style, shortened } from '../terminal/say';

export const topKeys = ['host', 'path', 'file', 'test'] as const;
export type TopKey = (typeof topKeys)[number];

export function topLines(
  rows: readonly Row[],
  by: TopKey,
  { style, width }: { style: Style; width: number },
): string[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row, by);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const sorted = [...groups].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  const columns = [
    { head: [by] },
    ...['requests', 'failed', '5xx', 'median', 'p95', 'sent', 'received'].map((word) => ({
      head: [word],
      right: true,
    })),
  ];
  const room = Math.max(24, width - 70);
  const cells = sorted.map(([key, group]): Cell[] => {
    const totals = group.flatMap((r) => r.total ?? []);
    const total = (q: number): string => {
      const value = quantile(totals, q);
      return value === undefined ? '' : timeText(value);
    };
    const [failed, errors] = ['failed', 'serverError'].map((state) => group.filter((r) => r.state === state).length);
    return [
      { text: shortened(printable(key), room) },
      { text: numberText(group.length) },
      { text: failed ? numberText(failed) : '', paint: style.red },
      { text: errors ? numberText(errors) : '', paint: style.red },
      { text: total(0.5) },
      { text: total(0.95) },
      { text: bytesCell(group.flatMap((r) => r.bytesSent ?? [])) },
      { text: bytesCell(group.flatMap((r) => r.bytesReceived ?? [])) },
    ];
  });
  return tableLines(columns, cells, style.dim);
}

function keyOf(row: Row, by: TopKey): string {
  if (by === 'host') return row.host || '(no host)';
  if (by === 'path') return `${row.host}${pathTemplate(row.path)}`;
  if (by === 'test') return row.test ?? '(no test, or not known)';
  return row.callSite ? pathOf(row.callSite.file) : '(not known)';
}

const bytesCell = (bytes: readonly number[]): string =>
  bytes.length === 0 ? '' : bytesText(bytes.reduce((a, b) => a + b, 0));
