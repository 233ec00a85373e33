import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rows } from '../../../test/webview/testing/sample';
import type { Row } from '../types';
import { contrast, over, parseColour } from './colour';
import { rowEnd, shapesOf } from './geometry';
import { moved, niceStep, ticksOf, tickText, timeScale, wholeRange, zoomed } from './timescale';

const row = (n: number): Row => rows.find((r) => r.id.endsWith(`-${n}`)) as Row;
const now = 3_400_000;

describe('time scale', () => {
  test('maps there and back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e9 }),
        fc.integer({ min: 1, max: 1e9 }),
        fc.integer({ min: 1, max: 4000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (begin, length, width, share) => {
          const scale = timeScale({ begin, end: begin + length }, width);
          const at = begin + share * length;
          expect(scale.at(scale.x(at))).toBeCloseTo(at, 2);
          expect(scale.x(begin)).toBe(0);
          expect(scale.x(begin + length)).toBeCloseTo(width, 6);
        },
      ),
    );
  });
  test('grid lines at 1-2-5 steps, at most one in 60 pixels', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e10 }), fc.integer({ min: 60, max: 3000 }), (end, width) => {
        const scale = timeScale({ begin: 0, end }, width);
        const { step, ticks } = ticksOf(scale);
        expect(String(step)[0]).toMatch(/[125]/);
        for (let i = 1; i < ticks.length; i++)
          expect(scale.x(ticks[i] as number) - scale.x(ticks[i - 1] as number)).toBeGreaterThanOrEqual(59.99);
      }),
    );
  });
  test('a scale too short for lines 60 pixels apart has one', () => {
    for (let width = 40; width < 120; width += 5)
      expect(ticksOf(timeScale({ begin: 0, end: 3_500_000 }, width)).ticks).toHaveLength(1);
  });
  test.each([
    [500_000, 500_000, '0.5 s'],
    [2_000_000, 1_000_000, '2 s'],
    [150_000, 50_000, '150 ms'],
    [150, 50, '0.15 ms'],
    [180_000_000, 60_000_000, '3 min'],
  ])('label of %i at step %i', (at, step, text) => expect(tickText(at, step)).toBe(text));
  test('nice steps', () => expect([1, 2, 3, 6, 49, 51, 1000].map(niceStep)).toEqual([1, 2, 5, 10, 50, 100, 1000]));
  test('zoom keeps the instant under the pointer, stays inside, and ends at the whole', () => {
    const whole = timeScale({ begin: 0, end: 1000_000 }, 1000);
    expect(zoomed({ begin: 0, end: 1000_000 }, 0.5, 250_000, whole)).toEqual({ begin: 125_000, end: 625_000 });
    expect(zoomed({ begin: 0, end: 600_000 }, 2, 0, whole)).toBeUndefined();
    expect(moved({ begin: 100_000, end: 200_000 }, -500, whole)).toEqual({ begin: 0, end: 100_000 });
  });
  test('the whole axis grows in steps', () => {
    const a = wholeRange(0, 1_000_000);
    expect(wholeRange(0, 1_001_000)).toEqual(a);
    expect(a.end).toBeGreaterThanOrEqual(1_030_000);
  });
});

describe('geometry', () => {
  const scale = timeScale({ begin: 0, end: 3_500_000 }, 700);
  test('every phase has at least two pixels, in order, inside the cell', () => {
    for (const r of rows) {
      const phases = shapesOf(r, scale, now).filter((s) => s.kind === 'phase' || s.kind === 'fade');
      expect(phases.map((s) => s.phase)).toEqual(r.phases.map((p) => p.name));
      for (const s of phases) expect(s.width).toBeGreaterThan(1.999);
    }
  });
  test('the width of each phase is its duration on the scale', () => {
    // 50 µs a pixel: all but the shortest phases are wider than the least.
    const wide = timeScale({ begin: 0, end: 3_500_000 }, 70_000);
    let compared = 0;
    for (const r of rows) {
      const shapes = shapesOf(r, wide, now).filter((s) => s.kind === 'phase');
      const ended = r.phases.filter((p) => p.running !== true);
      expect(shapes).toHaveLength(ended.length);
      for (const [i, { beginAt, duration, paused = 0 }] of ended.entries()) {
        expect(shapes[i]?.x).toBeCloseTo(beginAt / 50, 3);
        // The time in which the program was stopped is on the axis, and not in the duration.
        if (duration + paused < 100) continue;
        expect(shapes[i]?.width).toBeCloseTo((duration + paused) / 50, 3);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(50);
  });
  test('the bar of a running request fades and ends at now', () => {
    const s = shapesOf(row(25), scale, now).at(-1);
    expect(s).toMatchObject({ kind: 'fade', phase: 'wait' });
    expect((s?.x ?? 0) + (s?.width ?? 0)).toBeCloseTo(680, 3);
  });
  test('a failed request ends in a cross at the end of the failed phase', () => {
    const r = row(11);
    expect(shapesOf(r, scale, now).at(-1)).toMatchObject({ kind: 'cross', x: scale.x(rowEnd(r, now)) });
  });
  test('whose sign is whole where the drawing ends with it', () => {
    const r = row(11);
    const end = rowEnd(r, now);
    const narrow = { ...scale, width: scale.x(end) + 2 };
    const sign = shapesOf(r, narrow, now).at(-1);
    expect(sign?.kind).toBe('cross');
    expect((sign?.x ?? 0) + 12).toBeLessThanOrEqual(narrow.width);
  });
  test('an unread body is a frame until now, an aborted one a quiet cross', () => {
    expect(shapesOf(row(21), scale, now).at(-1)).toMatchObject({ kind: 'unread' });
    expect(shapesOf(row(24), scale, now).at(-1)).toMatchObject({ kind: 'abort' });
  });
  test('paused time is drawn', () => expect(rowEnd(row(15), now)).toBe(2_027_000));
  test('a reused connection has no setup', () =>
    expect(shapesOf(row(2), scale, now).map((s) => s.phase)).toEqual(['send', 'wait', 'download']));
  test('outside of the range nothing is drawn', () => {
    expect(shapesOf(row(1), timeScale({ begin: 2_000_000, end: 3_000_000 }, 500), now)).toEqual([]);
  });
  test('a row without its begin is still drawn', () => {
    const { createdAt: _, total: __, ...rest } = row(2);
    expect(shapesOf(rest as Row, scale, now).length).toBe(3);
  });
});

describe('colours', () => {
  test('contrast of black on white is 21, and opacity is laid over its ground', () => {
    const white = parseColour('rgb(255, 255, 255)');
    const half = parseColour('rgba(0, 0, 0, 0.5)');
    if (!white || !half) throw new Error('not parsed');
    expect(contrast(white, over({ ...half, a: 1 }, white))).toBeCloseTo(21, 5);
    expect(over(half, white).r).toBeCloseTo(127.5, 5);
    expect(parseColour('color(srgb 1 0 0 / 0.5)')).toEqual({ r: 255, g: 0, b: 0, a: 0.5 });
    expect(parseColour('none')).toBeUndefined();
  });
});
