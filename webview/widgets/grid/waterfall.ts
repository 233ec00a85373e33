/** Draws the bars of the rows in sight: one canvas, moved and sized with the rows it covers. */
import { currentTheme } from '../../state/theme';
import { BarPainter, hatch, prepare, withAlpha } from '../../view/drawing/draw';
import type { Shape } from '../../view/drawing/geometry';
import { type TimeScale, ticksOf } from '../../view/drawing/timescale';
import type { Pause } from '../../view/types';

export interface Bars {
  canvas: HTMLCanvasElement;
  scale: TimeScale;
  height: number;
  /** Middle line, shapes, and whether the row fades because others are looked at. */
  rows: { y: number; shapes: Shape[]; faint: boolean }[];
  pauses: readonly Pause[];
  /** Now on the axis; absent when nothing runs. */
  now: number | undefined;
  /** Ends of runs that are over. */
  ends: readonly number[];
}

/** Grid lines, paused bands and the now line, drawn behind and over all bars. */
export function drawAxis(
  ctx: CanvasRenderingContext2D,
  b: Pick<Bars, 'scale' | 'height' | 'pauses' | 'now' | 'ends'>,
  grid = true,
): void {
  const theme = currentTheme();
  const { scale, height } = b;
  drawFolds(ctx, scale, height);
  ctx.fillStyle = theme.line;
  if (grid) for (const at of ticksOf(scale).ticks) ctx.fillRect(Math.round(scale.x(at)), 0, 1, height);
  for (const p of b.pauses) {
    const x = scale.x(p.beginAt);
    const right = scale.x(p.endAt ?? b.now ?? p.beginAt);
    if (right < 0 || x > scale.width) continue;
    ctx.fillStyle = hatch(ctx, withAlpha(theme.paused, 0.34));
    ctx.fillRect(x, 0, Math.max(2, right - x), height);
  }
  ctx.fillStyle = theme.paused;
  for (const at of b.ends) ctx.fillRect(Math.round(scale.x(at)), 0, 1, height);
  if (b.now === undefined) return;
  ctx.strokeStyle = withAlpha(theme.green, 0.7);
  ctx.setLineDash([3, 3]);
  ctx.beginPath();
  const x = Math.round(scale.x(b.now)) + 0.5;
  ctx.moveTo(x, 0);
  ctx.lineTo(x, height);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** Folded stretches: a tinted band with a broken line down its middle, as in a technical drawing. */
function drawFolds(ctx: CanvasRenderingContext2D, scale: TimeScale, height: number): void {
  if (scale.folds.length === 0) return;
  const theme = currentTheme();
  ctx.beginPath();
  for (const f of scale.folds) {
    if (!theme.highContrast) {
      ctx.fillStyle = withAlpha(theme.paused, 0.14);
      ctx.fillRect(f.x, 0, f.width, height);
    }
    const middle = f.x + f.width / 2;
    const swing = Math.min(2.5, f.width / 2 - 0.5);
    ctx.moveTo(middle - swing, 0);
    for (let y = 4, side = 1; y <= height + 4; y += 4, side = -side) ctx.lineTo(middle + side * swing, y);
  }
  ctx.strokeStyle = withAlpha(theme.quiet, 0.6);
  ctx.lineWidth = 1;
  ctx.stroke();
}

export function drawBars(b: Bars): void {
  const ctx = prepare(b.canvas, b.scale.width, b.height);
  if (!ctx) return;
  const theme = currentTheme();
  drawAxis(ctx, b);
  const clear = new BarPainter();
  const faint = new BarPainter();
  for (const row of b.rows) (row.faint ? faint : clear).add(row.shapes, row.y);
  ctx.save();
  ctx.globalAlpha = 0.4;
  faint.paint(ctx, theme);
  ctx.restore();
  clear.paint(ctx, theme);
}
