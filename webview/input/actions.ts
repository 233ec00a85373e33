/** What keys, clicks and commands do: selection, sorting, filters. Works on the state; draws nothing. */

import { wentWrong } from '../../src/model/query/rowFields';
import { axes, derive } from '../state/derived';
import { askDetails, copy, openCode } from '../state/host';
import { invalidate, setUi, state, store, unsetUi } from '../state/state';
import { tabs } from '../state/uiState';
import { type Range, timeScale, zoomed } from '../view/drawing/timescale';
import type { ColumnId } from '../view/list/columns';
import { type Item, isRow } from '../view/list/items';
import { byStart } from '../view/list/sort';
import type { Row } from '../view/types';
import { asTable } from '../view/words/copy';

/** Set by the grid: brings an item into view; `nearest` moves as little as needed. */
export const grid: { reveal: (index: number) => void; toEnd: () => void; focus: () => void; pageRows: number } = {
  reveal: () => undefined,
  toEnd: () => undefined,
  focus: () => undefined,
  pageRows: 10,
};

let anchor: string | undefined;

let found = 0;
/** Place of an item, or -1. Asked for the same one repeatedly: its last place is tried first. */
export function indexOf(items: readonly Item[], id: string | undefined): number {
  if (id === undefined) return -1;
  if (items[found]?.id === id) return found;
  const index = items.findIndex((item) => item.id === id);
  if (index >= 0) found = index;
  return index;
}

/** Makes an item the active and only selected one. Details follow when they are open, or when `open` asks for them. */
export function select(id: string, how: { open?: boolean; reveal?: boolean } = {}): void {
  const isRow = store.get(id) !== undefined;
  anchor = id;
  const detailsOpen = state.ui.detailsOpen || how.open === true;
  setUi({ active: id, selected: isRow ? [id] : [], detailsOpen });
  fillDetails();
  if (how.reveal) grid.reveal(indexOf(derive().derived.items, id));
}

/** Of the active row, where they are shown and are those of another one. */
function fillDetails(): void {
  const { active, detailsOpen } = state.ui;
  if (detailsOpen && active !== undefined && store.get(active) && state.details?.row.id !== active) askDetails(active);
}

/** Adds or takes one row to the selection (Ctrl+click). */
export function toggleSelected(id: string): void {
  const { selected } = state.ui;
  anchor = id;
  setUi({ active: id, selected: selected.includes(id) ? selected.filter((s) => s !== id) : [...selected, id] });
  fillDetails();
}

/** Selects from the anchor to this item (Shift). */
export function selectTo(id: string): void {
  const { items } = derive().derived;
  const from = indexOf(items, anchor ?? state.ui.active);
  const to = indexOf(items, id);
  if (from < 0 || to < 0) return select(id);
  const range = items.slice(Math.min(from, to), Math.max(from, to) + 1);
  setUi({ active: id, selected: range.flatMap((item) => (isRow(item) ? [item.id] : [])) });
  fillDetails();
  grid.reveal(to);
}

export function selectAll(): void {
  setUi({ selected: derive().derived.filtered.map((row) => row.id) });
}

/** Moves the active item by so many rows, or to an end. Reaching the end turns following on. */
export function move(by: number, extend: boolean): void {
  const { items } = derive().derived;
  if (items.length === 0) return;
  const from = indexOf(items, state.ui.active);
  const to = Math.min(items.length - 1, Math.max(0, from < 0 ? (by > 0 ? 0 : items.length - 1) : from + by));
  const item = items[to] as Item;
  if (extend) selectTo(item.id);
  else select(item.id, { reveal: true });
  if (to === items.length - 1 && by > 0) follow(true);
  else if (to < items.length - grid.pageRows) follow(false);
}

