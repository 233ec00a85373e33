/** Time to pixels and back, and the steps of the axis. Pure: shared by waterfall, overview, pop-up, details and lanes. */

/** A stretch of the panel's axis in µs, `begin` < `end`. */
export interface Range {
  begin: number;
  end: number;
}

export interface TimeScale extends Range {
  width: number;
  /** Pixel of an instant; outside of the range it lies outside of 0…width. */
  x(at: number): number;
  /** Instant at a pixel. */
  at(x: number): number;
}

/** A scale that maps `range` on `width` pixels. An empty range is taken as 1 ms long, so that nothing divides by zero. */
export function timeScale(range: Range, width: number): TimeScale {
  const begin = range.begin;
  const end = range.end > range.begin ? range.end : range.begin + 1000;
  const perPixel = (end - begin) / Math.max(1, width);
  return { begin, end, width, x: (at) => (at - begin) / perPixel, at: (x) => begin + x * perPixel };
}

/** The smallest 1-2-5 step (µs) of at least `least` µs. */
export function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  for (const factor of [1, 2, 5, 10]) if (factor * power >= least) return factor * power;
  return 10 * power;
}

/** Instants of the grid lines inside the scale: 1-2-5 steps, at most one a `gap` pixels. Instant 0 is left out. */
export function ticksOf(scale: TimeScale, gap = 60): { step: number; ticks: number[] } {
  const step = niceStep(((scale.end - scale.begin) / Math.max(1, scale.width)) * gap);
  const ticks: number[] = [];
  for (let i = Math.ceil(scale.begin / step); i * step <= scale.end; i++) if (i > 0) ticks.push(i * step);
  return { step, ticks };
}

/** An instant as the axis says it: all labels of one axis have the unit and decimals of its step. */
export function tickText(at: number, step: number): string {
  if (step >= 1_000_000) {
    const s = Math.round(at / 1_000_000);
    return s < 120 ? `${s} s` : `${Math.floor(s / 60)} min${s % 60 ? ` ${String(s % 60).padStart(2, '0')} s` : ''}`;
  }
  if (step >= 100_000) return `${(at / 1_000_000).toFixed(1)} s`;
  if (step >= 1000) return `${Math.round(at / 1000)} ms`;
  return `${(at / 1000).toFixed(step >= 100 ? 1 : step >= 10 ? 2 : 3)} ms`;
}

/**
 * The axis of everything shown. While requests run its end moves in steps of about a 25th, so that bars stand still
 * between two steps instead of shrinking in every frame.
 */
export function wholeRange(begin: number, end: number): Range {
  const length = Math.max(1000, (end - begin) * 1.03);
  const step = niceStep(length / 50);
  return { begin, end: begin + Math.ceil(length / step) * step };
}

/** `range` scaled by `factor` around the instant `center`, kept inside `whole` and not below 100 µs. */
export function zoomed(range: Range, factor: number, center: number, whole: Range): Range | undefined {
  const length = Math.max(100, (range.end - range.begin) * factor);
  if (length >= whole.end - whole.begin) return undefined;
  const share = (center - range.begin) / (range.end - range.begin);
  return moved({ begin: center - share * length, end: center + (1 - share) * length }, 0, whole);
}

/** `range` moved by `by` µs and pushed back inside `whole`, its length kept. */
export function moved(range: Range, by: number, whole: Range): Range {
  const length = range.end - range.begin;
  const begin = Math.min(Math.max(range.begin + by, whole.begin), whole.end - length);
  return { begin, end: begin + length };
}
