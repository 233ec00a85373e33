/** All requests on one strip, and the range of time that list and waterfall show. */
import './overview.css';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { timeText } from '../../../src/model/base/text';
import { wentWrong } from '../../../src/model/query/rowFields';
import { setRange } from '../../input/actions';
import { derive } from '../../state/derived';
import { stopOf } from '../../state/rowTime';
import { isLive, now, state, store } from '../../state/state';
import { currentTheme } from '../../state/theme';
import { useSize } from '../../state/useSize';
import { prepare } from '../../view/drawing/draw';
import { beginOf, rowEnd } from '../../view/drawing/geometry';
import { packLanes } from '../../view/drawing/packing';
import {
  type Axis,
  type FoldMark,
  moved,
  type TimeScale,
  tickLabel,
  ticksOf,
  timeScale,
  zoomed,
} from '../../view/drawing/timescale';
import { drawAxis } from '../grid/waterfall';

const lanes = 9;
const height = 44;
const top = 15;

/** The canvas is drawn again at most this often while rows come, ms. */
const step = 250;
let drawn = { key: '', at: 0, version: -1, cost: 0 };

function draw(canvas: HTMLCanvasElement, scale: TimeScale): void {
  const { ui } = state;
  const theme = currentTheme();
  const folds = scale.folds.map((f) => f.end).join();
  const key = `${scale.begin} ${scale.end} ${folds} ${scale.width} ${window.devicePixelRatio} ${theme.version} ${ui.range?.begin} ${ui.range?.end} ${isLive()}`;
  const moving = store.version !== drawn.version || isLive();
  if (key === drawn.key && (!moving || performance.now() - drawn.at < Math.max(step, drawn.cost * 10))) return;
  const begun = performance.now();
  drawn = { key, at: begun, version: store.version, cost: drawn.cost };
  const ctx = prepare(canvas, scale.width, height);
  if (!ctx) return;
  const at = now();
  drawAxis(
    ctx,
    {
      scale,
      height,
      pauses: state.runs.flatMap((run) => run.pauses ?? []),
      now: isLive() ? at : undefined,
      ends: state.runs.flatMap((run) => (run.state !== 'running' && run.endAt !== undefined ? [run.endAt] : [])),
    },
    false,
  );
  const spans = store.rows.map((row) => ({ begin: beginOf(row), end: Math.min(rowEnd(row, at), stopOf(row, at)) }));
  const lane = packLanes(spans, lanes, scale.perPixel);
  const good = new Path2D();
  const bad = new Path2D();
  const flags = new Path2D();
  // Lines of one lane that touch are drawn as one, so that the cost depends on pixels and not on requests.
  const pending = Array.from({ length: lanes * 2 }, () => ({ x: 0, right: -1 }));
  const flush = (key: number): void => {
    const line = pending[key];
    if (line && line.right > line.x) (key % 2 ? bad : good).rect(line.x, top + (key >> 1) * 3, line.right - line.x, 2);
  };
  let lastFlag = -9;
  spans.forEach((span, i) => {
    const row = store.rows[i];
    if (!row) return;
    const x = scale.x(span.begin);
    const right = Math.max(x + 2, scale.x(span.end));
    const failed = wentWrong(row);
    const key = (lane[i] ?? 0) * 2 + (failed ? 1 : 0);
    const line = pending[key];
    if (line && x <= line.right && line.right > line.x) line.right = Math.max(line.right, right);
    else {
      flush(key);
      pending[key] = { x, right };
    }
    if (!failed || Math.abs(right - lastFlag) < 1) return;
    lastFlag = right;
    flags.moveTo(right - 3, height);
    flags.lineTo(right, height - 5);
    flags.lineTo(right + 3, height);
  });
  for (let key = 0; key < pending.length; key++) flush(key);
  const paint = (): void => {
    ctx.fillStyle = theme.blue;
    ctx.globalAlpha *= 0.75;
    ctx.fill(good);
    ctx.globalAlpha /= 0.75;
    ctx.fillStyle = theme.failed;
    ctx.fill(bad);
    ctx.fill(flags);
  };
  if (ui.range) {
    // Bars outside of the range stay visible, fainter.
    const inside = new Path2D();
    inside.rect(scale.x(ui.range.begin), 0, scale.x(ui.range.end) - scale.x(ui.range.begin), height);
    const outside = new Path2D(inside);
    outside.rect(0, 0, scale.width, height);
    for (const [part, alpha] of [
      [outside, 0.38],
      [inside, 1],
    ] as const) {
      ctx.save();
      ctx.clip(part, 'evenodd');
      ctx.globalAlpha = alpha;
      paint();
      ctx.restore();
    }
  } else paint();
  drawn.cost = performance.now() - begun;
}

/** Width of a pause's word and of a tick's, px. */
const wordRoom = 42;
const tickRoom = 38;
/** A narrower strip has room for the axis only, px. */
const minWidthOfWords = 600;

