import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ended, rows, run } from '../../../test/webview/testing/sample';
import type { Row, Run } from '../types';
import { axisWithin, foldable, gapsOf, timelineOf, wholeAxisOf } from './folds';
import { foldWidth, moved, ticksOf, tickText, timeScale, zoomed } from './timescale';

const second = 1_000_000;
/** A finished request of `duration` µs. */
const request = (begin: number, duration: number, of = 1): Row => {
  const { marks: _, ...plain } = rows[1] as Row;
  return {
    ...plain,
    ...{ id: `r${of}/${begin}`, run: of, state: 'done', createdAt: begin, endAt: begin + duration, total: duration },
    phases: [{ name: 'wait', beginAt: begin, duration }],
  };
};
const runOf = (number: number, offset: number, endAt?: number): Run => {
  const { endAt: _, ...rest } = run;
  return { ...rest, number, offset, state: endAt === undefined ? 'running' : 'ended', ...(endAt ? { endAt } : {}) };
};

/** Axes with folds: stretches at work and idle in turn. */
const axes = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 5 * second }), fc.integer({ min: foldable + 1, max: 1e9 })), {
    minLength: 1,
    maxLength: 30,
  })
  .map((parts) => {
    let at = 0;
    const folds = parts.map(([work, idle]) => {
      const begin = at + work;
      at = begin + idle;
      return { begin, end: at };
    });
    return { begin: 0, end: at + second, folds };
  });
