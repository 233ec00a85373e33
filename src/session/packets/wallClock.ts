/**
 * Leads the wall clock, by which packets are stamped, back to CLOCK_MONOTONIC, the trace's. Samples of both are taken now
 * and then; between two of them the time is interpolated, so that a wall clock that is being slewed does no harm. One
 * that is set begins a new section: a packet belongs to the section that was the last when it was handed over.
 */

export interface ClockSample {
  monotonic: bigint;
  realtime: bigint;
  /** By how much `realtime` may be wrong, ns. */
  error: number;
}

/** Adjusting the clock moves it by less than this part. */
const maxSlew = 0.000_6;
const tolerance = 2_000_000;
/** The clocks are read until they are known as well as this, ns, or for so long. */
const goodError = 5_000;
const spinNs = 20_000_000n;
const millisecond = 1_000_000n;
const unlimited = 1n << 80n;

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

/**
 * Node's wall clock has whole milliseconds: a reading says that the clock was between that and the next one at some instant
 * between the readings of the other clock before and after it. Readings over the end of a millisecond leave little room,
 * also where the process was stopped between two of them.
 */
export function takeSample(): ClockSample {
  const begin = process.hrtime.bigint();
  let after = begin;
  // Of the wall clock less the other one.
  let min = -unlimited;
  let max = unlimited;
  let best: ClockSample;
  do {
    const before = after;
    const wall = BigInt(Date.now()) * millisecond;
    after = process.hrtime.bigint();
    const [from, to] = [wall - after, wall + millisecond - before];
    // A clock that was set meanwhile, or does not advance: what was read before says nothing of it.
    const isOther = from > max || to < min;
    min = isOther || from > min ? from : min;
    max = isOther || to < max ? to : max;
    best = { monotonic: after, realtime: after + (min + max) / 2n, error: Number(max - min) / 2 };
  } while (best.error > goodError && after - begin < spinNs);
  return best;
}
