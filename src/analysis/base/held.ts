/** When requests held what they had waited for: a socket of a pool, a stream of a connection. */
import type { Request } from '../../model/records';

export class Held {
  readonly #begins: Float64Array;
  readonly #ends: Float64Array;

  constructor(requests: readonly Request[]) {
    const sorted = (instants: readonly (number | undefined)[]): Float64Array =>
      Float64Array.from(instants.filter((t) => t !== undefined)).sort();
    const assigned = requests.filter(({ assignedAt }) => assignedAt !== undefined);
    this.#begins = sorted(assigned.map(({ assignedAt }) => assignedAt));
    this.#ends = sorted(assigned.map(({ endAt }) => endAt));
  }

  /** How many held one at an instant. */
  at(instant: number): number {
    return countTo(this.#begins, instant) - countTo(this.#ends, instant);
  }

  /** How many gave theirs back after `from`, up to `to`. */
  freed(from: number, to: number): number {
    return countTo(this.#ends, to) - countTo(this.#ends, from);
  }
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
