// The trace's zero: one instant read on both clocks. Durations and order come from the monotonic clock alone, so a wall
// clock that is set while the program runs moves nothing.

export interface Anchor {
  /** RFC 3339 with microseconds, UTC. */
  beginTime: string;
  /** CLOCK_MONOTONIC at that instant, decimal nanoseconds. */
  beginMonotonicNs: string;
}

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
  return { beginTime: new Date(wall).toISOString().replace('Z', '000Z'), beginMonotonicNs: String(monotonic) };
}

/** Microseconds since the anchor, now. */
export function sinceAnchor(anchor: Anchor): number {
  return Number((process.hrtime.bigint() - BigInt(anchor.beginMonotonicNs)) / 1000n);
}
