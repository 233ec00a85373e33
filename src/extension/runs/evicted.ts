/** Requests of a running session that its store lets go: they leave the list, and are in a saved trace all the same. */
import type { Spill } from '../../formats';
import { messageOf } from '../../model/base/text';
import type { Loss } from '../../model/records';
import type { EvictedList, EvictionSink } from '../../model/store/evictionSink';
import type { Recorder } from './recorder';

/** Most bytes on the disk for one run: a program may be debugged for days. About a million requests. */
const largest = 2 ** 30;

/** Of `src/formats`, which is loaded with the first run. */
export interface Keeping {
  /** Called with the first record that goes: most runs have few. Throws errors of the file system. */
  makeSpill(largest: number): Spill;
  remaining(loss: Loss, kept: (list: EvictedList) => number): Loss[];
}

export class Evicted implements EvictionSink {
  readonly #keeping: Keeping;
  #spill: Spill | undefined;
  #error: string | undefined;

  constructor(keeping: Keeping) {
    this.#keeping = keeping;
  }

  /** What was let go so far; undefined: nothing. */
  get spill(): Spill | undefined {
    return this.#spill;
  }

  /** Why not all of it is kept; undefined: it is. */
  get error(): string | undefined {
    return this.#error ?? this.#spill?.error;
  }

  /** Requests that are no longer in memory, and in the file. */
  get requests(): number {
    return this.#spill?.held('requests') ?? 0;
  }

  /** What is lost of that: neither in memory nor in the file. */
  lost(losses: readonly Loss[]): Loss[] {
    return losses.flatMap((one) => this.#keeping.remaining(one, (list) => this.#spill?.held(list) ?? 0));
  }

  keep(list: EvictedList, record: object, isCounted: boolean): void {
    if (this.#error !== undefined) return;
    try {
      this.#spill ??= this.#keeping.makeSpill(largest);
    } catch (e) {
      this.#error = messageOf(e);
      return;
    }
    this.#spill.keep(list, record, isCounted);
  }

  clear(): void {
    this.#spill?.clear();
  }

  close(): void {
    this.#error ??= 'the run is no longer there';
    this.#spill?.close();
    this.#spill = undefined;
  }
}

/** The recorder, what its store lets go kept in a file of the session's own folder, and gone with it. */
export function keepingEvicted<R extends Recorder>(recorder: R, keeping: Keeping): R & { evicted: Evicted } {
  const evicted = new Evicted(keeping);
  recorder.store.evictions = evicted;
  const dispose = recorder.dispose.bind(recorder);
  return Object.assign(recorder, {
    evicted,
    // An open file keeps Windows from deleting the folder.
    dispose: () => {
      evicted.close();
      return dispose();
    },
  });
}
