/** What is computed from the state: the list's items, the chips' counts, the axis. Cached until an input changes. */
import { now, state, store } from './state';
import type { Row } from './types';
import { type ChipName, countChips } from './view/chips';
import { compileFilter, type Filter } from './view/filter';
import { rowEnd } from './view/geometry';
import { filterRows, type Item, itemsOf } from './view/items';
import { type Range, wholeRange } from './view/timescale';

export interface Derived {
  items: Item[];
  /** Rows that pass the filter, in order of begin. */
  filtered: readonly Row[];
  filter: Filter;
  counts: Record<ChipName, number>;
  /** Rows interrupted, for the chip that takes the place of Running after the end. */
  interrupted: number;
  /** More than one thread of any process was seen. */
  processes: number;
  /** Begin and end of everything known, without now. */
  extent: Range;
  version: number;
}

let cached: Derived | undefined;
let cachedRows = -1;
let cachedKey: unknown[] = [];
let filterText: string | undefined;
let filter: Filter = compileFilter('');
let cost = 0;
let computedAt = 0;

/** The filter of the box's text, compiled once a text. */
export function currentFilter(): Filter {
  if (filterText !== state.ui.filterText) {
    filterText = state.ui.filterText;
    filter = compileFilter(filterText);
  }
  return filter;
}

/**
 * The derived state. When only rows came, and computing is dear (many rows), the last result is kept for twenty times
 * its cost, so that the page stays fluent whatever comes; `retryIn` then says when it is worth asking again.
 */
export function derive(): { derived: Derived; retryIn?: number } {
  const { ui, runs } = state;
  const key = [ui.filterText, ui.chips, ui.range, ui.sort, ui.groupBy, ui.folded, runs.length];
  const sameKey = cached !== undefined && key.every((k, i) => k === cachedKey[i]);
  if (cached && sameKey) {
    if (cachedRows === store.version) return { derived: cached };
    const wait = cost > 8 ? computedAt + cost * 20 - performance.now() : 0;
    if (wait > 0) return { derived: cached, retryIn: wait };
  }
  const begun = performance.now();
  cached = compute();
  cachedKey = key;
  cachedRows = store.version;
  computedAt = performance.now();
  cost = computedAt - begun;
  return { derived: cached };
}

function compute(): Derived {
  const { ui, runs } = state;
  const rows = store.rows;
  const at = now();
  const f = currentFilter();
  const question = {
    filter: f,
    chips: new Set(ui.chips),
    range: ui.range,
    sort: ui.sort,
    groupBy: ui.groupBy,
    folded: new Set(ui.folded),
    now: at,
  };
  const filtered = filterRows(rows, question);
  let end = 0;
  let interrupted = 0;
  const threads = new Set<string>();
  for (const row of rows) {
    const e = rowEnd(row, at);
    if (e > end) end = e;
    if (row.state === 'interrupted') interrupted++;
    threads.add(row.process);
  }
  const begins = runs.map((run) => run.offset);
  const first = rows[0]?.createdAt;
  if (first !== undefined) begins.push(first);
  for (const run of runs) if (run.endAt !== undefined && run.endAt > end) end = run.endAt;
  return {
    items: itemsOf(filtered, runs, question),
    // The row array lives on and changes in place: readers of a cached result must not see that.
    filtered: filtered === rows ? rows.slice() : filtered,
    filter: f,
    counts: countChips(rows),
    interrupted,
    processes: threads.size,
    extent: { begin: begins.length > 0 ? Math.min(...begins) : 0, end },
    version: store.version,
  };
}

/** The whole axis: everything known, and now while a run goes on. */
export function wholeAxis(derived: Derived): Range {
  const live = state.runs.some((r) => r.state === 'running');
  return wholeRange(derived.extent.begin, live ? Math.max(derived.extent.end, now()) : derived.extent.end);
}
