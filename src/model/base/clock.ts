/**
 * One clock: CLOCK_MONOTONIC in ns (`process.hrtime.bigint()`), stored as µs since the trace began. The wall clock is
 * read once, at instant 0; a step of it later harms nothing.
 */

/** What ties instant 0 to both clocks. */
export interface Anchor {
  /** CLOCK_MONOTONIC at instant 0, ns, as decimal text. */
  monotonicNs: string;
  /** Wall clock at instant 0, RFC 3339 with µs. */
  time: string;
}

/** µs from the trace's begin to `monotonicNs`: what is added to the instants of a file with that zero. */
export function offsetOf(monotonicNs: string, begin: string): number {
  const ns = BigInt(monotonicNs) - BigInt(begin);
  // Rounded to the nearest µs, half away from zero, so that the sign makes no difference.
  const half = ns < 0n ? -500n : 500n;
  return Number((ns + half) / 1000n);
}

/** Wall-clock ms (with fraction) as RFC 3339 with µs. */
export function timeTextOf(wallMs: number): string {
  const ms = Math.floor(wallMs);
  const us = Math.floor((wallMs - ms) * 1000);
  return new Date(ms).toISOString().replace('Z', `${String(us).padStart(3, '0')}Z`);
}
