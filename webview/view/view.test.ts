import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rows } from '../../test/webview/sample';
import type { Row } from '../types';
import { chips, countChips } from './chips';
import { contrast, over, parseColour } from './colour';
import { shownColumns, tracksOf } from './columns';
import { asBreakdown, asCurl, asCurlCmd, asFetch, asPowerShell, asTable } from './copy';
import { compileFilter } from './filter';
import { rowEnd, shapesOf } from './geometry';
import { filterRows, isRow, itemsOf } from './items';
import { lanesOf } from './lanes';
import { packLanes } from './packing';
import { byStart, groupRows, percentile, sortRows, withHops } from './sort';
import { moved, niceStep, ticksOf, tickText, timeScale, wholeRange, zoomed } from './timescale';
import { absentLines, rowName } from './words';

const row = (n: number): Row => rows.find((r) => r.id.endsWith(`-${n}`)) as Row;
const now = 3_400_000;
const names = (list: readonly Row[]): number[] => list.map((r) => Number(r.id.split('-').at(-1)));

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
  test.each([
    [500_000, 500_000, '0.5 s'],
    [2_000_000, 1_000_000, '2 s'],
    [150_000, 50_000, '150 ms'],
    [150, 50, '0.15 ms'],
    [180_000_000, 60_000_000, '3 min'],
  ])('label of %i at step %i', (at, step, text) => expect(tickText(at, step)).toBe(text));
  test('nice steps', () => expect([1, 2, 3, 6, 49, 51, 1000].map(niceStep)).toEqual([1, 2, 5, 10, 50, 100, 1000]));
  test('zoom keeps the instant under the pointer, stays inside, and ends at the whole', () => {
    const whole = { begin: 0, end: 1000_000 };
    expect(zoomed({ begin: 0, end: 1000_000 }, 0.5, 250_000, whole)).toEqual({ begin: 125_000, end: 625_000 });
    expect(zoomed({ begin: 0, end: 600_000 }, 2, 0, whole)).toBeUndefined();
    expect(moved({ begin: 100, end: 200 }, -500, whole)).toEqual({ begin: 0, end: 100 });
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
  test('what runs fades and ends at now', () => {
    const s = shapesOf(row(25), scale, now).at(-1);
    expect(s).toMatchObject({ kind: 'fade', phase: 'wait' });
    expect((s?.x ?? 0) + (s?.width ?? 0)).toBeCloseTo(680, 3);
  });
  test('a failed request ends in a cross at the end of the failed phase', () => {
    const r = row(11);
    expect(shapesOf(r, scale, now).at(-1)).toMatchObject({ kind: 'cross', x: scale.x(rowEnd(r, now)) });
  });
  test('an unread body is a frame until now, an aborted one a quiet cross', () => {
    expect(shapesOf(row(21), scale, now).at(-1)).toMatchObject({ kind: 'unread' });
    expect(shapesOf(row(24), scale, now).at(-1)).toMatchObject({ kind: 'abort' });
  });
  test('paused time is drawn', () => expect(rowEnd(row(15), now)).toBe(2_027_000));
  test('a reused connection has no set-up', () =>
    expect(shapesOf(row(2), scale, now).map((s) => s.phase)).toEqual(['send', 'wait', 'download']));
  test('outside of the range nothing is drawn', () => {
    expect(shapesOf(row(1), timeScale({ begin: 2_000_000, end: 3_000_000 }, 500), now)).toEqual([]);
  });
  test('a row without its begin is still drawn', () => {
    const { createdAt: _, total: __, ...rest } = row(2);
    expect(shapesOf(rest as Row, scale, now).length).toBe(3);
  });
});

describe('filter', () => {
  const ids = (text: string): number[] => names(rows.filter((r) => compileFilter(text).test(r)));
  test('free text looks at method, URL, status, call site and error', () => {
    expect(ids('cart/81')).toEqual([3, 4, 5]);
    expect(ids('PAYMENT.TS:79')).toEqual([11]);
    expect(ids('cert_has_expired')).toEqual([14]);
  });
  test('all terms must hold; - negates; quotes keep blanks', () => {
    expect(ids('cart -expand')).toEqual([3, 4, 24]);
    expect(ids('"TCP timed out"')).toEqual([11]);
    expect(ids('-get -put')).toEqual(names(rows.filter((r) => r.method === 'POST')));
  });
  test('regular expressions, also negated', () => {
    expect(ids('/stock\\/10(42|43)/')).toEqual([6, 7]);
    expect(ids('stock -/10\\d\\d/')).toEqual([17, 18]);
    expect(ids('/\\/v2\\/orders\\/\\d+$/')).toContain(25);
  });
  test('a path is no regular expression', () => expect(ids('/v2/config')).toEqual([1]));
  test('a bad term is told with its column, the others still hold', () => {
    const f = compileFilter('cart /(/');
    expect(f.error).toMatchObject({ column: 5, length: 3 });
    expect(f.error?.message).toContain('column 6');
    expect(names(rows.filter((r) => f.test(r)))).toEqual([3, 4, 5, 24]);
  });
  test('never throws, and empty text lets everything pass', () => {
    fc.assert(fc.property(fc.string(), (text) => void rows.filter((r) => compileFilter(text).test(r))));
    expect(compileFilter('  ').empty).toBe(true);
  });
});

