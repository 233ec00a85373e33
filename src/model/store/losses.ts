/** Losses: those of the same kind are merged into one, with their sum and the time that spans all of them. */
import type { Loss } from '../records';
import { type EvictedList, evictedLists } from './evictionSink';

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

/** What is lost of what a store let go: neither in memory nor kept; `kept`: how many of a list are. */
export function unkept(losses: readonly Loss[], kept: (list: EvictedList) => number): Loss[] {
  return losses.flatMap((loss) => {
    if (loss.source !== 'session' || loss.kind !== 'evicted') return [loss];
    const list = loss.reason === 'incoming' ? 'incoming' : evictedLists.find((name) => name === loss.what);
    const count = loss.count - (list === undefined ? 0 : kept(list));
    return count > 0 ? [{ ...loss, count }] : [];
  });
}

const min = (a?: number, b?: number) => (a === undefined ? b : b === undefined ? a : Math.min(a, b));
const greatest = (a?: number, b?: number) => (a === undefined ? b : b === undefined ? a : Math.max(a, b));
