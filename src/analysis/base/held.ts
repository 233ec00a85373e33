/** How many requests held what they had waited for, at an instant: a socket of a pool, a stream of a connection. */
import type { Request } from '../../model/records';

export function heldAt(requests: readonly Request[]): (at: number) => number {
  const sorted = (instants: readonly (number | undefined)[]): Float64Array =>
    Float64Array.from(instants.filter((t) => t !== undefined)).sort();
  const assigned = requests.filter(({ assignedAt }) => assignedAt !== undefined);
  const begins = sorted(assigned.map(({ assignedAt }) => assignedAt));
  const ends = sorted(assigned.map(({ endAt }) => endAt));
  return (at) => countTo(begins, at) - countTo(ends, at);
}

/** How many of the sorted values are not above. */
function countTo(sorted: Float64Array, value: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] as number) <= value) from = middle + 1;
    else to = middle;
  }
  return from;
}
