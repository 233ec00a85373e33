/** Which requests a table lists when there are more than it has lines for, and in which order. */
import type { SortKey } from '../../model/options/table';
import { compareRows, type Row } from '../../model/rows/row';

/** What the lines are for: a summary of what was, a table of what is going on. */
export type Purpose = 'summary' | 'live';

const troubled: ReadonlySet<Row['state']> = new Set(['failed', 'serverError', 'aborted', 'notRead', 'interrupted']);
const running: ReadonlySet<Row['state']> = new Set(['queued', 'running', 'open', 'streaming']);

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

export interface Choice {
  rows: readonly Row[];
  /** Which ones they are, in words; absent: all of them. */
  words?: string;
}

/**
 * At most `max` of `rows`, which are in the order of time. With a key the first ones in its order. Else a live table
 * has what runs and the newest, a summary what went wrong (at most half) and the slowest, both in the order of time.
 */
export function choose(rows: readonly Row[], max: number, purpose: Purpose, key?: SortKey): Choice {
  if (key !== undefined) {
    const all = sortRows(rows, key);
    return all.length <= max ? { rows: all } : { rows: all.slice(0, max), words: `the first ${max} by ${key}` };
  }
  if (rows.length <= max) return { rows };
  if (purpose === 'live') {
    const open = rows.filter((r) => running.has(r.state)).slice(-max);
    const chosen = new Set([...open, ...newestOf(rows, max - open.length)]);
    return { rows: rows.filter((r) => chosen.has(r)), words: 'running and newest' };
  }
  const wrong = rows.filter((r) => troubled.has(r.state)).slice(0, Math.floor(max / 2));
  const kept = new Set(wrong);
  const slowest = sortRows(
    rows.filter((r) => !kept.has(r)),
    'duration',
  ).slice(0, max - wrong.length);
  for (const r of slowest) kept.add(r);
  return { rows: rows.filter((r) => kept.has(r)), words: wrong.length > 0 ? 'failed and slowest' : 'slowest' };
}

function newestOf(rows: readonly Row[], count: number): Row[] {
  const newest: Row[] = [];
  for (let at = rows.length - 1; at >= 0 && newest.length < count; at--) {
    const row = rows[at] as Row;
    if (!running.has(row.state)) newest.push(row);
  }
  return newest;
}
