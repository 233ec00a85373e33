/** Order of the rows, redirect hops under the hop before them, groups and dividers between runs. */

import { quantile } from '../../../src/model/base/statistics';
import { phaseDuration } from '../../../src/model/phases/measured';
import { isFailed, isServerError } from '../../../src/model/query/rowFields';
import { beginOf, rowEnd } from '../drawing/geometry';
import type { Row } from '../types';
import { type ColumnId, columnOf } from './columns';

export interface Sort {
  column: ColumnId;
  descending: boolean;
  /** What the waterfall column sorts by. */
  by?: 'start' | 'end' | 'duration' | 'wait';
}

export const byStart: Sort = { column: 'waterfall', descending: false };

/** Whether rows are sorted by start, so that hops may be listed under their redirect. */
export const isByStart = (sort: Sort): boolean =>
  sort.column === 'waterfall' && (sort.by ?? 'start') === 'start' && !sort.descending;

function keysOf(sort: Sort, now: number): ((row: Row) => string | number | undefined)[] {
  const column = columnOf(sort.column);
  if (sort.column === 'waterfall') {
    if (sort.by === 'end') return [(r) => rowEnd(r, now)];
    if (sort.by === 'duration') return [(r) => r.total ?? rowEnd(r, now) - beginOf(r)];
    if (sort.by === 'wait') return [(r) => phaseDuration(r, 'wait')];
  }
  if (sort.column === 'time') return [(r) => r.total ?? rowEnd(r, now) - beginOf(r)];
  return column.key2 ? [column.key, column.key2] : [column.key];
}

/**
 * The keys of all rows as numbers, so that comparing is cheap however many there are: texts become their rank among the
 * different texts. A row without a key has NaN.
 */
function ranked(rows: readonly Row[], key: (row: Row) => string | number | undefined): Float64Array {
  const out = new Float64Array(rows.length);
  const texts = new Map<string, number>();
  const places: (string | undefined)[] = [];
  for (let i = 0; i < rows.length; i++) {
    const value = key(rows[i] as Row);
    if (typeof value === 'string') {
      places[i] = value;
      texts.set(value, 0);
    } else out[i] = value ?? Number.NaN;
  }
  if (texts.size === 0) return out;
  [...texts.keys()].sort().forEach((text, rank) => {
    texts.set(text, rank);
  });
  for (let i = 0; i < places.length; i++) {
    const text = places[i];
    if (text !== undefined) out[i] = texts.get(text) ?? 0;
  }
  return out;
}

/** A sorted copy; equal rows keep the order they began in, rows without a key come last either way. */
export function sortRows(rows: readonly Row[], sort: Sort, now: number): readonly Row[] {
  if (isByStart(sort)) return rows;
  const sign = sort.descending ? -1 : 1;
  const keys = keysOf(sort, now).map((key) => ranked(rows, key));
  const order = rows.map((_, i) => i);
  order.sort((a, b) => {
    for (const key of keys) {
      const x = key[a] as number;
      const y = key[b] as number;
      if (x === y) continue;
      if (Number.isNaN(x)) {
        if (Number.isNaN(y)) continue;
        return 1;
      }
      if (Number.isNaN(y)) return -1;
      return x < y ? -sign : sign;
    }
    return a - b;
  });
  return order.map((i) => rows[i] as Row);
}

/**
 * Rows in order of start with every redirect hop directly under the hop before it, if that one is shown too. Returns the
 * rows and the ids of those that are indented. Rows without redirects are returned unchanged.
 */
export function withHops(rows: readonly Row[]): { rows: readonly Row[]; hops: ReadonlySet<string> } {
  const next = new Map<string, Row[]>();
  const hops = new Set<string>();
  // Few of many rows belong to a chain: only those are kept in sets.
  const sought = new Set<string>();
  for (const row of rows) if (row.redirectOf) sought.add(row.redirectOf);
  if (sought.size === 0) return { rows, hops };
  const shown = new Set<string>();
  for (const row of rows) if (sought.has(row.id)) shown.add(row.id);
  for (const row of rows) {
    if (!row.redirectOf || !shown.has(row.redirectOf) || row.redirectOf === row.id) continue;
    hops.add(row.id);
    const list = next.get(row.redirectOf);
    if (list) list.push(row);
    else next.set(row.redirectOf, [row]);
  }
  const out: Row[] = [];
  const done = new Set<string>();
  const put = (row: Row): void => {
    // A loop from length of chains, not from recursion; `done` ends a chain that (by a broken trace) leads back.
    const stack = [row];
    for (let top = stack.pop(); top; top = stack.pop()) {
      if (done.has(top.id)) continue;
      done.add(top.id);
      out.push(top);
      const list = next.get(top.id);
      if (list) for (let i = list.length - 1; i >= 0; i--) stack.push(list[i] as Row);
    }
  };
  for (const row of rows) {
    if (hops.has(row.id)) continue;
    if (next.has(row.id)) put(row);
    else out.push(row);
  }
  for (const row of rows) if (hops.has(row.id) && !done.has(row.id)) put(row);
  return { rows: out, hops };
}

import type { GroupBy } from '../../../src/model/panel/grouping';

export type { GroupBy };

export interface Group {
  key: string;
  label: string;
  count: number;
  failed: number;
  serverErrors: number;
  /** Median of the totals known, µs. */
  median?: number;
  rows: Row[];
}

const groupLabel: Readonly<Record<Exclude<GroupBy, 'none'>, (row: Row) => string>> = {
  host: (r) => r.host,
  calledAt: (r) => r.callSite?.text ?? (r.sentByYou ? 'sent by you' : 'not seen'),
  connection: (r) => (r.connection ? `#${r.connection.number} ${r.host}` : 'no connection'),
  process: (r) => r.process,
  // What the program said itself goes first.
  test: (r) => r.label ?? r.test ?? 'no test known',
};

/** The rows in groups, in order of each group's first row. */
export function groupRows(rows: readonly Row[], by: Exclude<GroupBy, 'none'>): Group[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const label = groupLabel[by](row);
    let group = groups.get(label);
    if (!group) {
      group = { key: label, label, count: 0, failed: 0, serverErrors: 0, rows: [] };
      groups.set(label, group);
    }
    group.count++;
    if (isFailed(row)) group.failed++;
    if (isServerError(row)) group.serverErrors++;
    group.rows.push(row);
  }
  for (const group of groups.values()) {
    const median = totalQuantile(group.rows, 0.5);
    if (median !== undefined) group.median = median;
  }
  return [...groups.values()];
}

/** Quantile of the totals known, µs; absent when none is known. */
export const totalQuantile = (rows: readonly Row[], q: number): number | undefined =>
  quantile(
    rows.flatMap((r) => r.total ?? []),
    q,
  );
