import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { median, quantile } from './statistics';

test.each([
  [[7], 7],
  [[22, 35], 28.5],
  [[35, 22], 28.5],
  [[12, 27, 109, 709], 68],
  [[9, 1, 2], 2],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test('quantiles between two values are interpolated', () => {
  const list = [40, 10, 30, 20];
  expect([0, 0.25, 0.5, 0.95, 1].map((q) => quantile(list, q))).toEqual([10, 17.5, 25, 38.5, 40]);
  expect(list).toEqual([40, 10, 30, 20]);
});

describe('any values', () => {
  const values = fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1 });

  test('have quantiles that rise with q, from the least to the greatest', () => {
    fc.assert(
      fc.property(
        values,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (list, a, b) => {
          const low = quantile(list, Math.min(a, b)) as number;
          const high = quantile(list, Math.max(a, b)) as number;
          expect(low).toBeLessThanOrEqual(high);
          expect(low).toBeGreaterThanOrEqual(Math.min(...list));
          expect(high).toBeLessThanOrEqual(Math.max(...list));
        },
      ),
    );
  });

  test('have as many values below their median as above it', () => {
    fc.assert(
      fc.property(values, (list) => {
        const m = median(list);
        expect(list.filter((v) => v < m).length).toBeLessThanOrEqual(list.length / 2);
        expect(list.filter((v) => v > m).length).toBeLessThanOrEqual(list.length / 2);
      }),
    );
  });
});

test('an empty list has no quantile', () => {
  expect(quantile([], 0.5)).toBeUndefined();
  expect(median([])).toBeNaN();
});
