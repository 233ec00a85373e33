/**
 * The panel's axis: one line of time for all runs it shows. Runs at the same time keep their real distance; a run that
 * begins when all others have ended follows them at once, so that an hour of thinking between two runs takes no room.
 * Offsets and ends are µs from the axis's zero.
 */

/** Room between a run and the one after it, µs. */
export const gapBetweenRuns = 100_000;

export interface Placed {
  /** CLOCK_MONOTONIC at the run's zero, ns. */
  beginNs: bigint;
  offset: number;
  /** On the axis; absent while it runs. */
  endAt?: number;
}

/** Offset on the axis of a run that begins at `beginNs`, after those before it. */
export function offsetOfNext(beginNs: bigint, before: readonly Placed[]): number {
  const running = before.findLast((r) => r.endAt === undefined);
  if (running) return running.offset + Number(beginNs - running.beginNs) / 1000;
  const end = before.reduce((latest, r) => Math.max(latest, r.endAt ?? 0), -gapBetweenRuns);
  return end + gapBetweenRuns;
}
