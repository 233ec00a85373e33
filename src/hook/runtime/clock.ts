/**
 * One clock: CLOCK_MONOTONIC, read by `performance.now()` (0.1 µs; ms with fraction since the thread began). Lines carry
 * whole µs since the zero of the spool file. Raw readings are kept in the records and turned into µs when the line is
 * built, each by itself, so that the same reading gives the same number everywhere and sums are exact. Never `| 0`:
 * that overflows after 35 minutes.
 */
import { hrtime, hrtimeParts, nodeMajor } from './builtins';

/** Reading of the clock in ms; never 0, so 0 means "has not happened". */
export const now: () => number = nodeMajor < 20 ? ownReading() : performance.now.bind(performance);

/** On Node 18 `performance.now` calls `process.hrtime`, which libraries of fake timers replace. */
function ownReading(): () => number {
  const reading = (): number => {
    const parts = hrtimeParts();
    return parts[0] * 1000 + parts[1] / 1e6;
  };
  const origin = reading() - performance.now();
  return () => reading() - origin;
}

const { timeOrigin } = performance;

const timing = (performance as unknown as { nodeTiming: { readonly idleTime: number } }).nodeTiming;
/** How long the event loop has been idle since the thread began, in ms; 0.04 µs a reading. */
export const idleTime = (): number => timing.idleTime;

// Of the whole process on a Node that does not report one thread.
const thread = (process as { threadCpuUsage?: typeof process.cpuUsage }).threadCpuUsage;
const usage = (thread ?? process.cpuUsage).bind(process);
export const processorOf = thread === undefined ? 'process' : 'thread';
let usedAt = Number.NEGATIVE_INFINITY;
let used = 0;

/** Processor time used until now, in ms; NaN: not known. */
export function processorTime(): number {
  try {
    const { user, system } = usage();
    return (user + system) / 1000;
  } catch {
    return Number.NaN;
  }
}

/** The same, to a millisecond: a reading costs 0.5 to 1 µs. */
export function recentProcessorTime(t: number): number {
  if (t - usedAt >= 1) {
    usedAt = t;
    used = processorTime();
  }
  return used;
}

let zero = 0;

/** Sets the zero. `monotonicNs` is the same instant on the system's clock, `wallMs` on the wall's (ms since 1970). */
export function anchor(): { monotonicNs: bigint; wallMs: number } {
  let best = Number.POSITIVE_INFINITY;
  let monotonicNs = 0n;
  // The narrowest of five readings: the two clocks are read by different calls.
  for (let i = 0; i < 5; i++) {
    const before = now();
    const ns = hrtime();
    const after = now();
    if (after - before < best) {
      best = after - before;
      zero = (before + after) / 2;
      monotonicNs = ns;
    }
  }
  return { monotonicNs, wallMs: timeOrigin + zero };
}

/** A reading as whole µs since the zero. */
export const us = (t: number): number => Math.round((t - zero) * 1000);