/** Label position of each pause that is wide enough for one: labels of short ones would overlap. */
function pauseWords(scale: TimeScale): number[] {
  if (scale.width < minWidthOfWords) return [];
  return state.runs
    .flatMap((run) => run.pauses ?? [])
    .map((p) => ({ x: scale.x(p.beginAt) + 4, room: scale.x(p.endAt ?? now()) - scale.x(p.beginAt) }))
    .filter(({ x, room }) => room >= wordRoom && x + wordRoom < scale.width)
    .map(({ x }) => x);
}

/** What a folded stretch is; a click on it shows it. */
function foldText(fold: FoldMark, zero: number): string {
  if (fold.past) return 'Earlier runs, folded. Click to show them.';
  const [from, to] = [fold.begin - zero, fold.end - zero].map((at) => timeText(Math.max(0, at)));
  return `No request for ${timeText(fold.end - fold.begin)} (${from} to ${to}), folded. Click to show this time.`;
}

export function Overview({ axis }: { axis: Axis }) {
  const [box, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const scale = timeScale(axis, Math.max(1, size.width));
  const { range } = state.ui;
  const shown = range ?? axis;
  useLayoutEffect(() => {
    if (canvas.current && size.width > 0) draw(canvas.current, scale);
  });
  const at = (event: PointerEvent | WheelEvent): number =>
    scale.at(event.clientX - (box.current?.getBoundingClientRect().left ?? 0));

  const onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const element = event.currentTarget as HTMLElement;
    const begin = at(event);
    const handle = (event.target as HTMLElement).dataset.handle;
    const inside = state.ui.range !== undefined && (event.target as HTMLElement).classList.contains('brush');
    const old = shown;
    let dragged = false;
    element.setPointerCapture(event.pointerId);
    element.onpointermove = (e) => {
      const to = Math.min(axis.end, Math.max(axis.begin, at(e)));
      dragged ||= Math.abs(scale.x(to) - scale.x(begin)) > 3;
      if (!dragged) return;
      if (inside) setRange(moved(old, e.clientX - event.clientX, scale));
      else {
        const fixed = handle === 'begin' ? old.end : handle === 'end' ? old.begin : begin;
        setRange({ begin: Math.min(fixed, to), end: Math.max(fixed, to, Math.min(fixed, to) + 100) });
      }
    };
    const fold = scale.folds[Number((event.target as HTMLElement).dataset.fold)];
    element.onpointerup = element.onpointercancel = (e) => {
      element.onpointermove = element.onpointerup = element.onpointercancel = null;
      if (!dragged && fold && e.type === 'pointerup') setRange({ begin: fold.begin, end: fold.end });
    };
    event.preventDefault();
  };
  const onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    const current = state.ui.range ?? axis;
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY))
      setRange(moved(current, (event.deltaX / scale.width) * (scale.x(current.end) - scale.x(current.begin)), scale));
    else setRange(zoomed(current, event.deltaY > 0 ? 1.25 : 0.8, at(event), scale));
  };
  const { step: tick, ticks } = ticksOf(scale, 96);
  const pauses = pauseWords(scale);
  // A tick's text is left of it; it is left out where a pause has its label.
  const free = ticks.filter((t) => !pauses.some((x) => scale.x(t) > x - 4 && scale.x(t) - tickRoom < x + wordRoom));
  const left = scale.x(shown.begin);
  const right = scale.x(shown.end);
  const { filtered } = derive().derived;
  const words = range
    ? `${timeText(Math.max(0, range.begin - scale.zero))} to ${timeText(Math.max(0, range.end - scale.zero))}, ${filtered.length} requests`
    : `All the time, ${filtered.length} requests`;
  return (
    <div class="ovw">
      <div
        class="oin"
        ref={box}
        role="group"
        aria-label={`Time range: ${words}`}
        onPointerDown={onDown}
        onDblClick={() => setRange(undefined)}
        onWheel={onWheel}
      >
        <canvas ref={canvas} aria-hidden="true" />
        {free.map((t) => (
          <span key={t} class="tk" aria-hidden="true" style={{ transform: `translateX(calc(${scale.x(t)}px - 100%))` }}>
            {tickLabel(scale, t, tick)}
          </span>
        ))}
        {pauses.map((x) => (
          <em key={x} class="pw" aria-hidden="true" style={{ transform: `translateX(${x}px)` }}>
            paused
          </em>
        ))}
        {scale.folds.map((f, i) => (
          <div
            key={f.end}
            class="fold"
            data-fold={i}
            title={foldText(f, scale.zero)}
            style={{ transform: `translateX(${f.x}px)`, width: `${f.width}px` }}
          />
        ))}
        {state.replay && (
          <div class="mark" aria-hidden="true" style={{ transform: `translateX(${scale.x(state.replay.at)}px)` }} />
        )}
        <div
          class={`brush ${range ? 'part' : ''}`}
          style={{
            transform: `translateX(${left}px)`,
            width: `${Math.max(4, right - left)}px`,
            pointerEvents: range ? 'auto' : 'none',
          }}
        >
          <b data-handle="begin" style={{ pointerEvents: 'auto' }} />
          <b data-handle="end" style={{ pointerEvents: 'auto' }} />
        </div>
      </div>
    </div>
  );
}
