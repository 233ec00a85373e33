/** Which requests a table lists when there are more than it has lines for. */
import { sortRows } from '../../answers/requests/order';
import type { SortKey } from '../../model/options/table';
import type { Row } from '../../model/rows/row';

/** What the lines are for: a summary of what was, a table of what is going on. */
export type Purpose = 'summary' | 'live';

const troubled: ReadonlySet<Row['state']> = new Set(['failed', 'serverError', 'aborted', 'notRead', 'interrupted']);
const running: ReadonlySet<Row['state']> = new Set(['queued', 'running', 'open', 'streaming']);

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
