/**
 * The connections as lanes: setup, idle life, and each request as a block. A request sent after the end of a connection
 * is seen at a glance. Blocks are drawn on one canvas; only their words, where there is room, are text.
 */
import './connections.css';
import type { ComponentChild } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { numberText } from '../../../src/model/base/text';
import { select } from '../../input/actions';
import type { Derived } from '../../state/derived';
import { stopOf } from '../../state/rowTime';
import { invalidate, isLive, now, state, store } from '../../state/state';
import { currentTheme } from '../../state/theme';
import { useSize } from '../../state/useSize';
import { prepare, withAlpha } from '../../view/drawing/draw';
import { type LaneColumnId, laneColumns } from '../../view/drawing/laneColumns';
import { type Lane, lanesOf } from '../../view/drawing/lanes';
import { type Axis, type TimeScale, timeScale } from '../../view/drawing/timescale';
import { AxisLabels } from '../grid/axisLabels';
import { windowOf } from '../grid/grid';
import { drawAxis } from '../grid/waterfall';
import { Icon } from '../parts/icon';

const rowHeight = 22;
/** Blocks from this width on bear their path, px. */
const labelled = 40;
/** Height of a request among several at one time, px. */
const minLine = 4;

let cache: { derived: Derived; live: boolean; lanes: Lane[] } | undefined;

function lanesFor(derived: Derived, at: number): Lane[] {
  const live = isLive();
  // What a filter of requests leaves in says nothing of connections without one.
  const whole = derived.filtered.length === store.rows.length;
  if (!cache || cache.derived !== derived || live)
    cache = { derived, live, lanes: lanesOf(derived.filtered, (row) => stopOf(row, at), state.connections, whole) };
  return cache.lanes;
}

const stateOf = (lane: Lane): string => {
  if (lane.closedBy !== undefined) return lane.closedBy;
  if (lane.open) return isLive() ? 'open' : 'open at the end';
  const last = lane.requests.at(-1)?.row;
  if (lane.failed) return `last error: ${last?.stateText ?? 'failed'}`;
  return lane.requests.some((r) => r.row.state === 'running' || r.row.state === 'streaming' || r.row.state === 'open')
    ? 'in use'
    : lane.requests.length === 0
      ? 'no request on it'
      : 'no request running';
};

/** The host reports version and protocol together; from the rows only the protocol is known. */
const protocolOf = (lane: Lane): string =>
  lane.protocol?.startsWith('TLS')
    ? lane.protocol
    : [lane.setup.some((p) => p.name === 'tls') ? 'TLS' : '', lane.protocol ?? ''].filter(Boolean).join(' · ');

const nameOf = (lane: Lane): string =>
  `Connection ${lane.number} to ${lane.host}, ${lane.requests.length} ${lane.requests.length === 1 ? 'request' : 'requests'}: ${lane.requests
    .slice(0, 20)
    .map((r) => `${r.row.method} ${r.row.path} ${r.row.stateText}`)
    .join(', ')}`;

function cellOf(id: LaneColumnId, lane: Lane): ComponentChild {
  switch (id) {
    case 'state':
      return <Icon name={lane.failed ? 'error' : 'plug'} class="st" />;
    case 'number':
      return `#${lane.number}`;
    case 'host':
      return lane.host;
    case 'remote':
      return lane.remote ?? '';
    case 'protocol':
      return protocolOf(lane);
    case 'count':
      return numberText(lane.requests.length);
    case 'closed':
      return stateOf(lane);
    case 'waterfall':
      return null;
  }
}

/** What may be cut, in full; of the columns that are left out, at the connection's number. */
function titleOf(id: LaneColumnId, lane: Lane): string | undefined {
  if (id === 'host' || id === 'remote') return lane[id];
  if (id === 'protocol') return protocolOf(lane);
  if (id === 'closed') return stateOf(lane);
  return id === 'number'
    ? [lane.host, lane.remote, protocolOf(lane), stateOf(lane)].filter(Boolean).join(' · ')
    : undefined;
}

