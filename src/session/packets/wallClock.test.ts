import { afterEach, expect, test, vi } from 'vitest';
import { type ClockSample, takeSample, WallClock } from './wallClock';

const second = 1_000_000_000n;
afterEach(() => vi.restoreAllMocks());

/** A wall clock that begins at 1000 s, gains 100 ppm, and is set by `step` at 25 s. */
function clock(step: bigint) {
  let now = 0n;
  const wall = (t: bigint) => 1000n * second + t + t / 10_000n + (t >= 25n * second ? step : 0n);
  const take = (): ClockSample => ({ monotonic: now, realtime: wall(now), error: 1 });
  const clock = new WallClock(take);
  const go = (seconds: bigint) => {
    now = seconds * second;
    clock.sample();
  };
  return { clock, wall, go };
}

test('leads a slewed clock back to the monotonic one', () => {
  const { clock: c, wall, go } = clock(0n);
  for (const s of [10n, 20n, 30n]) go(s);
  expect(c.section).toBe(0);
  for (const t of [0n, 3n, 15n, 29n]) {
    expect(Math.abs(Number(c.monotonic(wall(t * second), 0) - t * second))).toBeLessThan(10);
  }
  // Before the first and after the last sample by the clock's own speed.
  expect(Math.abs(Number(c.monotonic(wall(31n * second), 0) - 31n * second))).toBeLessThan(200_000);
});

test.each([3600n * second, -3600n * second])('begins a new section where the clock was set by %s', (step) => {
  const { clock: c, wall, go } = clock(step);
  for (const s of [10n, 20n]) go(s);
  c.check(26n * second, Number(wall(26n * second) / 1_000_000n));
  expect(c.section).toBe(0); // taken at 20 s by this clock: no step yet
  for (const s of [30n, 40n]) go(s);
  expect(c.section).toBe(1);
  expect(Math.abs(Number(c.monotonic(wall(35n * second), 1) - 35n * second))).toBeLessThan(10);
  expect(Math.abs(Number(c.monotonic(wall(15n * second), 0) - 15n * second))).toBeLessThan(10);
});

test('reads both clocks together as near as two readings are; again when it was stopped between them', () => {
  let now = 9_000_700_000n;
  let readings = 0;
  const read = (): bigint => {
    // Each reading takes 2 µs; over the end of the first two milliseconds the process is stopped for 5 ms.
    const stopped = readings < 2 && (now + 2_000n) / 1_000_000n > now / 1_000_000n;
    now += stopped ? 5_000_000n : 2_000n;
    if (stopped) readings++;
    return now;
  };
  vi.spyOn(process.hrtime, 'bigint').mockImplementation(read);
  vi.spyOn(Date, 'now').mockImplementation(() => Number(read() / 1_000_000n));
  const { monotonic, realtime, error } = takeSample();
  expect(readings).toBe(2);
  expect(error).toBe(2_000);
  expect(Math.abs(Number(monotonic - realtime))).toBeLessThanOrEqual(2 * error);
});
