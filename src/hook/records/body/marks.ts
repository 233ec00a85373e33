/**
 * Marks of the chunks of a stream: when each arrived, and its size. Of more than 64, the first 8 are kept, to show how
 * it began, and the last 56, to show its current state; the count, the sum and the longest gap cover all of them.
 */
import { us } from '../../runtime/clock';

const max = 64;
const first = 8;
const ring = max - first;

/** Index of the mark of chunk `n` (from 0). */
const placeOf = (n: number): number => (n < max ? n : first + ((n - first) % ring));

/** Notes piece `n`, the pieces before it having been noted: instant and size in turn. */
export function keepMark(marks: number[], n: number, t: number, bytes: number): void {
  const at = placeOf(n) * 2;
  marks[at] = t;
  marks[at + 1] = bytes;
}

/** `[instant, bytes]` in the order they came. */
function inOrder(marks: readonly number[], count: number): [number, number][] {
  const list: [number, number][] = [];
  for (let n = count <= max ? 0 : count - ring; n < count; n++) {
    const at = placeOf(n) * 2;
    list.push([us(marks[at] as number), marks[at + 1] as number]);
  }
  if (count <= max) return list;
  const begin: [number, number][] = [];
  for (let n = 0; n < first; n++) begin.push([us(marks[n * 2] as number), marks[n * 2 + 1] as number]);
  return [...begin, ...list];
}

export interface Pieces {
  count: number;
  bytes: number;
  marks: [number, number][];
  droppedMarks?: number;
  longestGap?: { beginAt: number; endAt: number };
}

/** As written in a line. */
export function pieces(count: number, bytes: number, marks: readonly number[], gap: [number, number]): Pieces {
  const [begin, end] = gap;
  return {
    count,
    bytes,
    marks: inOrder(marks, count),
    ...(count > max ? { droppedMarks: count - max } : {}),
    ...(end === 0 ? {} : { longestGap: { beginAt: us(begin), endAt: us(end) } }),
  };
}

/** One direction of a stream that is counted apart from any request. */
export class Stream {
  count = 0;
  private bytes = 0;
  private readonly marks: number[] = [];
  private last = 0;
  private gap: [number, number] = [0, 0];

  add(t: number, bytes: number): void {
    if (this.count > 0 && t - this.last > this.gap[1] - this.gap[0]) this.gap = [this.last, t];
    keepMark(this.marks, this.count++, t, bytes);
    this.bytes += bytes;
    this.last = t;
  }

  pieces(): Pieces {
    return pieces(this.count, this.bytes, this.marks, this.gap);
  }
}