const widths = fc.integer({ min: 60, max: 3000 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('a scale with folds', () => {
  test('rises everywhere, and leads back to the instant', () => {
    fc.assert(
      fc.property(axes, widths, share, share, (axis, width, a, b) => {
        const scale = timeScale(axis, width);
        const [early, late] = [Math.min(a, b) * axis.end, Math.max(a, b) * axis.end];
        expect(scale.x(late)).toBeGreaterThanOrEqual(scale.x(early));
        const folded = axis.folds.some((f) => early > f.begin && early < f.end);
        // Inside of a fold a pixel is many seconds.
        expect(Math.abs(scale.at(scale.x(early)) - early)).toBeLessThan(folded ? 100 : 1);
        expect(scale.x(0)).toBe(0);
        expect(scale.x(axis.end)).toBeCloseTo(width, 6);
        for (const beyond of [-second, axis.end + second])
          expect(Math.abs(scale.at(scale.x(beyond)) - beyond)).toBeLessThan(1);
      }),
    );
  });
  test('is true outside of the folds: one µs has the same width everywhere', () => {
    let folds = 0;
    fc.assert(
      fc.property(axes, widths, (axis, width) => {
        const scale = timeScale(axis, width);
        folds += scale.folds.length;
        let begin = 0;
        for (const f of scale.folds) {
          expect((scale.x(f.begin) - scale.x(begin)) * scale.perPixel).toBeCloseTo(f.begin - begin, 1);
          expect(f.width).toBeLessThanOrEqual(foldWidth);
          expect(scale.x(f.end) - scale.x(f.begin)).toBeCloseTo(f.width, 6);
          begin = f.end;
        }
        expect(scale.folds.reduce((sum, f) => sum + f.width, 0)).toBeLessThanOrEqual(width / 3 + 0.001);
      }),
    );
    expect(folds).toBeGreaterThan(0);
  });
  test('grid lines are outside of the folds, at multiples of the step, 60 px apart', () => {
    let many = 0;
    fc.assert(
      fc.property(axes, widths, fc.integer({ min: 0, max: second }), (axis, width, zero) => {
        const scale = timeScale({ ...axis, zero }, width);
        const { step, ticks } = ticksOf(scale);
        if (ticks.length > 1) many++;
        ticks.forEach((at, i) => {
          expect((at - zero) % step).toBe(0);
          expect(axis.folds.every((f) => at <= f.begin || at >= f.end)).toBe(true);
          if (i > 0) expect(scale.x(at) - scale.x(ticks[i - 1] as number)).toBeGreaterThanOrEqual(59.98);
        });
      }),
    );
    expect(many).toBeGreaterThan(0);
  });
  test('zooming and moving go by what is seen, and stay inside', () => {
    fc.assert(
      fc.property(axes, share, share, (axis, place, length) => {
        const whole = timeScale(axis, 1000);
        const range = { begin: whole.at(place * 500), end: whole.at(place * 500 + 10 + length * 300) };
        const width = whole.x(range.end) - whole.x(range.begin);
        const by = moved(range, 100, whole);
        expect(whole.x(by.end) - whole.x(by.begin)).toBeCloseTo(width, 3);
        const closer = zoomed(range, 0.5, (range.begin + range.end) / 2, whole);
        expect(closer?.begin).toBeGreaterThanOrEqual(range.begin - 1);
        expect(closer?.end).toBeLessThanOrEqual(range.end + 101);
        const out = zoomed(range, 1000, range.begin, whole);
        expect(out).toBeUndefined();
      }),
    );
  });
  test.each([
    [600_123_000, 20, '600.12300 s'],
    [600_123_000, 1000, '600.123 s'],
    [600_120_000, 20_000, '600.12 s'],
    [20_000, 20_000, '20 ms'],
  ])('label of %i at step %i', (at, step, text) => expect(tickText(at, step)).toBe(text));
});

describe('the timeline', () => {
  test('gaps are what no span covers, however they overlap', () => {
    const spans = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 60 * second }), fc.integer({ min: 0, max: 9 * second })),
      { minLength: 1, maxLength: 20 },
    );
    let some = 0;
    fc.assert(
      fc.property(spans, (list) => {
        const sorted = list
          .map(([begin, length]) => ({ begin, end: begin + length }))
          .sort((a, b) => a.begin - b.begin);
        const gaps = gapsOf(sorted);
        some += gaps.length;
        for (const gap of gaps) {
          expect(gap.end - gap.begin).toBeGreaterThan(foldable);
          expect(sorted.some((s) => s.begin < gap.end && s.end > gap.begin)).toBe(false);
          expect(sorted.some((s) => s.begin === gap.end) && sorted.some((s) => s.end === gap.begin)).toBe(true);
        }
      }),
    );
    expect(some).toBeGreaterThan(0);
  });
  test('an idle server: ten minutes between requests take the room of a mark', () => {
    const list = [request(300_000, 40_000), request(400_000, 60_000), request(600 * second, 50_000)];
    const axis = wholeAxisOf(timelineOf(list, [runOf(1, 0)], 900 * second), 900 * second);
    expect(axis).toMatchObject({ begin: 300_000, folds: [{ begin: 460_000, end: 600 * second }] });
    // Nothing is at work: the axis ends with the last request, not now.
    expect(axis.end).toBeLessThan(600.1 * second);
    const scale = timeScale(axis, 350);
    expect(scale.x(340_000) - scale.x(300_000)).toBeGreaterThan(50);
  });
  test('while a request is at work the axis goes on to now', () => {
    const { endAt: _, total: __, ...rest } = request(1 * second, 0);
    const timeline = timelineOf([{ ...rest, state: 'running' }], [runOf(1, 0)], 5 * second);
    expect(timeline).toMatchObject({ running: true, idle: [] });
    expect(wholeAxisOf(timeline, 7 * second).end).toBeGreaterThanOrEqual(7 * second);
  });
  test('an open stream is no work between its pieces', () => {
    const open: Row = { ...request(0, 20_000), state: 'open', marks: [5 * second, 20 * second] };
    const { endAt: _, ...stream } = open;
    const list = [stream, request(20 * second, 30_000)];
    const { idle } = timelineOf(list, [runOf(1, 0)], 30 * second);
    expect(idle).toEqual([
      { begin: 20_000, end: 5 * second },
      { begin: 5 * second, end: 20 * second },
    ]);
  });
  test('runs that were over are folded, labels count from the newest; a range among them shows them', () => {
    const list = [request(200_000, 100_000, 1), request(30 * second, 100_000, 1), request(61 * second, 100_000, 2)];
    const timeline = timelineOf(list, [runOf(1, 0, 31 * second), runOf(2, 60 * second, 62 * second)], 62 * second);
    expect(timeline.past).toBe(61 * second);
    const axis = wholeAxisOf(timeline, 62 * second);
    expect(axis).toMatchObject({ begin: 200_000, zero: 60 * second, folds: [{ begin: 200_000, past: true }] });
    expect(axis.folds).toHaveLength(1);
    const [fold] = axis.folds ?? [];
    const before = axisWithin(timeline, { begin: fold?.begin ?? 0, end: fold?.end ?? 0 });
    expect(before.zero).toBe(0);
    expect(before.folds?.map((f) => [f.begin, f.end])).toEqual([
      [300_000, 30 * second],
      [30 * second + 100_000, 61 * second],
    ]);
  });
  test('a program stays when the user sends one of its requests again', () => {
    const list = [request(1 * second, 100_000, 1), request(3 * second, 100_000, 2), request(5 * second, 100_000, 3)];
    const runs = [runOf(1, 0, 2 * second), runOf(2, 2 * second, 4 * second), runOf(3, 4 * second, 6 * second)];
    const sent = { ...(runs[2] as Run), sentByYou: true as const };
    expect(timelineOf(list, [...runs.slice(0, 2), sent], 6 * second).past).toBe(3 * second);
    expect(timelineOf(list, runs, 6 * second).past).toBe(5 * second);
    // Nothing but what was sent: the last of it.
    const alone = runs.map((one) => ({ ...one, sentByYou: true as const }));
    expect(timelineOf(list, alone, 6 * second).past).toBe(5 * second);
  });
  test('runs that went on beside the newest are shown with it', () => {
    const list = [request(1 * second, 100_000, 1), request(2 * second, 100_000, 2), request(3 * second, 100_000, 1)];
    const both = [runOf(1, 0), runOf(2, 1.5 * second)];
    expect(timelineOf(list, both, 4 * second).past).toBeUndefined();
  });
  test('a range inside of an idle stretch is drawn to scale', () => {
    const list = [request(0, 100_000), request(60 * second, 100_000)];
    const timeline = timelineOf(list, [runOf(1, 0)], 61 * second);
    expect(axisWithin(timeline, { begin: 10 * second, end: 40 * second }).folds).toEqual([]);
    expect(axisWithin(timeline, { begin: 50_000, end: 40 * second }).folds).toHaveLength(1);
  });
  test('the rows of the sample: begin and end of its requests', () => {
    const timeline = timelineOf(ended.rows, ended.runs, ended.now);
    expect(timeline.begin).toBe(Math.min(...rows.map((r) => r.createdAt ?? 0)));
    expect(timeline.end).toBeLessThanOrEqual(ended.now);
  });
});
