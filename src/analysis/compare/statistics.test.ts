import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holm, mannWhitney, shiftOf } from './statistics';

describe('Mann-Whitney', () => {
  test('the smallest p-value of five against five is 2 of 252 orders', () => {
    expect(mannWhitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toEqual({ p: 2 / 252, probability: 1 });
  });

  // Values of the textbook tables and of R's wilcox.test.
  test.each([
    { a: [1, 2, 3], b: [4, 5, 6], p: 0.1 },
    { a: [1, 3, 5, 7], b: [2, 4, 6, 8], p: 0.6857142857142857 },
    {
      a: [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46],
      b: [1.15, 0.88, 0.9, 0.74, 1.21],
      p: 0.2544122544,
    },
  ])('p = $p', ({ a, b, p }) => {
    expect(mannWhitney(a, b).p).toBeCloseTo(p, 9);
  });

  test('many values: by the normal distribution, ties corrected', () => {
    const a = Array.from({ length: 60 }, (_, i) => i % 10);
    expect(mannWhitney(a, a).p).toBeCloseTo(1, 6);
    expect(
      mannWhitney(
        a,
        a.map((v) => v + 3),
      ).p,
    ).toBeLessThan(0.0001);
  });

  test('four against four: the share of all 70 ways to part them that are as far apart', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { minLength: 8, maxLength: 8 }), (all) => {
        const u = (b: readonly number[]): number =>
          b.reduce((sum, y) => sum + all.filter((x) => !b.includes(x) && x < y).length, 0);
        const ways = Array.from({ length: 256 }, (_, bits) => all.filter((_, i) => (bits >> i) & 1)).filter(
          (b) => b.length === 4,
        );
        const distance = (b: readonly number[]): number => Math.abs(u(b) - 8);
        const b = all.slice(4);
        const asFar = ways.filter((way) => distance(way) >= distance(b)).length;
        expect(mannWhitney(all.slice(0, 4), b).p).toBeCloseTo(Math.min(1, asFar / ways.length), 9);
      }),
    );
  });

  test('does not depend on the order, and turns round with the sides', () => {
    const values = fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const there = mannWhitney(a, b);
        const back = mannWhitney([...b].reverse(), a);
        expect(there.p).toBeCloseTo(back.p, 9);
        expect(there.probability).toBeCloseTo(1 - back.probability, 9);
        expect(there.p).toBeGreaterThanOrEqual(0);
        expect(there.p).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('the shift', () => {
  test('is what was added; its interval holds it', () => {
    const values = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 5, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.integer({ min: -500, max: 500 }), (a, by) => {
        const { shift, interval } = shiftOf(
          a,
          a.map((v) => v + by),
          0.01,
        );
        expect(shift).toBeCloseTo(by, 6);
        expect(interval[0]).toBeLessThanOrEqual(by);
        expect(interval[1]).toBeGreaterThanOrEqual(by);
      }),
    );
  });

  test('of 10,000 values is found in pairs of some hundred', () => {
    const a = Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 10_000);
    const { shift } = shiftOf(
      a,
      a.map((v) => v + 250),
      0.01,
    );
    expect(shift).toBeGreaterThan(200);
    expect(shift).toBeLessThan(300);
  });
});

test('Holm: each p-value against what is left of the level', () => {
  expect(holm([0.01, 0.04, 0.03, 0.005], 0.05)).toEqual([true, false, false, true]);
  expect(holm([], 0.05)).toEqual([]);
});
