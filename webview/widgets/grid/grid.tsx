/**
 * The list of requests. Rows have one height, so those in sight are known from the scroll position; their nodes are used
 * again (the key is the index modulo the number of nodes) and moved by transforms. The canvas with the bars is in the
 * same scrolled layer and covers the same rows, so both move together even while the page is busy.
 */
import './grid.css';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { numberText } from '../../../src/model/base/text';
import * as actions from '../../input/actions';
import { gridKey } from '../../input/gridKeys';
import type { Derived } from '../../state/derived';
import { overlays } from '../../state/overlays';
import { ongoing, stopOf, totalOf } from '../../state/rowTime';
import { invalidate, isLive, now, state, store } from '../../state/state';
import { useSize } from '../../state/useSize';
import { shapesOf } from '../../view/drawing/geometry';
import { type Axis, timeScale } from '../../view/drawing/timescale';
import { type Column, shownColumns, tracksOf } from '../../view/list/columns';
import { type Item, isRow } from '../../view/list/items';
import type { Pause, Row } from '../../view/types';
import { GridHeader } from './header';
import { onRowClick, onRowDoubleClick, onRowDrag, onRowMenu, onRowPointer } from './pointer';
import { GridRow } from './row';
import { contentHeight, rowHeight, useScrolling } from './scroll';
import { drawBars } from './waterfall';

const over = 10;
const maxRows = 119;

/** Rows to draw: those in sight and ten on each side, never more than 119. */
export function windowOf(scrollTop: number, height: number, count: number): { first: number; last: number } {
  const first = Math.max(0, Math.min(count, Math.floor(scrollTop / rowHeight)) - over);
  return { first, last: Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + over, first + maxRows) };
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

export function Grid({ derived, axis }: { derived: Derived; axis: Axis }) {
  const [box, size] = useSize<HTMLDivElement>();
  const [scroller, view] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const place = useRef({ left: 0, width: 0, key: '' });
  const { items, hops } = derived;
  const { ui } = state;
  const { columns, tracks } = columnsFor(size.width, derived.processes);
  const top = scroller.current?.scrollTop ?? ui.scrollTop;
  const height = view.height || size.height;
  const { first, last } = windowOf(top, height, items.length);
  const scale = timeScale(axis, Math.max(1, place.current.width));
  const at = now();
  const selected = new Set(ui.selected);
  const active = actions.indexOf(items, ui.active);
  const tabStop = active >= 0 ? active : first;

  useScrolling(scroller, derived, top, height);
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
        isRow(item)
          ? [
              {
                y: (i + 0.5) * rowHeight,
                shapes: shapesOf(item, scale, stopOf(item, at)),
                faint: isFaint(item.id) || isAhead(item),
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
    const runs = isRow(item) && ongoing(item);
    return (
      <GridRow
        key={key}
        item={item}
        index={index}
        columns={columns}
        selected={selected.has(item.id) || (!isRow(item) && ui.active === item.id)}
        focusable={index === tabStop}
        hop={hops.has(item.id)}
        total={isRow(item) ? (runs ? totalOf(item, at) : item.total) : undefined}
        ongoing={runs}
        faint={isRow(item) && isFaint(item.id)}
        ahead={isRow(item) && isAhead(item)}
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
          style={{ height: `${contentHeight(items.length, height)}px` }}
          onClick={onRowClick}
          onDblClick={onRowDoubleClick}
          onContextMenu={onRowMenu}
          onDragStart={onRowDrag}
          onPointerMove={onRowPointer}
          onPointerLeave={onRowPointer}
        >
          {nodes}
          <canvas ref={canvas} class="wf" aria-hidden="true" />
        </div>
      </div>
      {items.length === 0 && (
        <div class="nomatch">
          0 of {numberText(store.rows.length)} requests match.{' '}
          <button type="button" class="linkish" onClick={actions.clearFilter}>
            Clear filter
          </button>
          {derived.filter.hints(store.rows).map((hint) => (
            <div key={hint}>{hint}</div>
          ))}
        </div>
      )}
    </div>
  );
}

const isFaint = (id: string): boolean => overlays.related !== undefined && !overlays.related.has(id);

/** Not made yet at the replay's position. */
const isAhead = (row: Row): boolean => state.replay !== undefined && (row.createdAt ?? 0) > state.replay.at;

const pausesOf = (): Pause[] => state.runs.flatMap((run) => run.pauses ?? []);

/** The focus moves on with its row when the row gets another node. */
function keepFocus(scroller: HTMLDivElement | null): void {
  const focused = document.activeElement;
  // Another part of the window has the focus now (the editor, a picker): it is not ours to take back.
  if (!scroller || !document.hasFocus() || !(focused instanceof HTMLElement)) return;
  const lost = focused === document.body && hadFocus;
  if (!lost && !(focused.classList.contains('row') && scroller.contains(focused))) {
    hadFocus = false;
    return;
  }
  hadFocus = true;
  if (focused.tabIndex !== 0) scroller.querySelector<HTMLElement>('.row[tabindex="0"]')?.focus({ preventScroll: true });
}
let hadFocus = false;
