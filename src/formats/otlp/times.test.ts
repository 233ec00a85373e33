import { expect, test } from 'vitest';
import { Clock } from './times';

const clock = new Clock('2026-01-02T03:04:05.000001Z');
const begin = 1_767_323_045_000_001_000n;

test('an instant is exact to the nanosecond, a hundred days on', () => {
  expect(clock.at(0)).toBe(begin);
  expect(clock.at(12.345)).toBe(begin + 12_345n);
  const late = 100 * 86_400e6;
  expect(clock.at(late + 0.125)).toBe(begin + BigInt(late) * 1000n + 125n);
  expect(clock.at(-1.5)).toBe(begin - 1500n);
});

test('what OTLP cannot say is not known', () => {
  expect(clock.at(undefined)).toBeUndefined();
  expect(clock.at(Number.NaN)).toBeUndefined();
  expect(clock.at(-1e300)).toBeUndefined();
  expect(clock.at(1e300)).toBeUndefined();
  expect(new Clock('1970-01-01T00:00:00Z').at(0)).toBeUndefined();
  expect(new Clock('today').at(1)).toBeUndefined();
});

test('an interval that ends before it begins is none', () => {
  expect(clock.between(2, 1)).toBeUndefined();
  expect(clock.between(1, 1)).toEqual({ startNs: begin + 1000n, endNs: begin + 1000n });
});
