/**
 * The kernel's clocks and the trace's: instants come in ns of CLOCK_MONOTONIC, or of the wall clock, and the trace counts
 * in µs since its begin.
 */
import type { MessageOf } from '../../helper/protocol';
import type { ClockSample } from '../../model/records';
import { monotonicOf, sinceBegin } from '../../model/store/header';
import type { Store } from '../../model/store/store';

type Clock = MessageOf<'clock'>['clock'];

const max = 1024;

export class Clocks {
  #samples: Clock[] = [];

  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Drops the samples from before the trace's begin. */
  begin(): void {
    this.#samples = [];
  }

  take(clock: Clock): void {
    this.#samples.push(clock);
    if (this.#samples.length > max) this.#samples = this.#samples.filter((_, i) => i % 2 === 0);
    const clockSamples = this.#samples.map(
      ({ monotonicNs, boottimeNs, realtimeNs, uncertaintyNs }): ClockSample => ({
        at: this.at(monotonicNs),
        boottimeNs,
        realtimeNs,
        ...(uncertaintyNs !== undefined ? { uncertaintyNs } : {}),
      }),
    );
    this.#store.setHeader({ clockSamples });
  }

  /** µs since the trace began. */
  readonly at = (ns: string): number => sinceBegin(this.#store.header, BigInt(ns));

  /** By the last of the kernel's clocks, as entries are reported when they happen. undefined: no clock is known yet. */
  readonly wallAt = (ns: string): number | undefined => {
    const clock = this.#samples.at(-1);
    if (!clock) return undefined;
    return this.at((BigInt(ns) - BigInt(clock.realtimeNs) + BigInt(clock.monotonicNs)).toString());
  };

  ns(at: number): string {
    return monotonicOf(this.#store.header, at).toString();
  }
}
