/** Time to pixels and back, and the steps of the axis. Pure: shared by waterfall, overview, pop-up, details and lanes. */

/** A stretch of the panel's axis in µs, `begin` < `end`. */
export interface Range {
  begin: number;
  end: number;
}

/** A stretch that is drawn as a narrow mark instead of to scale. */
export interface Fold extends Range {
  /** It holds the requests of earlier runs; absent: it holds none. */
  past?: true;
}

/** A range of the axis as it is drawn. */
export interface Axis extends Range {
  /** Inside the range, in order, apart from each other. */
  folds?: readonly Fold[];
  /** Instant that labels count from; absent: 0. */
  zero?: number;
}

/** Position of a fold, in pixels. */
export interface FoldMark extends Fold {
  x: number;
  width: number;
}

export interface TimeScale extends Range {
  width: number;
  /** µs a pixel outside of the folds. */
  perPixel: number;
  folds: readonly FoldMark[];
  zero: number;
  /** Pixel of an instant; outside of 0…width for an instant outside of the range. */
  x(at: number): number;
  /** Instant at a pixel. */
  at(x: number): number;
}

/** Width of a fold, px; many of them together never take more than a third of the scale. */
export const foldWidth = 14;

/**
 * A scale that maps an axis on `width` pixels: linear between the folds, and linear, but far denser, inside of each, so
 * that it can be inverted everywhere. An empty range is taken as 1 ms long, so that nothing divides by zero.
 */
export function timeScale(axis: Axis, width: number): TimeScale {
  const { begin, folds = [], zero = 0 } = axis;
  const end = axis.end > begin ? axis.end : begin + 1000;
  const room = Math.max(1, width);
  const folded = folds.reduce((sum, f) => sum + f.end - f.begin, 0);
  const each = folds.length > 0 ? Math.min(foldWidth, room / 3 / folds.length) : 0;
  const perPixel = (end - begin - folded) / (room - each * folds.length);
  if (folds.length === 0 || !(perPixel > 0)) {
    const linear = (end - begin) / room;
    return {
      ...{ begin, end, width, zero, perPixel: linear, folds: [] },
      x: (at) => (at - begin) / linear,
      at: (x) => begin + x * linear,
    };
  }
  // Begins and ends of the folds, in µs and in pixels: between two of them the scale is linear.
  const times = [begin];
  const pixels = [0];
  const marks: FoldMark[] = [];
  for (const f of folds) {
    const x = (pixels.at(-1) as number) + (f.begin - (times.at(-1) as number)) / perPixel;
    times.push(f.begin, f.end);
    pixels.push(x, x + each);
    marks.push({ ...f, x, width: each });
  }
  times.push(end);
  pixels.push(room);
  return {
    ...{ begin, end, width, zero, perPixel, folds: marks },
    x: (at) => (at < begin ? (at - begin) / perPixel : between(times, pixels, at, 1 / perPixel)),
    at: (x) => (x < 0 ? begin + x * perPixel : between(pixels, times, x, perPixel)),
  };
}

/** `value` led from one list of rising knots to the other; beyond the last one it goes on with `slope`. */
function between(from: readonly number[], to: readonly number[], value: number, slope: number): number {
  let low = 0;
  let high = from.length - 1;
  if (value >= (from[high] as number)) return (to[high] as number) + (value - (from[high] as number)) * slope;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((from[middle] as number) <= value) low = middle;
    else high = middle;
  }
  const length = (from[high] as number) - (from[low] as number);
  const share = length > 0 ? (value - (from[low] as number)) / length : 0;
  return (to[low] as number) + share * ((to[high] as number) - (to[low] as number));
}

/** The smallest 1-2-5 step (µs) of at least `min` µs. */
export function niceStep(min: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, min)));
  for (const factor of [1, 2, 5, 10]) if (factor * power >= min) return factor * power;
  return 10 * power;
}

/**
 * Instants of the grid lines inside the scale and outside of its folds: 1-2-5 steps from its zero, at most one a `gap`
 * pixels; of a smaller step on a scale so short that it would have none. The zero itself is left out.
 */
