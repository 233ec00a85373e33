/**
 * The list of requests. Rows have one height, so those in sight are known from the scroll position; their nodes are used
 * again (the key is the index modulo the number of nodes) and moved by transforms. The canvas with the bars lies in the
 * same scrolled layer and covers the same rows, so both move together even while the page is busy.
 */
import './grid.css';
import { useLayoutEffect, useRef } from 'preact/hooks';
import * as actions from '../actions';
import type { Derived } from '../derived';
import { gridKey } from '../gridKeys';
import { overlays } from '../overlays';
import { ongoing, stopOf, totalOf } from '../rowTime';
import { invalidate, isLive, now, setUi, state, store } from '../state';
import type { Pause } from '../types';
import { useSize } from '../useSize';
import { type Column, shownColumns, tracksOf } from '../view/columns';
import { shapesOf } from '../view/geometry';
import type { Item } from '../view/items';
import { isByStart } from '../view/sort';
import { type Range, timeScale } from '../view/timescale';
import { GridHeader } from './gridHeader';
import { onRowClick, onRowMenu, onRowPointer } from './gridPointer';
import { GridRow } from './gridRow';
import { drawBars } from './waterfall';

export const rowHeight = 22;
const over = 10;
const mostRows = 119;

/** Rows to draw: those in sight and ten on each side, never more than 119. */
export function windowOf(scrollTop: number, height: number, count: number): { first: number; last: number } {
  const first = Math.max(0, Math.min(count, Math.floor(scrollTop / rowHeight)) - over);
  return { first, last: Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + over, first + mostRows) };
}

let columnCache: { key: string; columns: Column[]; tracks: string } | undefined;
function columnsFor(width: number, processes: number): { columns: Column[]; tracks: string } {
  const key = `${width} ${processes} ${JSON.stringify(state.ui.columns)}`;
  if (columnCache?.key !== key) {
    const shown = shownColumns(width, state.ui.columns, processes);
    columnCache = { key, columns: shown, tracks: tracksOf(shown, width, state.ui.columns.widths) };
  }
  return columnCache;
}

export function Grid({ derived, range }: { derived: Derived; range: Range }) {
  const [box, size] = useSize<HTMLDivElement>();
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const place = useRef({ left: 0, width: 0, key: '' });
  const shownTop = useRef<{ id: string; index: number } | undefined>(undefined);
  const { items } = derived;
  const { ui } = state;
  const { columns, tracks } = columnsFor(size.width, derived.processes);
  const top = scroller.current?.scrollTop ?? ui.scrollTop;
  const height = scroller.current?.clientHeight ?? size.height;
  const { first, last } = windowOf(top, height, items.length);
  const scale = timeScale(range, Math.max(1, place.current.width));
  const at = now();
  const selected = new Set(ui.selected);
  const active = actions.indexOf(items, ui.active);
  const tabStop = active >= 0 ? active : first;

  useScrolling(scroller, items, shownTop);
  useLayoutEffect(() => keepFocus(scroller.current));
  useLayoutEffect(() => {
    const cell = box.current?.querySelector<HTMLElement>('.hd .c-waterfall');
    const key = `${size.width} ${tracks}`;
    if (place.current.key !== key) {
      place.current = { key, left: cell?.offsetLeft ?? 0, width: cell?.clientWidth ?? 0 };
      invalidate();
    }
    if (!canvas.current || !cell) return;
    canvas.current.style.transform = `translate(${place.current.left + 1}px, ${first * rowHeight}px)`;
    drawBars({
      canvas: canvas.current,
      scale,
      height: Math.max(1, last - first) * rowHeight,
      rows: items.slice(first, last).flatMap((item, i) =>
        item.kind === 'row'
          ? [
              {
                y: (i + 0.5) * rowHeight,
                shapes: shapesOf(item.row, scale, stopOf(item.row, at)),
                faint: isFaint(item.id),
              },
            ]
          : [],
      ),
      pauses: pausesOf(),
      now: isLive() ? at : undefined,
      ends: state.runs.flatMap((run) => (run.state !== 'running' && run.endAt !== undefined ? [run.endAt] : [])),
    });
  });

  const row = (index: number, key: string) => {
    const item = items[index] as Item;
    const runs = item.kind === 'row' && ongoing(item.row);
    return (
      <GridRow
        key={key}
        item={item}
        index={index}
        columns={columns}
        selected={selected.has(item.id) || (item.kind === 'group' && ui.active === item.id)}
        focusable={index === tabStop}
        total={item.kind === 'row' ? (runs ? totalOf(item.row, at) : item.row.total) : undefined}
        ongoing={runs}
        faint={item.kind === 'row' && isFaint(item.id)}
      />
    );
  };
  const nodes = [];
  const slots = Math.max(1, last - first);
  for (let i = first; i < last; i++) nodes.push(row(i, String(i % slots)));
  // The active row keeps the tab stop and the focus also when it is scrolled out of sight.
  if (active >= 0 && (active < first || active >= last)) nodes.push(row(active, 'active'));

  const scrollbar = scroller.current ? scroller.current.offsetWidth - scroller.current.clientWidth : 10;
  return (
    <div
      class="grid"
      ref={box}
      role="grid"
      aria-label="Requests"
      aria-multiselectable="true"
      aria-rowcount={items.length + 1}
      aria-colcount={columns.length}
      style={{ '--cols': tracks }}
    >
      <GridHeader shown={columns} scale={scale} right={scrollbar} />
      <div class="rows" role="rowgroup" ref={scroller} onKeyDown={gridKey}>
        <div
          class="spacer"
          role="presentation"
          style={{ height: `${items.length * rowHeight}px` }}
          onClick={onRowClick}
          onContextMenu={onRowMenu}
          onPointerMove={onRowPointer}
          onPointerLeave={onRowPointer}
        >
          {nodes}
          <canvas ref={canvas} class="wf" aria-hidden="true" />
        </div>
      </div>
      {items.length === 0 && (
        <div class="nomatch">
          0 of {store.rows.length} requests match.{' '}
          <button type="button" class="linkish" onClick={actions.clearFilter}>
            Clear filter
          </button>
        </div>
      )}
    </div>
  );
}

