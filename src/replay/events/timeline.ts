/**
 * The events of a trace with the indices that stepping needs: made once, so that no step looks through all of them,
 * however many there are. A position is the index of an event; that event has just happened.
 */
import type { Trace } from '../../model/records';
import { isOfRequest, type TimelineEvent } from './event';
import { eventsOf } from './events';

/** How far a step goes: to the next event of the thread, or to the next one of a request itself. */
export type Reach = 'any' | 'request';

const none: readonly number[] = [];

export class Timeline {
  readonly events: readonly TimelineEvent[];
  /** Threads in order of their first event; events without a thread are last. */
  readonly threads: readonly string[];
  readonly #ofThread = new Map<string, number[]>();
  readonly #ofThreadAndRequest = new Map<string, number[]>();
  readonly #ofRequest = new Map<string, number[]>();

  constructor(trace: Trace) {
    this.events = eventsOf(trace);
    this.events.forEach((e, i) => {
      push(this.#ofThread, e.thread, i);
      if (isOfRequest(e)) push(this.#ofThreadAndRequest, e.thread, i);
      if (e.request !== undefined) push(this.#ofRequest, e.request, i);
    });
    this.threads = [...this.#ofThread.keys()].sort((a, b) => Number(a === '') - Number(b === ''));
  }

  get last(): number {
    return this.events.length - 1;
  }

  event(position: number): TimelineEvent {
    const found = this.events[position];
    if (!found) throw new RangeError(`a trace of ${this.events.length} events has no event ${position}`);
    return found;
  }

  /** What is known at a position: everything up to this instant (µs); at the last event all that was recorded. */
  knownAt(position: number): number {
    return position >= this.last ? Number.POSITIVE_INFINITY : this.event(position).at;
  }

  /** Position of the last event that had happened at an instant; before the first one, that one. */
  positionAt(at: number): number {
    return Math.max(0, countUpTo(this.events, at, (e) => e.at) - 1);
  }

  /** The thread’s next event after a position; undefined: it has none. */
  next(position: number, thread: string, reach: Reach): number | undefined {
    const list = this.#listOf(thread, reach);
    return list[countUpTo(list, position, same)];
  }

  /** The thread’s event before a position. */
  previous(position: number, thread: string, reach: Reach): number | undefined {
    const list = this.#listOf(thread, reach);
    return list[countUpTo(list, position - 1, same) - 1];
  }

  /** The thread’s last event up to a position: what it is at. Absent: it has not begun. */
  present(position: number, thread: string): number | undefined {
    const list = this.#listOf(thread, 'any');
    return list[countUpTo(list, position, same) - 1];
  }

  /** Positions of the events of a request, in order. */
  ofRequest(request: string): readonly number[] {
    return this.#ofRequest.get(request) ?? none;
  }

  #listOf(thread: string, reach: Reach): readonly number[] {
    return (reach === 'any' ? this.#ofThread : this.#ofThreadAndRequest).get(thread) ?? none;
  }
}

const same = (n: number): number => n;

/** How many entries of an ascending list are at most `limit`. */
export function countUpTo<T>(list: readonly T[], limit: number, numberOf: (entry: T) => number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numberOf(list[middle] as T) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function push(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