/** The paths in the blocks that have room for them. */
function labelsOf(lane: Lane, index: number, scale: TimeScale, left: number) {
  if (lane.levels > 1) return [];
  return lane.requests.flatMap((r) => {
    const x = Math.max(0, scale.x(r.begin));
    const width = Math.min(scale.width, scale.x(r.end)) - x;
    if (width < labelled) return [];
    const style = { transform: `translate(${left + x}px, ${index * rowHeight + 3}px)`, maxWidth: `${width}px` };
    return [
      <span key={r.row.id} class="em" style={style}>
        {r.row.path}
      </span>,
    ];
  });
}

function draw(canvas: HTMLCanvasElement, lanes: readonly Lane[], scale: TimeScale, at: number): void {
  const height = Math.max(1, lanes.length) * rowHeight;
  const ctx = prepare(canvas, scale.width, height);
  if (!ctx) return;
  const theme = currentTheme();
  drawAxis(ctx, {
    scale,
    height,
    pauses: state.runs.flatMap((r) => r.pauses ?? []),
    now: isLive() ? at : undefined,
    ends: [],
  });
  const life = new Path2D();
  const edges = new Path2D();
  const marks = new Path2D();
  const good = new Path2D();
  const bad = new Path2D();
  lanes.forEach((lane, i) => {
    const y = (i + 0.5) * rowHeight;
    const end = lane.endAt ?? (lane.open ? Math.max(lane.end, at) : lane.end);
    const x = scale.x(lane.begin);
    const width = Math.max(2, scale.x(end) - x);
    life.rect(x, y - 4, width, 8);
    if (width > 2) edges.rect(x + 0.5, y - 3.5, width - 1, 7);
    if (lane.endAt !== undefined) marks.rect(scale.x(lane.endAt), y - 6, 2, 12);
  });
  ctx.fillStyle = withAlpha(theme.paused, 0.4);
  ctx.fill(life);
  // Its edge is what is seen of an idle connection: the tint alone has too little contrast.
  ctx.strokeStyle = withAlpha(theme.quiet, 0.8);
  ctx.lineWidth = 1;
  ctx.stroke(edges);
  lanes.forEach((lane, i) => {
    const y = (i + 0.5) * rowHeight;
    for (const p of lane.setup) {
      ctx.fillStyle = theme.phase[p.name] ?? theme.foreground;
      ctx.fillRect(scale.x(p.beginAt), y - 4, Math.max(2, scale.x(p.beginAt + p.duration) - scale.x(p.beginAt)), 8);
    }
    for (const r of lane.requests) {
      const x = scale.x(r.begin);
      const width = Math.max(3, scale.x(r.end) - x);
      if (x > scale.width || x + width < 0) continue;
      const height = Math.max(minLine, 15 / lane.levels);
      const top = y - 7.5 + Math.min(r.level * height, 15 - height);
      (r.row.state === 'failed' ? bad : good).rect(x + 0.5, top, width - 1, lane.levels > 1 ? height - 1 : height);
    }
  });
  for (const [path, colour] of [
    [good, theme.phase.download ?? theme.blue],
    [bad, theme.failed],
  ] as const) {
    ctx.fillStyle = theme.ground;
    ctx.fill(path);
    ctx.fillStyle = withAlpha(colour, 0.18);
    ctx.fill(path);
    ctx.strokeStyle = colour;
    ctx.stroke(path);
  }
  ctx.fillStyle = theme.foreground;
  ctx.fill(marks);
}

