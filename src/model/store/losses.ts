/** Losses: those of the same kind are merged into one, with their sum and the time that spans all of them. */
import type { Loss } from '../records';

export function withLoss(losses: Loss[], loss: Loss): Loss[] {
  const same = losses.findIndex(
    (l) => l.what === loss.what && l.kind === loss.kind && l.thread === loss.thread && l.reason === loss.reason,
  );
  const before = losses[same];
  if (!before) return [...losses, loss];
  const merged: Loss = { ...before, count: before.count + loss.count };
  const begin = min(before.beginAt, loss.beginAt);
  const end = greatest(before.endAt, loss.endAt);
  if (begin !== undefined) merged.beginAt = begin;
  if (end !== undefined) merged.endAt = end;
  return losses.with(same, merged);
}

/** Samples of a long connection that gave way to later ones: as it should be, and nothing that anybody misses. */
export const isThinned = (l: Loss): boolean => l.what === 'kernelSamples' && l.kind === 'evicted';

const min = (a?: number, b?: number) => (a === undefined ? b : b === undefined ? a : Math.min(a, b));
const greatest = (a?: number, b?: number) => (a === undefined ? b : b === undefined ? a : Math.max(a, b));