/** Selects the next or previous request that failed or was answered 5xx, round the end. */
export function moveToFailed(direction: 1 | -1): void {
  const { items } = derive().derived;
  const from = indexOf(items, state.ui.active);
  for (let i = 1; i <= items.length; i++) {
    const at =
      ((((from < 0 && direction < 0 ? 0 : from) + direction * i) % items.length) + items.length) % items.length;
    const item = items[at];
    if (item && isRow(item) && wentWrong(item)) {
      follow(false);
      return select(item.id, { open: true, reveal: true });
    }
  }
}

export function follow(on: boolean): void {
  if (on) {
    state.unseen = 0;
    if (!state.ui.follow) setUi({ follow: true });
    grid.toEnd();
  } else if (state.ui.follow) setUi({ follow: false });
}

/** A header was chosen: ascending, then descending, then by start again. */
export function sortBy(column: ColumnId): void {
  const { sort } = state.ui;
  if (column === 'waterfall')
    return setUi({ sort: { column, descending: sort.column === 'waterfall' && !sort.descending } });
  if (sort.column !== column) return setUi({ sort: { column, descending: column === 'time' || column === 'size' } });
  const first = column === 'time' || column === 'size';
  setUi({ sort: sort.descending === first ? { column, descending: !first } : byStart });
}

export function closeDetails(): void {
  setUi({ detailsOpen: false });
  grid.focus();
}

export const showTab = (index: number): void => {
  const tab = tabs[index];
  if (tab) setUi({ tab: tab.name, detailsOpen: state.ui.active !== undefined });
  fillDetails();
};

export const selectedRows = (): Row[] => {
  const ids = state.ui.selected.length > 0 ? state.ui.selected : state.ui.active ? [state.ui.active] : [];
  return ids.flatMap((id) => store.get(id) ?? []);
};

/** The URL of the selected row, or the selected rows as a table. */
export function copySelected(): void {
  const rows = selectedRows();
  if (rows.length === 1) copy((rows[0] as Row).url);
  else if (rows.length > 1) copy(asTable(rows));
}

export function openSelected(preview: boolean): void {
  const id = state.ui.active;
  if (id && store.get(id)) openCode(id, preview);
}

/** Esc, from the innermost thing outwards: details, then range, then filter. True if there was something to end. */
export function endInnermost(): boolean {
  const { ui } = state;
  if (ui.detailsOpen) closeDetails();
  else if (ui.range) unsetUi('range');
  else if (ui.filterText || ui.chips.length > 0) clearFilter();
  else return false;
  return true;
}

export function clearFilter(): void {
  setUi({ filterText: '', chips: [] });
  unsetUi('range');
}

export function toggleChip(name: (typeof state.ui.chips)[number]): void {
  const { chips } = state.ui;
  setUi({ chips: chips.includes(name) ? chips.filter((c) => c !== name) : [...chips, name] });
}

/** Folds or unfolds a group; true if the active item is one. */
export function fold(id: string, folded: boolean): void {
  const key = id.replace(/^group:/, '');
  const others = state.ui.folded.filter((k) => k !== key);
  setUi({ folded: folded ? [...others, key] : others });
  invalidate();
}

/** `+` `-` zoom around the active row (or the middle), `0` shows all. */
export function zoomAround(key: '+' | '-' | '0'): void {
  if (key === '0') return unsetUi('range');
  const { whole, shown } = axes(derive().derived);
  const range = { begin: shown.begin, end: shown.end };
  const row = state.ui.active ? store.get(state.ui.active) : undefined;
  const middle =
    row?.createdAt === undefined ? (range.begin + range.end) / 2 : (row.createdAt + (row.endAt ?? row.createdAt)) / 2;
  const center = Math.min(range.end, Math.max(range.begin, middle));
  setRange(zoomed(range, key === '+' ? 0.5 : 2, center, timeScale(whole, 1000)));
}

/** Sets the range shown; none: all. */
export function setRange(range: Range | undefined): void {
  if (range) setUi({ range });
  else unsetUi('range');
}
