import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rows } from '../../../test/webview/testing/sample';
import { lanesOf } from '../drawing/lanes';
import { packLanes } from '../drawing/packing';
import type { Row } from '../types';
import { chips, countChips } from './chips';
import { columnOf, shownColumns, tracksOf } from './columns';
import { compileFilter } from './filter';
import { headersIn, headerValue, isHeaderColumn } from './headerColumns';
import { filterRows, isRow, itemsOf } from './items';
import { byStart, groupRows, sortRows, totalQuantile, withHops } from './sort';

const row = (n: number): Row => rows.find((r) => r.id.endsWith(`-${n}`)) as Row;
const now = 3_400_000;
const names = (list: readonly Row[]): number[] => list.map((r) => Number(r.id.split('-').at(-1)));

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
  test('a bad term is reported with its column, the others still hold', () => {
    const f = compileFilter('cart /(/');
    expect(f.error).toMatchObject({ column: 6, length: 3 });
    expect(f.error?.message).toContain('column 6');
    expect(names(rows.filter((r) => f.test(r)))).toEqual([3, 4, 5, 24]);
  });
  test.each([
    ['cart stats:500', 'stats'],
    ['cart -stats:500', 'stats'],
    ['cart status:', 'no value'],
    ['cart or', 'nothing after'],
    ['(cart', 'not closed'],
    ['cart)', 'closes nothing'],
    ['cart is:fialed', 'failed'],
    ['cart duration:200ms', 'comparison'],
    ['cart stats:5 nothing:x status>=x', 'stats'],
  ])('what is wrong is left out: %s', (text, message) => {
    const f = compileFilter(text);
    expect(f.error?.message).toContain(message);
    expect(names(rows.filter((r) => f.test(r)))).toEqual([3, 4, 5, 24]);
  });
  test('a quote that is not closed yet is no error', () => {
    expect(compileFilter('"TCP tim').error).toBeUndefined();
    expect(ids('"TCP tim')).toEqual([11]);
  });
  test('keys', () => {
    expect(ids('status:>=500')).toEqual([15]);
    expect(ids('method:POST is:failed')).toEqual(ids('post').filter((n) => ids('is:failed').includes(n)));
    expect(ids('is:failed').length).toBe(countChips(rows).failed);
    expect(ids('is:running').length).toBe(countChips(rows).running);
    expect(ids('is:slow').length).toBe(countChips(rows).slow);
    expect(ids('host:inventory.local path:/stock/104*')).toEqual([6, 7, 8]);
    expect(ids('path:/cart/* or path:/v2/cart/*')).toEqual([3, 4, 5]);
    expect(ids('size:>18kB')).toEqual([5]);
    expect(ids('phase:tls')).toEqual([14]);
    expect(ids('file:payment.ts line:79')).toEqual([11]);
  });
  test('never throws, and empty text lets everything pass', () => {
    fc.assert(fc.property(fc.string(), (text) => void rows.filter((r) => compileFilter(text).test(r))));
    expect(compileFilter('  ').empty).toBe(true);
  });
});

