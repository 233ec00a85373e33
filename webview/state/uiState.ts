/** What the user set in the page: survives hiding, moving and reload. */

import { groupings } from '../../src/model/panel/grouping';
import type { Range } from '../view/drawing/timescale';
import type { DetailsPlace } from '../view/layout';
import { type ChipName, chips } from '../view/list/chips';
import { type ColumnChoice, isColumn } from '../view/list/columns';
import { byStart, type GroupBy, type Sort } from '../view/list/sort';

export type TabName = 'breakdown' | 'headers' | 'connection' | 'packets' | 'code';
export const tabs: readonly { name: TabName; label: string }[] = [
  { name: 'breakdown', label: 'Breakdown' },
  { name: 'headers', label: 'Headers' },
  { name: 'connection', label: 'Connection' },
  { name: 'packets', label: 'Packets' },
  { name: 'code', label: 'Code' },
];

export const modes = ['requests', 'connections', 'findings'] as const;
export type Mode = (typeof modes)[number];

export interface UiState {
  mode: Mode;
  filterText: string;
  /** Filters used before, newest first. */
  history: string[];
  chips: ChipName[];
  /** Absent: the whole axis. */
  range?: Range;
  sort: Sort;
  groupBy: GroupBy;
  folded: string[];
  columns: ColumnChoice;
  follow: boolean;
  /** Row that has (or last had) the focus; absent: none yet. */
  active?: string;
  selected: string[];
  detailsOpen: boolean;
  tab: TabName;
  /** Size of the details in pixels, beside and below the list; absent: by the width. */
  detailsWidth?: number;
  detailsHeight?: number;
  /** Beside or below the list; absent: by the size of the page. */
  detailsPlace?: DetailsPlace;
  scrollTop: number;
  /** Kinds of message closed for good, and those of a run closed (`3:ended`). */
  closedMessages: string[];
}

export const initialUi: UiState = {
  mode: 'requests',
  filterText: '',
  history: [],
  chips: [],
  sort: byStart,
  groupBy: 'none',
  folded: [],
  columns: { shown: {}, widths: {} },
  follow: true,
  selected: [],
  detailsOpen: false,
  tab: 'breakdown',
  scrollTop: 0,
  closedMessages: [],
};

const object = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : [];
const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** UI state from what was persisted, by this version or another: what does not fit is left at its default. */
export function restoreUi(saved: unknown): UiState {
  const s = object(saved);
  const ui: UiState = { ...initialUi, columns: { shown: {}, widths: {} } };
  if (!s) return ui;
  const mode = modes.find((m) => m === s.mode);
  if (mode) ui.mode = mode;
  if (typeof s.filterText === 'string') ui.filterText = s.filterText;
  ui.history = strings(s.history).slice(0, 20);
  ui.chips = strings(s.chips).filter((c): c is ChipName => chips.some(({ name }) => name === c));
  const range = object(s.range);
  const begin = number(range?.begin);
  const end = number(range?.end);
  if (begin !== undefined && end !== undefined && begin < end) ui.range = { begin, end };
  const sort = object(s.sort);
  if (typeof sort?.column === 'string' && isColumn(sort.column)) {
    ui.sort = { column: sort.column, descending: sort.descending === true };
    if (sort.by === 'end' || sort.by === 'duration' || sort.by === 'wait') ui.sort.by = sort.by;
  }
  if (groupings.includes(s.groupBy as GroupBy)) ui.groupBy = s.groupBy as GroupBy;
  ui.folded = strings(s.folded);
  const cols = object(s.columns);
  for (const [id, on] of Object.entries(object(cols?.shown) ?? {}))
    if (isColumn(id)) ui.columns.shown[id] = on === true;
  for (const [id, width] of Object.entries(object(cols?.widths) ?? {})) {
    const w = number(width);
    if (isColumn(id) && w !== undefined && w >= 20) ui.columns.widths[id] = Math.min(w, 1200);
  }
  if (s.follow === false) ui.follow = false;
  if (typeof s.active === 'string') ui.active = s.active;
  ui.selected = strings(s.selected);
  ui.detailsOpen = s.detailsOpen === true;
  const tab = tabs.find((t) => t.name === s.tab);
  if (tab) ui.tab = tab.name;
  const detailsWidth = number(s.detailsWidth);
  if (detailsWidth !== undefined) ui.detailsWidth = detailsWidth;
  const detailsHeight = number(s.detailsHeight);
  if (detailsHeight !== undefined) ui.detailsHeight = detailsHeight;
  if (s.detailsPlace === 'beside' || s.detailsPlace === 'below') ui.detailsPlace = s.detailsPlace;
  ui.scrollTop = number(s.scrollTop) ?? 0;
  ui.closedMessages = strings(s.closedMessages);
  return ui;
}
