/**
 * Leads the wall clock, by which packets are stamped, back to CLOCK_MONOTONIC, the trace's. Samples of both are taken now
 * and then; between two of them the time is interpolated, so that a wall clock that is being slewed does no harm. One
 * that is set begins a new section: a packet belongs to the section that was the last when it was handed over.
 */

export interface ClockSample {
  monotonic: bigint;
  realtime: bigint;
  /** Half the time between the readings before and after it, ns. */
  error: number;
}

/** Adjusting the clock moves it by less than this part. */
const maxSlew = 0.000_6;
const tolerance = 2_000_000;
/** A reading of both clocks that took longer than this is tried again. */
const goodError = 20_000;
const spinNs = 2_500_000n;

export class WallClock {
  readonly #sections: ClockSample[][] = [];

  readonly #take: () => ClockSample;

  constructor(take: () => ClockSample = takeSample) {
    this.#take = take;

    this.sample();
  }

  /** Number of the section that is the last now. */
  get section(): number {
    return this.#sections.length - 1;
  }

  /** The largest error of the samples, ns. */
  get error(): number {
    return Math.max(...this.#sections.flat().map((s) => s.error));
  }

  sample(): void {
    const now = this.#take();
    const last = this.#sections.at(-1);
    const before = last?.at(-1);
    if (last && before && !isStep(before, now)) last.push(now);
    else this.#sections.push([now]);
  }

  /** Looks whether the wall clock was set, at the price of two readings; takes a sample if so. */
  check(monotonic = process.hrtime.bigint(), wallMs = Date.now()): void {
    const before = this.#sections.at(-1)?.at(-1);
    // The wall clock is read in whole milliseconds.
    const now = { monotonic, realtime: BigInt(wallMs) * 1_000_000n + 500_000n, error: 500_000 };
    if (!before || isStep(before, now)) this.sample();
  }

  /** The section of a packet that was handed over at `arrived`: the last in which it did not come before its time. */
  sectionOf(realtime: bigint, arrived: bigint): number {
    for (let i = this.#sections.length - 1; i > 0; i--) {
      const age = arrived - this.monotonic(realtime, i);
      if (age > -5_000_000n && age < 60_000_000_000n) return i;
    }
    return this.#sections.length === 1 ? 0 : this.section;
  }

  /** ns of CLOCK_MONOTONIC at an instant of the wall clock. */
  monotonic(realtime: bigint, section: number): bigint {
    const samples = this.#sections[section] ?? this.#sections.at(-1) ?? [];
    let at = samples.length - 1;
    while (at > 0 && (samples[at] as ClockSample).realtime > realtime) at--;
    const from = samples[at] as ClockSample;
    const to = samples[at + 1];
    const since = realtime - from.realtime;
    if (!to || to.realtime === from.realtime) return from.monotonic + since;
    const part = Number(since) / Number(to.realtime - from.realtime);
    const drift = Number(to.monotonic - from.monotonic - (to.realtime - from.realtime));
    return from.monotonic + since + BigInt(Math.round(drift * part));
  }

  /** The wall clock, ns, at an instant of a moment ago. */
  realtime(monotonic: bigint): bigint {
    const last = this.#sections.at(-1)?.at(-1) as ClockSample;
    return last.realtime + (monotonic - last.monotonic);
  }
}

function isStep(before: ClockSample, now: ClockSample): boolean {
  const passed = Number(now.monotonic - before.monotonic);
  const moved = Number(now.realtime - before.realtime) - passed;
  return Math.abs(moved) > passed * maxSlew + tolerance;
}

/** Node's wall clock has whole milliseconds: the reading is right at the moment when the next one begins. */
export function takeSample(): ClockSample {
  let best: ClockSample | undefined;
  for (let tries = 0; tries < 3 && (best === undefined || best.error > goodError); tries++) {
    const next = atTick();
    if (best === undefined || next.error < best.error) best = next;
  }
  return best as ClockSample;
}

function atTick(): ClockSample {
  const begin = process.hrtime.bigint();
  let before = begin;
  const first = Date.now();
  for (;;) {
    const wall = Date.now();
    const after = process.hrtime.bigint();
    const spread = after - before;
    if (wall !== first || after - begin > spinNs) {
      // A clock that does not advance is as accurate as its last reading.
      const error = wall === first ? 1_000_000 : Number(spread / 2n);
      return { monotonic: before + spread / 2n, realtime: BigInt(wall) * 1_000_000n, error };
    }
    before = after;
  }
}
