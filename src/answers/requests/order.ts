/** Orders of a list of requests. */
import type { SortKey } from '../../model/options/table';
import { compareRows, type Row } from '../../model/rows/row';

const byUrl = (a: Row, b: Row): number => (a.url < b.url ? -1 : a.url > b.url ? 1 : compareRows(a, b));
const orders: Record<SortKey, (a: Row, b: Row) => number> = {
  time: compareRows,
  newest: (a, b) => compareRows(b, a),
  duration: (a, b) => (b.total ?? -1) - (a.total ?? -1) || compareRows(a, b),
  // What has no status failed, or is not there yet: before the answers, and of those the errors first.
  status: (a, b) => (b.status ?? 1000) - (a.status ?? 1000) || compareRows(a, b),
  url: byUrl,
};

/** `rows`, ordered by `key`; the rows given stay as they are. */
export const sortRows = (rows: readonly Row[], key: SortKey): Row[] => [...rows].sort(orders[key]);