export function ticksOf(scale: TimeScale, gap = 60): { step: number; ticks: number[] } {
  for (let min = gap; ; min /= 2) {
    const step = niceStep(scale.perPixel * min);
    const ticks = ticksAt(scale, step, gap);
    if (ticks.length > 0 || min <= minGap) return { step, ticks };
  }
}

/** Room of a short label, px. */
const minGap = 20;

function ticksAt(scale: TimeScale, step: number, gap: number): number[] {
  const ticks: number[] = [];
  let free = Number.NEGATIVE_INFINITY;
  let begin = scale.begin;
  for (const part of [...scale.folds, { begin: scale.end, end: scale.end }]) {
    for (let i = Math.max(1, Math.ceil((begin - scale.zero) / step)); scale.zero + i * step <= part.begin; i++) {
      const at = scale.zero + i * step;
      const x = scale.x(at);
      if (x < free) continue;
      ticks.push(at);
      free = x + gap - 0.01;
    }
    begin = part.end;
  }
  return ticks;
}

/** An instant, counted from the axis's zero, as the axis says it: with the decimals of its step. */
export function tickText(at: number, step: number): string {
  if (step >= 1_000_000) {
    const s = Math.round(at / 1_000_000);
    return s < 120 ? `${s} s` : `${Math.floor(s / 60)} min${s % 60 ? ` ${String(s % 60).padStart(2, '0')} s` : ''}`;
  }
  if (step >= 100_000) return `${(at / 1_000_000).toFixed(1)} s`;
  // After a fold, a small step may be at a large instant.
  if (at >= 10_000_000) return `${(at / 1_000_000).toFixed(Math.min(6, Math.ceil(6 - Math.log10(step) - 0.001)))} s`;
  if (step >= 1000) return `${Math.round(at / 1000)} ms`;
  return `${(at / 1000).toFixed(step >= 100 ? 1 : step >= 10 ? 2 : 3)} ms`;
}

/** Px of a label's letters at 11 px, as wide as in the widest font that VS Code falls back to (DejaVu Sans); digits: 7. */
const letters: Readonly<Record<string, number>> = { ' ': 3.5, '.': 3.5, i: 3.1, m: 10.8, s: 5.8 };

/** What stands left of a tick; empty where it would begin before the scale: `5000 ms` would be cut to `0 ms`. */
export function tickLabel(scale: TimeScale, at: number, step: number): string {
  const text = tickText(at - scale.zero, step);
  let width = 4;
  for (const letter of text) width += letters[letter] ?? 7;
  return scale.x(at) < width ? '' : text;
}

/**
 * The axis of everything shown. While requests run, its end moves in steps of about 1/25, so that bars keep their
 * length between two steps instead of shrinking in every frame.
 */
export function wholeRange(begin: number, end: number, folded = 0): Range {
  const length = Math.max(1000, (end - begin - folded) * 1.03);
  const step = niceStep(length / 50);
  return { begin, end: begin + folded + Math.ceil(length / step) * step };
}

/** Shortest range that can be zoomed to, µs. */
const shortest = 100;

/** `range` scaled by `factor` around the instant `center`, as it is seen on the scale of the whole; none: all of it. */
export function zoomed(range: Range, factor: number, center: number, whole: TimeScale): Range | undefined {
  const [left, middle, right] = [whole.x(range.begin), whole.x(center), whole.x(range.end)];
  const length = (right - left) * factor;
  if (length >= whole.width) return undefined;
  const share = (middle - left) / (right - left);
  const x = Math.min(Math.max(middle - share * length, 0), whole.width - length);
  const begin = whole.at(x);
  return { begin, end: Math.max(whole.at(x + length), begin + shortest) };
}

/** `range` moved by so many pixels of the scale of the whole and pushed back inside of it; its width there is kept. */
export function moved(range: Range, by: number, whole: TimeScale): Range {
  const left = whole.x(range.begin);
  const length = whole.x(range.end) - left;
  const x = Math.min(Math.max(left + by, 0), whole.width - length);
  return { begin: whole.at(x), end: whole.at(x + length) };
}
