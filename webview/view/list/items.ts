/** Contents of the list from top to bottom: rows, dividers between runs, heads of groups. Pure. */

import { beginOf, rowEnd } from '../drawing/geometry';
import type { Range } from '../drawing/timescale';
import type { Row, Run } from '../types';
import { type ChipName, chips } from './chips';
import type { Filter } from './filter';
import { type Group, type GroupBy, groupRows, isByStart, type Sort, sortRows, withHops } from './sort';

/** A line that is no request: the divider above a run, the head of a group. */
export type Head = { head: 'run'; id: string; run: Run } | { head: 'group'; id: string; group: Group; folded: boolean };

/** Rows are in the list unwrapped: with 100,000 of them, a wrapper object for each would be expensive. */
export type Item = Row | Head;

export const isRow = (item: Item): item is Row => !('head' in item);

export interface List {
  items: readonly Item[];
  /** Ids of the redirect hops that are indented under the hop before. */
  hops: ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();

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

/** The list for rows, which are in order of their begin. */
export function itemsOf(filtered: readonly Row[], runs: readonly Run[], q: Question): List {
  if (q.groupBy !== 'none') {
    const items: Item[] = [];
    for (const group of groupRows(sortRows(filtered, q.sort, q.now), q.groupBy)) {
      const folded = q.folded.has(group.key);
      items.push({ head: 'group', id: `group:${group.key}`, group, folded });
      if (!folded) for (const row of group.rows) items.push(row);
    }
    return { items, hops: none };
  }
  if (!isByStart(q.sort)) return { items: sortRows(filtered, q.sort, q.now), hops: none };
  const { rows, hops } = withHops(filtered);
  if (runs.length < 2) return { items: rows, hops };
  const items: Item[] = [];
  let run = runs[0]?.number;
  for (const row of rows) {
    if (row.run !== run) {
      run = row.run;
      const head = runs.find((r) => r.number === run);
      if (head) items.push({ head: 'run', id: `run:${head.number}`, run: head });
    }
    items.push(row);
  }
  return { items, hops };
}