describe('list', () => {
  const q = {
    filter: compileFilter(''),
    chips: new Set<never>(),
    range: undefined,
    sort: byStart,
    groupBy: 'none' as const,
    folded: new Set<string>(),
    now,
  };
  test('chips count what they show', () => {
    const counts = countChips(rows);
    expect(counts).toMatchObject({ failed: 4, running: 5, new: 13, notRead: 1 });
    for (const chip of chips)
      expect(filterRows(rows, { ...q, chips: new Set([chip.name]) }).length).toBe(counts[chip.name]);
  });
  test('a range keeps what overlaps it', () => {
    expect(names(filterRows(rows, { ...q, range: { begin: 0, end: 240_000 } }))).toEqual([1, 2, 3]);
  });
  test('redirect hops stand under the hop before, also when others began between', () => {
    const mixed = [row(3), row(6), row(4), row(7), row(5)];
    const { rows: ordered, hops } = withHops(mixed);
    expect(names(ordered)).toEqual([3, 4, 5, 6, 7]);
    expect(hops.size).toBe(2);
    expect(names(withHops([row(6), row(4)]).rows)).toEqual([6, 4]);
  });
  test('a circle of redirects loses no row', () => {
    const a = { ...row(1), id: 'a', redirectOf: 'b' };
    const b = { ...row(2), id: 'b', redirectOf: 'a' };
    expect(withHops([a, b]).rows.length).toBe(2);
  });
  test('sorting: by text, number and state; unknown last both ways; equal ones keep their order', () => {
    const bySize = sortRows(rows, { column: 'size', descending: true }, now);
    expect(names(bySize)[0]).toBe(5);
    expect(bySize.at(-1)?.bytesReceived).toBeUndefined();
    expect(sortRows(rows, { column: 'size', descending: false }, now).at(-1)?.bytesReceived).toBeUndefined();
    expect(names(sortRows(rows, { column: 'status', descending: false }, now)).slice(0, 4)).toEqual([11, 14, 17, 15]);
    expect(
      names(sortRows(rows, { column: 'method', descending: false }, now).filter((r) => r.method === 'POST')),
    ).toEqual([13, 15, 17, 18, 16, 23]);
  });
  test('a second run stands under its divider, only in order of start', () => {
    const second = { ...row(2), id: 'r2/x', run: 2, createdAt: 9_000_000 };
    const run = { number: 1, title: 'a', beginTime: '', state: 'ended' as const, offset: 0, processes: [] };
    const runs = [run, { ...run, number: 2, offset: 9_000_000 }];
    expect(itemsOf([row(1), second], runs, q).items.map((i) => i.id)).toEqual([row(1).id, 'run:2', 'r2/x']);
    expect(
      itemsOf([row(1), second], runs, { ...q, sort: { column: 'host', descending: false } }).items.map((i) => i.id),
    ).toEqual([row(1).id, 'r2/x']);
  });
  test('groups count, tell failures and the median, and fold', () => {
    const group = groupRows(rows, 'host').find((g) => g.key === 'pay.example.test');
    expect(group).toMatchObject({ count: 3, failed: 1, median: 293_800 });
    const { items } = itemsOf(rows, [], { ...q, groupBy: 'host', folded: new Set(['pay.example.test']) });
    expect(items.filter(isRow).length).toBe(rows.length - 3);
  });
  test('percentiles by nearest rank', () => {
    const list = [10, 20, 30, 40].map((total) => ({ ...row(1), total }));
    expect([percentile(list, 0.5), percentile(list, 0.95), percentile([], 0.5)]).toEqual([20, 40, undefined]);
  });
  test('lanes: one a connection, set-up from its first request', () => {
    const lanes = lanesOf(rows, () => now);
    expect(lanes.length).toBe(13);
    expect(lanes[0]).toMatchObject({ number: 1, requests: { length: 6 } });
    expect(lanes[0]?.setup.map((p) => p.name)).toEqual(['dns', 'tcp', 'tls']);
  });
  test('packing never lays a span over another while there is room', () => {
    expect([
      ...packLanes(
        [
          { begin: 0, end: 10 },
          { begin: 5, end: 8 },
          { begin: 11, end: 12 },
        ],
        9,
        0,
      ),
    ]).toEqual([0, 1, 0]);
    expect([
      ...packLanes(
        [
          { begin: 0, end: 10 },
          { begin: 1, end: 5 },
          { begin: 2, end: 3 },
        ],
        2,
        0,
      ),
    ]).toEqual([0, 1, 1]);
  });
});