export function Connections({ derived, axis }: { derived: Derived; axis: Axis }) {
  const [box, size] = useSize<HTMLDivElement>();
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const place = useRef({ left: 0, width: 0, key: '' });
  const focused = useRef<string | undefined>(undefined);
  const at = now();
  const lanes = lanesFor(derived, at);
  const { first, last } = windowOf(
    scroller.current?.scrollTop ?? 0,
    scroller.current?.clientHeight ?? size.height,
    lanes.length,
  );
  const scale = timeScale(axis, Math.max(1, place.current.width));
  const { shown, tracks } = laneColumns(size.width);
  const right = scroller.current ? scroller.current.offsetWidth - scroller.current.clientWidth : 10;
  useLayoutEffect(() => {
    const cell = box.current?.querySelector<HTMLElement>('.hd .c-waterfall');
    const key = `${size.width} ${tracks} ${right}`;
    if (cell && place.current.key !== key) {
      place.current = { left: cell.offsetLeft + 1, width: cell.clientWidth, key };
      invalidate();
    }
    if (!canvas.current) return;
    canvas.current.style.transform = `translate(${place.current.left}px, ${first * rowHeight}px)`;
    draw(canvas.current, lanes.slice(first, last), scale, at);
  });
  const onClick = (event: MouseEvent, lane: Lane): void => {
    const x = event.clientX - (canvas.current?.getBoundingClientRect().left ?? 0);
    const hit =
      lane.requests.find((r) => x >= scale.x(r.begin) - 2 && x <= Math.max(scale.x(r.end), scale.x(r.begin) + 3) + 2) ??
      lane.requests[0];
    if (hit) select(hit.row.id, { open: true });
  };
  /** Left and Right walk the requests of a lane, Up and Down the lanes; Enter shows the details. */
  const onKey = (event: KeyboardEvent, lane: Lane, index: number): void => {
    const now = lane.requests.findIndex((r) => r.row.id === state.ui.active);
    const side = { ArrowRight: now + 1, ArrowLeft: now - 1 }[event.key];
    const up = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: lanes.length - 1 }[event.key];
    if (event.key === 'Enter') select(lane.requests[Math.max(0, now)]?.row.id ?? '', { open: true });
    else if (side !== undefined) {
      const request = lane.requests[Math.max(0, Math.min(side, lane.requests.length - 1))];
      if (request) select(request.row.id);
    } else if (up !== undefined) {
      const to = lanes[Math.max(0, Math.min(up, lanes.length - 1))];
      focused.current = to?.id;
      const request = to?.requests[0];
      if (request) select(request.row.id);
      const y = Math.max(0, Math.min(up, lanes.length - 1)) * rowHeight;
      const view = scroller.current;
      if (view && y < view.scrollTop) view.scrollTop = y;
      else if (view && y + rowHeight > view.scrollTop + view.clientHeight)
        view.scrollTop = y + rowHeight - view.clientHeight;
      requestAnimationFrame(() =>
        requestAnimationFrame(() => view?.querySelector<HTMLElement>('[tabindex="0"]')?.focus()),
      );
    } else return;
    event.preventDefault();
  };
  const stop = lanes.findIndex((lane) => lane.id === focused.current);
  return (
    <div
      class="grid lanes"
      role="grid"
      aria-label="Connections"
      aria-rowcount={lanes.length + 1}
      aria-colcount={shown.length}
      style={{ '--cols': tracks }}
      ref={box}
    >
      <div class="row hd" role="row" aria-rowindex={1} style={{ paddingRight: `${right}px` }}>
        {shown.map((c, i) => (
          <div role="columnheader" key={c.id} class={`c c-${c.id} ${c.right ? 'r' : ''}`} aria-colindex={i + 1}>
            <span class={c.id === 'waterfall' || c.id === 'state' ? 'vh' : 'lb'}>{c.label}</span>
            {c.id === 'waterfall' && <AxisLabels scale={scale} />}
          </div>
        ))}
      </div>
      <div class="rows" role="rowgroup" ref={scroller} onScroll={invalidate}>
        <div class="spacer" role="presentation" style={{ height: `${lanes.length * rowHeight}px` }}>
          {lanes.slice(first, last).map((lane, i) => {
            const index = first + i;
            const own = lane.requests.some((r) => r.row.id === state.ui.active);
            return (
              <div
                key={lane.id}
                role="row"
                class="row"
                aria-rowindex={index + 2}
                aria-selected={own}
                aria-label={nameOf(lane)}
                tabIndex={index === Math.max(stop, 0) ? 0 : -1}
                style={{ transform: `translateY(${index * rowHeight}px)` }}
                onClick={(e) => onClick(e, lane)}
                onKeyDown={(e) => onKey(e, lane, index)}
              >
                {shown.map((c, k) => (
                  <div
                    key={c.id}
                    role="gridcell"
                    class={`c c-${c.id} ${c.id === 'state' ? 'ci' : ''} ${c.right ? 'r' : ''}`}
                    aria-colindex={k + 1}
                    title={titleOf(c.id, lane)}
                  >
                    {cellOf(c.id, lane)}
                  </div>
                ))}
              </div>
            );
          })}
          <canvas ref={canvas} class="wf" aria-hidden="true" />
          <div class="labels" aria-hidden="true">
            {lanes.slice(first, last).flatMap((lane, i) => labelsOf(lane, first + i, scale, place.current.left))}
          </div>
        </div>
      </div>
    </div>
  );
}