const isFaint = (id: string): boolean => overlays.related !== undefined && !overlays.related.has(id);

const pausesOf = (): Pause[] => state.runs.flatMap((run) => run.pauses ?? []);

/** The focus moves on with its row when the row gets another node. */
function keepFocus(scroller: HTMLDivElement | null): void {
  const focused = document.activeElement;
  if (!scroller || !(focused instanceof HTMLElement)) return;
  const lost = focused === document.body && hadFocus;
  if (!lost && !(focused.classList.contains('row') && scroller.contains(focused))) {
    hadFocus = false;
    return;
  }
  hadFocus = true;
  if (focused.tabIndex !== 0) scroller.querySelector<HTMLElement>('.row[tabindex="0"]')?.focus({ preventScroll: true });
}
let hadFocus = false;

/** Scroll position: restoring, following, and holding the rows under the pointer where they are. */
function useScrolling(
  scroller: { current: HTMLDivElement | null },
  items: readonly Item[],
  shownTop: { current: { id: string; index: number } | undefined },
): void {
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    element.scrollTop = state.ui.scrollTop;
    let saved: ReturnType<typeof setTimeout> | undefined;
    let before = element.scrollTop;
    const onScroll = (): void => {
      const atEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - 2;
      if (element.scrollTop < before - 1 && !atEnd) actions.follow(false);
      else if (atEnd && element.scrollTop > before && !state.ui.follow) actions.follow(true);
      before = element.scrollTop;
      clearTimeout(saved);
      saved = setTimeout(() => setUi({ scrollTop: element.scrollTop }), 300);
      invalidate();
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    actions.grid.reveal = (index) => {
      if (index < 0) return;
      const y = index * rowHeight;
      if (y < element.scrollTop) element.scrollTop = y;
      else if (y + rowHeight > element.scrollTop + element.clientHeight)
        element.scrollTop = y + rowHeight - element.clientHeight;
    };
    actions.grid.toEnd = () => {
      element.scrollTop = element.scrollHeight;
    };
    actions.grid.focus = () => {
      requestAnimationFrame(() =>
        requestAnimationFrame(() =>
          element.querySelector<HTMLElement>('.row[tabindex="0"]')?.focus({ preventScroll: true }),
        ),
      );
    };
    return () => {
      clearTimeout(saved);
      element.removeEventListener('scroll', onScroll);
    };
  }, []);
  // When the list shrinks (the details open below it), the active row stays in sight.
  const lastHeight = useRef(0);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const shrunk = element.clientHeight < lastHeight.current;
    const index0 = actions.indexOf(items, state.ui.active);
    const y = index0 * rowHeight;
    if (shrunk && index0 >= 0 && y >= element.scrollTop && y < element.scrollTop + lastHeight.current)
      actions.grid.reveal(index0);
    lastHeight.current = element.clientHeight;
  });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    actions.grid.pageRows = Math.max(1, Math.floor(element.clientHeight / rowHeight));
    if (state.ui.follow && isByStart(state.ui.sort) && isLive()) element.scrollTop = element.scrollHeight;
    else {
      const old = shownTop.current;
      if (old && items[old.index]?.id !== old.id) {
        const index = actions.indexOf(items, old.id);
        if (index >= 0) element.scrollTop += (index - old.index) * rowHeight;
      }
    }
    const index = Math.floor(element.scrollTop / rowHeight);
    const item = items[index];
    shownTop.current = item ? { id: item.id, index } : undefined;
  }, [items]);
}
