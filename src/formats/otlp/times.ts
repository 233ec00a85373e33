/** Instants of a trace (µs since its begin) as nanoseconds since 1970, in whole numbers from end to end. */
import { nanosecondsOf } from '../shared/time';

/** What a field of 64 bits without a sign holds; 0 means "not known" there. */
const limit = 1n << 64n;

export interface Interval {
  startNs: bigint;
  endNs: bigint;
}

export class Clock {
  readonly #begin: bigint | undefined;

  /** `beginTime`: the wall clock at instant 0, RFC 3339. */
  constructor(beginTime: string) {
    this.#begin = nanosecondsOf(beginTime);
  }

  /** Undefined: OTLP cannot say that time. */
  at(us: number | undefined): bigint | undefined {
    if (us === undefined || this.#begin === undefined || !Number.isFinite(us)) return undefined;
    const whole = Math.floor(us);
    const ns = this.#begin + BigInt(whole) * 1000n + BigInt(Math.round((us - whole) * 1000));
    return ns > 0n && ns < limit ? ns : undefined;
  }

  /** Undefined: one of the two cannot be said, or the end is before the begin. */
  between(beginAt: number | undefined, endAt: number | undefined): Interval | undefined {
    const startNs = this.at(beginAt);
    const endNs = this.at(endAt);
    return startNs === undefined || endNs === undefined || endNs < startNs ? undefined : { startNs, endNs };
  }
}
