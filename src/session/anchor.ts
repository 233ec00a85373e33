/**
 * The trace's zero: one instant read on both clocks. Durations and order come from the monotonic clock alone, so a wall
 * clock that is set while the program runs moves nothing.
 */
import type { Anchor } from '../model/base/clock';

/**
 * Takes the anchor. Node's wall clock has whole milliseconds only, so this waits, at most one, for the next one to begin:
 * the two readings then belong together to a few microseconds.
 */
export function takeAnchor(): Anchor {
  const before = Date.now();
  const limit = process.hrtime.bigint() + 2_000_000n; // a stopped or stepping clock must not hold us
  let wall = before;
  let monotonic = process.hrtime.bigint();
  while (wall === before && monotonic < limit) {
    wall = Date.now();
    monotonic = process.hrtime.bigint();
  }
  return { time: new Date(wall).toISOString().replace('Z', '000Z'), monotonicNs: String(monotonic) };
}

/** Whole microseconds since the anchor, now. */
export function sinceAnchor(anchor: Anchor): number {
  return Number((process.hrtime.bigint() - BigInt(anchor.monotonicNs)) / 1000n);
}
