/**
 * One clock: CLOCK_MONOTONIC, read by `process.hrtime()` (0.05 µs; `performance`, which most programs never load, takes a
 * millisecond of the start to load and is as fast then). Lines carry whole µs since the zero of the spool file. Raw readings
 * are kept in the records and turned into µs when the line is built, each by itself, so that the same reading gives the same
 * number everywhere and sums are exact. Never `| 0`: that overflows after 35 minutes.
 */
import { hrtime, hrtimeParts, wallClock } from './builtins';

/** Smaller numbers have finer fractions. */
const [begin] = hrtimeParts();

/** Reading of the clock in ms since the second in which the thread began; never 0, so 0 means "has not happened". */
export function now(): number {
  return reading(hrtimeParts());
}

/** Of what `process.hrtime()` gave. */
export const reading = (parts: readonly [number, number]): number => (parts[0] - begin) * 1000 + parts[1] / 1e6;

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

/** Sets the zero. `monotonicNs` is the same instant on the system's clock, `wallMs` on the wall's (whole ms since 1970). */
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
  return { monotonicNs, wallMs: wallClock() };
}

/** A reading as whole µs since the zero. */
export const us = (t: number): number => Math.round((t - zero) * 1000);
