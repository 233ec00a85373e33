/** What stands in the list from top to bottom: rows, dividers between runs, heads of groups. Pure. */
import type { Row, Run } from '../types';
import { type ChipName, chips } from './chips';
import type { Filter } from './filter';
import { beginOf, rowEnd } from './geometry';
import { type Group, type GroupBy, groupRows, isByStart, type Sort, sortRows, withHops } from './sort';
import type { Range } from './timescale';

export type Item =
  | { kind: 'row'; id: string; row: Row; hop: boolean }
  | { kind: 'run'; id: string; run: Run }
  | { kind: 'group'; id: string; group: Group; folded: boolean };

export interface Question {
  filter: Filter;
  chips: ReadonlySet<ChipName>;
  range: Range | undefined;
  sort: Sort;
  groupBy: GroupBy;
  folded: ReadonlySet<string>;
  now: number;
}

/** Rows that pass box, chips and range; the given order is kept. */
export function filterRows(
  rows: readonly Row[],
  q: Pick<Question, 'filter' | 'chips' | 'range' | 'now'>,
): readonly Row[] {
  const tests = chips.filter((c) => q.chips.has(c.name));
  const { range, now } = q;
  if (q.filter.empty && tests.length === 0 && !range) return rows;
  return rows.filter((row) => {
    for (const chip of tests) if (!chip.test(row)) return false;
    if (range && (beginOf(row) > range.end || rowEnd(row, now) < range.begin)) return false;
    return q.filter.empty || q.filter.test(row);
  });
}

/** The list for rows that stand in order of their begin. */
export function itemsOf(filtered: readonly Row[], runs: readonly Run[], q: Question): Item[] {
  if (q.groupBy !== 'none') {
    const items: Item[] = [];
    for (const group of groupRows(sortRows(filtered, q.sort, q.now), q.groupBy)) {
      const folded = q.folded.has(group.key);
      items.push({ kind: 'group', id: `group:${group.key}`, group, folded });
      if (!folded) for (const row of group.rows) items.push({ kind: 'row', id: row.id, row, hop: false });
    }
    return items;
  }
  if (!isByStart(q.sort)) {
    return sortRows(filtered, q.sort, q.now).map((row) => ({ kind: 'row', id: row.id, row, hop: false }));
  }
  const { rows, hops } = withHops(filtered);
  const items: Item[] = [];
  const first = runs[0]?.number;
  let run = runs.length > 1 ? first : undefined;
  for (const row of rows) {
    if (run !== undefined && row.run !== run) {
      run = row.run;
      const head = runs.find((r) => r.number === run);
      if (head) items.push({ kind: 'run', id: `run:${head.number}`, run: head });
    }
    items.push({ kind: 'row', id: row.id, row, hop: hops.has(row.id) });
  }
  return items;
}
