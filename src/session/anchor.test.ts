import { afterEach, expect, test, vi } from 'vitest';
import { sinceAnchor, takeAnchor } from './anchor';

afterEach(() => vi.restoreAllMocks());

/** Two clocks of one time, ns; each reading takes `stepNs`. The wall clock has whole milliseconds. */
function clocks(stepNs: bigint, wallOf = (now: bigint) => now) {
  let now = 7_000_400_000n;
  vi.spyOn(process.hrtime, 'bigint').mockImplementation(() => {
    now += stepNs;
    return now;
  });
  vi.spyOn(Date, 'now').mockImplementation(() => {
    now += stepNs;
    return Number(wallOf(now) / 1_000_000n);
  });
  return { now: () => now };
}
const wallNs = (time: string): bigint => BigInt(Date.parse(time)) * 1_000_000n;

test('both clocks are read at one instant: as near as two readings are', () => {
  const ahead = 1_700_000_000_000_000_000n;
  const step = 3_000n;
  clocks(step, (now) => now + ahead);
  for (let i = 0; i < 10; i++) {
    const anchor = takeAnchor();
    expect(anchor.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000Z$/);
    const late = BigInt(anchor.monotonicNs) + ahead - wallNs(anchor.time);
    expect([late >= 0n, late <= 3n * step]).toEqual([true, true]);
    expect(sinceAnchor(anchor)).toBe(Number(step / 1000n));
  }
});

test('reading the anchor does not block when the wall clock does not advance', () => {
  const { now } = clocks(1_000n, () => 5_000_000n);
  const begin = now();
  expect(takeAnchor().time).toBe('1970-01-01T00:00:00.005000Z');
  expect(now() - begin).toBeLessThan(2_100_000n);
});

test('the clocks of this machine', () => {
  const before = Date.now();
  const anchor = takeAnchor();
  const after = Date.now();
  const taken = Date.parse(anchor.time);
  expect([before <= taken, taken <= after]).toEqual([true, true]);
  expect(sinceAnchor(anchor)).toBeGreaterThanOrEqual(0);
});
