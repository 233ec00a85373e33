/** The phases of a request as bars below each other, as httpstat and the browsers draw them. */

import { timeText } from '../../model/base/text';
import { labelWithin } from '../../model/facts/phaseWords';
import { phaseTime } from '../../model/phases/measured';
import type { Breakdown } from '../../model/phases/phases';
import type { Style } from '../terminal/say';

/** Columns of the bars. */
const barWidth = 32;

/** Each phase with its time, how far it had got by its end, and its share of the whole; then the total. */
export function waterfallLines(breakdown: Breakdown, style: Style): string[] {
  const begin = breakdown.phases[0]?.beginAt ?? 0;
  const end = Math.max(begin, ...breakdown.phases.map((p) => p.beginAt + p.duration));
  const lines: string[] = [];
  let passed = 0;
  for (const phase of breakdown.phases) {
    passed += phase.duration;
    const words = labelWithin(phase.name);
    const paused = phase.paused === undefined ? '' : `  + ${timeText(phase.paused)} paused in the debugger`;
    const mark = (phase.failed ? '  ✕' : phase.running ? '  …' : '') + paused;
    const bar = barOf(phase.beginAt - begin, phase.duration, end - begin);
    const figures = `  ${words.padEnd(20)}${phaseTime(phase, timeText).padStart(10)}${timeText(passed).padStart(12)}`;
    lines.push(
      `${phase.failed ? style.red(figures) : figures}  ${bar}${phase.failed ? style.red(mark) : mark}`.trimEnd(),
    );
  }
  const total = breakdown.total === undefined ? 'not known' : timeText(breakdown.total);
  lines.push(style.bold(`  ${totalWord(breakdown).padEnd(20)}${total.padStart(10)}`));
  return lines;
}

/** At least one character, so that a short phase is seen, and never beyond the whole. */
function barOf(from: number, duration: number, whole: number): string {
  if (whole <= 0) return '';
  const left = Math.min(barWidth - 1, Math.floor((from / whole) * barWidth));
  const width = Math.max(1, Math.min(barWidth - left, Math.round((duration / whole) * barWidth)));
  return `│${' '.repeat(left)}${'█'.repeat(width)}${' '.repeat(barWidth - left - width)}│`;
}

function totalWord(breakdown: Breakdown): string {
  const last = breakdown.phases.at(-1);
  return last?.running || last?.endUnknown ? 'so far' : last?.failed ? 'until failure' : 'total';
}