describe('columns', () => {
  const ids = (width: number, processes = 2): string[] =>
    shownColumns(width, { shown: {}, widths: {} }, processes).map((c) => c.id);
  test('leave as the list narrows', () => {
    expect(ids(1400)).toEqual([
      'state',
      'method',
      'name',
      'host',
      'status',
      'calledAt',
      'process',
      'connection',
      'size',
      'time',
      'waterfall',
    ]);
    expect(ids(1400, 1)).not.toContain('process');
    expect(ids(1179)).toEqual(['state', 'method', 'name', 'status', 'calledAt', 'connection', 'time', 'waterfall']);
    expect(ids(799)).not.toContain('connection');
    expect(ids(619)).toEqual(['state', 'method', 'name', 'status', 'time', 'waterfall']);
    expect(ids(359)).toEqual(['state', 'name', 'status', 'time']);
  });
  test('one the user chose goes last, and never makes the list scroll sideways', () => {
    const choice = { shown: { host: true, protocol: true, size: false }, widths: {} };
    expect(shownColumns(1000, choice, 1).map((c) => c.id)).toContain('host');
    for (let width = 360; width < 1600; width += 20) {
      const shown = shownColumns(width, choice, 3);
      expect(shown.reduce((sum, c) => sum + c.least, 0)).toBeLessThanOrEqual(width);
    }
  });
  test('a width set by the user is kept', () => {
    expect(tracksOf(shownColumns(1400, { shown: {}, widths: {} }, 1), 1400, { host: 222 })).toContain(
      'minmax(90px,222px)',
    );
  });
});

describe('words', () => {
  test('name of a row says what its bar shows', () => {
    expect(rowName(row(13), row(13).total)).toBe(
      'POST pay.example.test/v1/intents, 201, done, 518 milliseconds: queue 1.1, set-up 95, sending 0.6, server wait 412, download 8.9; called at payment.ts line 57',
    );
    expect(rowName(row(11), row(11).total)).toContain('TCP timed out, failed in TCP connect, 554 milliseconds');
    expect(rowName(row(25), 570_000)).toContain('waiting…, running, waiting for the server');
  });
  test('absent phases stand together with their reason', () => {
    const reused = {
      phases: [],
      paused: 0,
      absent: (['dns', 'tcp', 'tls'] as const).map((name) => ({ name, why: 'reused' as const })),
    };
    expect(absentLines(reused, row(2))).toEqual([
      { label: 'DNS, TCP, TLS', why: 'not needed: connection #1 was reused (its 2nd request)' },
    ]);
    const failed = {
      phases: [],
      paused: 0,
      absent: (['tls', 'send', 'wait'] as const).map((name) => ({ name, why: 'notReached' as const })),
    };
    expect(absentLines(failed, row(11))).toEqual([{ label: 'TLS and later', why: 'not reached' }]);
  });
});

describe('copying', () => {
  const evil = { ...row(1), method: "G'ET", url: "http://a.test/?x=';rm -rf /;'&y=$(id)`id`" };
  test('a shell takes every form as one word', () => {
    expect(asCurl(evil)).toBe("curl -X 'G'\\''ET' \\\n  'http://a.test/?x='\\'';rm -rf /;'\\''&y=$(id)`id`'");
    expect(asPowerShell(evil)).toContain("'http://a.test/?x='';rm -rf /;''&y=$(id)`id`'");
    expect(asCurlCmd({ ...evil, method: 'GET', url: 'http://a.test/?a=%PATH%&b="' })).toBe(
      'curl "http://a.test/?a="^%"PATH"^%"&b="""',
    );
    expect(asFetch({ ...evil, method: 'GET' })).toBe(`await fetch(${JSON.stringify(evil.url)});`);
  });
  test('a table has a line a row, whatever stands in a cell', () => {
    const text = asTable([{ ...row(1), stateText: 'a\tb\nc' }, row(2)]);
    expect(text.split('\n').length).toBe(3);
    expect(text.split('\n')[1]?.split('\t').length).toBe(7);
  });
  test('a breakdown sums to its total', () => {
    const figures = [...asBreakdown(row(13)).matchAll(/([\d.]+) ms/g)].map((m) => Number(m[1]));
    expect(figures.slice(0, -1).reduce((a, b) => a + b, 0)).toBeCloseTo(figures.at(-1) as number, 1);
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
