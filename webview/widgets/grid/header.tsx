/** The grid's head: names, sorting, widths, and the axis of the waterfall. */
import './header.css';
import { move, sortBy } from '../../input/actions';
import { hidePopUp, showMenu } from '../../state/overlays';
import { setUi, state } from '../../state/state';
import type { TimeScale } from '../../view/drawing/timescale';
import { type Column, type ColumnId, classOf } from '../../view/list/columns';
import { isByStart } from '../../view/list/sort';
import { Icon } from '../parts/icon';
import { AxisLabels } from './axisLabels';
import { columnMenu } from './columnMenu';

/** Width that the widest text shown in a column needs. */
function fittingWidth(id: ColumnId): number {
  let width = 0;
  for (const cell of document.querySelectorAll<HTMLElement>(`.rows .${classOf(id)}, .hd .${classOf(id)}`)) {
    const range = document.createRange();
    range.selectNodeContents(cell);
    width = Math.max(width, range.getBoundingClientRect().width);
  }
  return Math.max(30, Math.ceil(width) + 14);
}

function Resizer({ column }: { column: Column }) {
  const set = (width: number): void =>
    setUi({
      columns: {
        ...state.ui.columns,
        widths: { ...state.ui.columns.widths, [column.id]: Math.max(24, Math.round(width)) },
      },
    });
  const onDown = (event: PointerEvent): void => {
    const handle = event.currentTarget as HTMLElement;
    const begin = (handle.parentElement as HTMLElement).offsetWidth - event.clientX;
    handle.setPointerCapture(event.pointerId);
    handle.classList.add('on');
    handle.onpointermove = (e) => set(begin + e.clientX);
    handle.onpointerup = handle.onpointercancel = () => {
      handle.onpointermove = null;
      handle.classList.remove('on');
    };
    event.preventDefault();
  };
  return (
    <div
      class="rz"
      aria-hidden="true"
      onPointerDown={onDown}
      onClick={(e) => e.stopPropagation()}
      onDblClick={(e) => {
        e.stopPropagation();
        set(fittingWidth(column.id));
      }}
    />
  );
}

export function GridHeader({ shown, scale, right }: { shown: readonly Column[]; scale: TimeScale; right: number }) {
  const { sort } = state.ui;
  const menu = (event: MouseEvent | KeyboardEvent): void => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const at =
      'clientX' in event && event.clientX > 0 ? { x: event.clientX, y: event.clientY } : { x: box.left, y: box.bottom };
    showMenu('Columns and order', at, columnMenu(shown, at));
    event.preventDefault();
  };
  const onKey = (event: KeyboardEvent, column: Column): void => {
    const cell = event.currentTarget as HTMLElement;
    const neighbour =
      event.key === 'ArrowRight'
        ? cell.nextElementSibling
        : event.key === 'ArrowLeft'
          ? cell.previousElementSibling
          : null;
    if (event.key === 'Enter' || event.key === ' ') sortBy(column.id);
    else if (neighbour instanceof HTMLElement) neighbour.focus();
    else if (event.key === 'ArrowDown') {
      move(0, false);
      document.querySelector<HTMLElement>('.spacer .row[tabindex="0"]')?.focus();
    } else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) menu(event);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      role="row"
      class="row hd"
      aria-rowindex={1}
      style={{ gridTemplateColumns: 'var(--cols)', paddingRight: `${right}px` }}
      onPointerEnter={hidePopUp}
    >
      {shown.map((c, i) => {
        const sorted = sort.column === c.id;
        const down = sorted && sort.descending;
        return (
          <div
            role="columnheader"
            key={c.id}
            class={`c ${classOf(c.id)} ${c.right ? 'r' : ''}`}
            aria-colindex={i + 1}
            aria-sort={sorted ? (down ? 'descending' : 'ascending') : 'none'}
            tabIndex={-1}
            title={
              c.id === 'waterfall'
                ? `Sorted by ${isByStart(sort) ? 'start' : (sort.by ?? sort.column)}`
                : `Sort by ${c.label.toLowerCase()}`
            }
            onClick={() => sortBy(c.id)}
            onKeyDown={(e) => onKey(e, c)}
            onContextMenu={menu}
          >
            {c.id === 'waterfall' || c.id === 'state' ? (
              <span class="vh">{c.label}</span>
            ) : (
              <span class="lb">{c.label}</span>
            )}
            {c.id === 'waterfall' && <AxisLabels scale={scale} free={20} />}
            {sorted && <Icon name={down ? 'chevron-down' : 'chevron-up'} class="so" />}
            {c.id !== 'waterfall' && c.id !== 'state' && i < shown.length - 1 && <Resizer column={c} />}
          </div>
        );
      })}
    </div>
  );
}
