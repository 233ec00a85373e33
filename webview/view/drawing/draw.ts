/** Drawing of bars on a canvas: shapes are gathered in one Path2D a style, and each style is filled once. */
import { parseColour, type Theme } from './colour';
import { phaseNames, type Shape } from './geometry';

/** Sizes a canvas for the screen's pixels and clears it. Returns its context, in CSS pixels. */
export function prepare(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | undefined {
  const ratio = window.devicePixelRatio || 1;
  const w = Math.round(width * ratio);
  const h = Math.round(height * ratio);
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const ctx = canvas.getContext('2d');
  if (!ctx) return undefined;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, width, height);
  return ctx;
}

/** Gathers the shapes of all rows by style, then draws them. */
export class BarPainter {
  #solid = new Map<string, Path2D>();
  #hollow = new Path2D();
  #hollowEdge = new Path2D();
  #thin = new Path2D();
  #unread = new Path2D();
  #cross = new Path2D();
  #abort = new Path2D();
  #fades: { shape: Shape; y: number }[] = [];
  #edges = new Path2D();

  /** Adds a row's shapes around the middle line `y`; `faint` rows are drawn by a painter of their own. */
  add(shapes: readonly Shape[], y: number): void {
    for (const s of shapes) {
      const top = Math.round(y - s.height / 2);
      switch (s.kind) {
        case 'phase':
          if (s.phase === 'wait') this.#addHollow(s, top);
          else this.#of(s.phase).rect(s.x, top, s.width, s.height);
          // An edge round a sliver would hide its colour.
          if (s.width >= 5 && s.height >= 5) this.#edges.rect(s.x + 0.5, top + 0.5, s.width - 1, s.height - 1);
          break;
        case 'fade':
          this.#fades.push({ shape: s, y: top });
          break;
        case 'stream':
          this.#thin.rect(s.x, top, s.width, s.height);
          break;
        case 'mark':
          this.#of('download').rect(s.x, top, s.width, s.height);
          break;
        case 'unread':
          this.#unread.moveTo(s.x, top + 0.5);
          this.#unread.lineTo(s.x + s.width - 0.5, top + 0.5);
          this.#unread.lineTo(s.x + s.width - 0.5, top + s.height - 0.5);
          this.#unread.lineTo(s.x, top + s.height - 0.5);
          break;
        case 'cross':
          addCross(this.#cross, s.x + 7, y);
          break;
        case 'abort':
          addCross(this.#abort, s.x + 7, y);
          break;
      }
    }
  }

  #of(phase: string): Path2D {
    let path = this.#solid.get(phase);
    if (!path) {
      path = new Path2D();
      this.#solid.set(phase, path);
    }
    return path;
  }

  #addHollow(s: Shape, top: number): void {
    this.#hollow.rect(s.x, top, s.width, s.height);
    if (s.width <= 2) this.#of('wait').rect(s.x, top, s.width, s.height);
    else this.#hollowEdge.rect(s.x + 0.5, top + 0.5, s.width - 1, s.height - 1);
  }

  paint(ctx: CanvasRenderingContext2D, theme: Theme): void {
    ctx.save();
    // A painter of faint rows is given a context that is faint already.
    const whole = ctx.globalAlpha;
    for (const name of phaseNames) {
      const path = this.#solid.get(name);
      if (!path) continue;
      ctx.fillStyle = theme.phase[name] ?? theme.foreground;
      ctx.fill(path);
    }
    const wait = theme.phase.wait ?? theme.foreground;
    ctx.fillStyle = theme.highContrast ? hatch(ctx, wait) : wait;
    ctx.globalAlpha = theme.highContrast ? whole : whole * 0.38;
    ctx.fill(this.#hollow);
    ctx.globalAlpha = whole;
    ctx.strokeStyle = wait;
    ctx.lineWidth = 1;
    ctx.stroke(this.#hollowEdge);
    for (const { shape, y } of this.#fades) paintFade(ctx, theme, shape, y);
    ctx.globalAlpha = whole * 0.7;
    ctx.fillStyle = theme.phase.download ?? theme.blue;
    ctx.fill(this.#thin);
    ctx.globalAlpha = whole;
    ctx.setLineDash([3, 2]);
    ctx.strokeStyle = theme.warning;
    ctx.stroke(this.#unread);
    ctx.setLineDash([]);
    if (theme.highContrast) {
      ctx.strokeStyle = theme.border;
      ctx.stroke(this.#edges);
    }
    ctx.lineWidth = 1.6;
    ctx.strokeStyle = theme.failed;
    ctx.stroke(this.#cross);
    ctx.strokeStyle = theme.quiet;
    ctx.stroke(this.#abort);
    ctx.restore();
  }
}

function addCross(path: Path2D, x: number, y: number): void {
  const r = 3.8;
  path.moveTo(x - r, y - r);
  path.lineTo(x + r, y + r);
  path.moveTo(x + r, y - r);
  path.lineTo(x - r, y + r);
}

/** The phase that runs: solid, then fading over its last 40 pixels towards now. */
function paintFade(ctx: CanvasRenderingContext2D, theme: Theme, s: Shape, top: number): void {
  const colour = theme.phase[s.phase] ?? theme.foreground;
  const length = Math.min(40, s.width);
  const gradient = ctx.createLinearGradient(s.x + s.width - length, 0, s.x + s.width, 0);
  gradient.addColorStop(0, colour);
  gradient.addColorStop(1, withAlpha(colour, 0.35));
  ctx.fillStyle = gradient;
  if (s.phase === 'wait') {
    const whole = ctx.globalAlpha;
    ctx.globalAlpha = whole * 0.38;
    ctx.fillRect(s.x, top, s.width, s.height);
    ctx.globalAlpha = whole;
    ctx.fillRect(s.x, top, s.width, 1);
    ctx.fillRect(s.x, top + s.height - 1, s.width, 1);
    ctx.fillRect(s.x, top, 1, s.height);
  } else ctx.fillRect(s.x, top, s.width, s.height);
}

/** A computed `rgb(…)` colour with its opacity multiplied. */
export function withAlpha(colour: string, alpha: number): string {
  const c = parseColour(colour);
  return c ? `rgba(${c.r}, ${c.g}, ${c.b}, ${c.a * alpha})` : colour;
}

const hatches = new Map<string, CanvasPattern>();

/** Diagonal lines of a colour, as a fill. */
export function hatch(ctx: CanvasRenderingContext2D, colour: string, gap = 5): CanvasPattern | string {
  const key = `${colour} ${gap} ${window.devicePixelRatio}`;
  let pattern = hatches.get(key);
  if (pattern) return pattern;
  const tile = document.createElement('canvas');
  tile.width = tile.height = gap;
  const t = tile.getContext('2d');
  if (!t) return colour;
  t.strokeStyle = colour;
  t.lineWidth = 1;
  t.beginPath();
  for (const shift of [-gap, 0, gap]) {
    t.moveTo(shift, gap);
    t.lineTo(shift + gap, 0);
  }
  t.stroke();
  pattern = ctx.createPattern(tile, 'repeat') ?? undefined;
  if (!pattern) return colour;
  hatches.set(key, pattern);
  return pattern;
}
