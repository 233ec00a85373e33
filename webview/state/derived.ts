/** What is computed from the state: the list's items, the chips' counts, the axis. Cached until an input changes. */

import { axisWithin, type Timeline, timelineOf, wholeAxisOf } from '../view/drawing/folds';
import type { Axis } from '../view/drawing/timescale';
import { type ChipName, countChips } from '../view/list/chips';
import { compileFilter, type Filter } from '../view/list/filter';
import { filterRows, itemsOf, type List } from '../view/list/items';
import type { Row } from '../view/types';
import { now, state, store } from './state';

export interface Derived extends List {
  /** Rows that pass the filter, in order of begin. */
  filtered: readonly Row[];
  filter: Filter;
  counts: Record<ChipName, number>;
  /** The same without what the user sent: the program's figures. */
  programCounts: Record<ChipName, number>;
  /** Of `filtered`, those that the program made. */
  programShown: number;
  /** Rows interrupted, for the chip that takes the place of Running after the end. */
  interrupted: number;
  /** Most processes and threads that made requests in one run: with one, naming it in every row says nothing. */
  processes: number;
  timeline: Timeline;
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
 * The derived state. When only rows arrived and computing is expensive (many rows), the last result is kept for twenty
 * times its cost, so that the page stays responsive; `retryIn` then says when to ask again.
 */
export function derive(): { derived: Derived; retryIn?: number } {
  const { ui, runs } = state;
  const key = [
    ui.filterText,
    ui.chips,
    ui.range,
    ui.sort,
    ui.groupBy,
    ui.folded,
    runs.map((r) => `${r.number} ${r.endAt}`).join(),
  ];
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

const hasSent = (): boolean => state.runs.some((run) => run.sentByYou);
const isProgram = (row: Row): boolean => !row.sentByYou;

/** The run that the figures are about: the newest of a program. */
export const lastProgram = (): (typeof state.runs)[number] | undefined => state.runs.findLast((run) => !run.sentByYou);

/** What depends on the rows alone: kept while only the question changes. */
interface OfRows {
  version: number;
  /** Ends of the runs: what is open in one ends with it. */
  ends: string;
  counts: Record<ChipName, number>;
  programCounts: Record<ChipName, number>;
  interrupted: number;
  processes: number;
  timeline: Timeline;
}
let ofRows: OfRows | undefined;

function rowFacts(rows: readonly Row[], at: number): OfRows {
  const ends = state.runs.map((run) => `${run.number} ${run.endAt} ${run.began ?? run.offset}`).join();
  if (ofRows?.version === store.version && ofRows.ends === ends) return ofRows;
  let interrupted = 0;
  const labels = new Map<number, Set<string>>();
  for (const row of rows) {
    if (row.state === 'interrupted') interrupted++;
    const own = labels.get(row.run);
    if (own) own.add(row.process);
    else labels.set(row.run, new Set([row.process]));
  }
  const timeline = timelineOf(rows, state.runs, at);
  const counts = countChips(rows);
  ofRows = {
    version: store.version,
    ends,
    counts,
    programCounts: hasSent() ? countChips(rows.filter(isProgram)) : counts,
    interrupted,
    processes: Math.max(0, ...[...labels.values()].map((l) => l.size)),
    timeline,
  };
  return ofRows;
}

function compute(): Derived {
  const { ui, runs } = state;
  // The store's array changes in place; a result must not.
  const rows = store.rows.slice();
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
  const facts = rowFacts(rows, at);
  return {
    ...itemsOf(filtered, runs, question),
    filtered,
    filter: f,
    counts: facts.counts,
    programCounts: facts.programCounts,
    programShown: hasSent() ? filtered.filter(isProgram).length : filtered.length,
    interrupted: facts.interrupted,
    processes: facts.processes,
    timeline: facts.timeline,
  };
}

/** The axis as a whole, and the part of it that list, waterfall and lanes show. */
export function axes({ timeline }: Derived): { whole: Axis; shown: Axis } {
  // A replay goes on to the end of the program, as its events do.
  const end = state.replay ? Math.max(timeline.end, ...state.runs.map((run) => run.endAt ?? 0)) : timeline.end;
  const whole = wholeAxisOf({ ...timeline, end }, now());
  return { whole, shown: state.ui.range ? axisWithin(timeline, state.ui.range) : whole };
}