test('the columns of every width have room in it, beside a scroll bar', () => {
  for (let width = 290; width < 1700; width += 5) {
    const tracks = tracksOf(shownColumns(width, { shown: {}, widths: {} }, 1), width, {});
    const min = tracks.split(' ').reduce((sum, t) => sum + Number(/\d+/.exec(t)?.[0]), 0);
    expect(min, `${width} px: ${tracks}`).toBeLessThanOrEqual(width - 10);
  }
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
    expect(counts).toMatchObject({ failed: 3, serverError: 1, running: 5, new: 13, notRead: 1 });
    for (const chip of chips)
      expect(filterRows(rows, { ...q, chips: new Set([chip.name]) }).length).toBe(counts[chip.name]);
  });
  test('a range keeps what overlaps it', () => {
    expect(names(filterRows(rows, { ...q, range: { begin: 0, end: 240_000 } }))).toEqual([1, 2, 3]);
  });
  test('redirect hops are listed under the hop before, also when other requests began between', () => {
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
  test('a second run is listed under its divider, only when sorted by start', () => {
    const second = { ...row(2), id: 'r2/x', run: 2, createdAt: 9_000_000 };
    const run = { number: 1, title: 'a', beginTime: '', state: 'ended' as const, offset: 0, processes: [] };
    const runs = [run, { ...run, number: 2, offset: 9_000_000 }];
    expect(itemsOf([row(1), second], runs, q).items.map((i) => i.id)).toEqual([row(1).id, 'run:2', 'r2/x']);
    expect(
      itemsOf([row(1), second], runs, { ...q, sort: { column: 'host', descending: false } }).items.map((i) => i.id),
    ).toEqual([row(1).id, 'r2/x']);
  });
  test('groups count, report failures and the median, and fold', () => {
    const group = groupRows(rows, 'host').find((g) => g.key === 'pay.example.test');
    expect(group).toMatchObject({ count: 3, failed: 0, serverErrors: 1, median: 293_800 });
    const { items } = itemsOf(rows, [], { ...q, groupBy: 'host', folded: new Set(['pay.example.test']) });
    expect(items.filter(isRow).length).toBe(rows.length - 3);
  });
  test('groups by test: the program’s own label before the test whose code it was', () => {
    const list = [
      { ...row(1), test: 'a.test.ts › asks' },
      { ...row(1), test: 'a.test.ts › asks', label: 'nightly' },
      row(1),
    ];
    expect(groupRows(list, 'test').map((g) => g.label)).toEqual(['a.test.ts › asks', 'nightly', 'no test known']);
  });
  test('quantiles of totals, as table, note and findings have them', () => {
    const list = [10, 20, 30, 40].map((total) => ({ ...row(1), total }));
    expect([0.5, 0.95].map((q) => totalQuantile(list, q))).toEqual([25, 38.5]);
    expect(totalQuantile([], 0.5)).toBeUndefined();
  });
  test('lanes: one a connection, setup from its first request', () => {
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

describe('columns of headers', () => {
  const row = (fields: Partial<Row>): Row => fields as Row;
  const rows = [
    row({ responseHeaders: ['x-cache=HIT', 'set-cookie', 'via=a', 'via=b=c'], requestHeaders: ['accept=*/*'] }),
    row({ responseHeaders: ['x-cache', 'bad name=1'] }),
    row({}),
  ];
  test('values as recorded: several as one, none where only the name is, absent where there is no such header', () => {
    expect(rows.map((r) => headerValue(r, 'response:x-cache'))).toEqual(['HIT', '', undefined]);
    expect(rows.map((r) => headerValue(r, 'response:via'))).toEqual(['a, b=c', undefined, undefined]);
    expect(rows.map((r) => headerValue(r, 'request:accept'))).toEqual(['*/*', undefined, undefined]);
    expect(rows.map((r) => headerValue(r, 'request:via'))).toEqual([undefined, undefined, undefined]);
  });
  test('those that rows have are offered, the most frequent first; what is no name of a header is not', () => {
    expect(headersIn(rows, 10)[0]).toBe('response:x-cache');
    expect(headersIn(rows, 10).sort()).toEqual([
      'request:accept',
      'response:set-cookie',
      'response:via',
      'response:x-cache',
    ]);
    expect(headersIn(rows, 1)).toEqual(['response:x-cache']);
    expect(isHeaderColumn('response:a b')).toBe(false);
    expect(isHeaderColumn('cookie:a')).toBe(false);
  });
  test('stand before the time, in the order of choice, sort by their value, and leave a narrow list', () => {
    const shown = { 'response:x-cache': true, 'request:accept': true, 'response:via': false };
    const ids = (width: number) => shownColumns(width, { shown, widths: {} }, 1).map((c) => c.id);
    expect(ids(1400).slice(-4)).toEqual(['response:x-cache', 'request:accept', 'time', 'waterfall']);
    expect(ids(359)).toEqual(['state', 'name', 'status', 'time']);
    expect(columnOf('response:x-cache')).toMatchObject({ label: 'x-cache' });
    expect(columnOf('request:accept')).toMatchObject({ label: 'request: accept' });
    expect(rows.map(columnOf('response:x-cache').key)).toEqual(['HIT', '', undefined]);
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
      expect(shown.reduce((sum, c) => sum + c.min, 0)).toBeLessThanOrEqual(width);
    }
  });
  test('a width set by the user is kept', () => {
    expect(tracksOf(shownColumns(1400, { shown: {}, widths: {} }, 1), 1400, { host: 222 })).toContain(
      'minmax(90px,222px)',
    );
  });
});
