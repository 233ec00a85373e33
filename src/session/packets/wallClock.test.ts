import fc from 'fast-check';
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

/** Reads take 2 µs, and the process is stopped after some of them. `ahead`: the wall clock less the other one, ns. */
function clocks(stops: bigint[], ahead: (now: bigint) => bigint = () => 1_790_000_000n * second + 123_456n) {
  let now = 9_000_000_000n;
  let readings = 0;
  const read = (): bigint => {
    const seen = now;
    now += 2_000n + (stops[readings++] ?? 0n);
    return seen;
  };
  vi.spyOn(process.hrtime, 'bigint').mockImplementation(read);
  vi.spyOn(Date, 'now').mockImplementation(() => {
    const t = read();
    return Number((t + ahead(t)) / 1_000_000n);
  });
  return () => ahead(now);
}

test('its sample is as good as it says, wherever the process was stopped', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constant(0n), fc.bigInt(0n, 8_000_000n)), { maxLength: 60 }), (stops) => {
      const ahead = clocks(stops);
      const { monotonic, realtime, error } = takeSample();
      expect(Math.abs(Number(realtime - monotonic - ahead()))).toBeLessThanOrEqual(error);
    }),
  );
});

test('a stop between the reading of the wall clock and of the other one does not move its sample', () => {
  // The millisecond ends in it.
  const ahead = clocks([0n, 0n, 0n, 5_000_000n]);
  const { monotonic, realtime, error } = takeSample();
  expect(Math.abs(Number(realtime - monotonic - ahead()))).toBeLessThanOrEqual(error);
  expect(error).toBeLessThanOrEqual(5_000);
});

test('a wall clock that is set between two readings: the sample is of the clock as it is after that', () => {
  const ahead = clocks([], (now) => (now < 9_000_300_000n ? 5_000_000_000n : 65_000_400_000n));
  const { monotonic, realtime, error } = takeSample();
  expect(Math.abs(Number(realtime - monotonic - ahead()))).toBeLessThanOrEqual(error);
  expect(error).toBeLessThanOrEqual(5_000);
});

test('a wall clock that does not advance is not waited for', () => {
  let now = 0n;
  vi.spyOn(process.hrtime, 'bigint').mockImplementation(() => (now += 2_000n));
  vi.spyOn(Date, 'now').mockReturnValue(1_790_000_000_000);
  const { realtime, error } = takeSample();
  expect(now).toBeLessThan(25_000_000n);
  expect(Math.abs(Number(realtime - 1_790_000_000n * second))).toBeLessThanOrEqual(1_000_000);
  expect(error).toBeGreaterThan(0);
});
