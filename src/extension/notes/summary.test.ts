import { describe, expect, test } from 'vitest';
import type { Run } from '../../model/panel/protocol';
import type { Row } from '../../model/rows/row';
import { longestNote, summaryOf, totalQuantile } from './summary';

let n = 0;
const row = (over: Partial<Row>): Row => ({
  id: `r1/1-0-${++n}`,
  run: 1,
  thread: '1-0',
  pid: 1,
  threadId: 0,
  process: 'app',
  main: true,
  method: 'GET',
  url: 'http://a/',
  scheme: 'http',
  host: 'a',
  path: '/',
  query: '',
  state: 'done',
  stateText: '200',
  status: 200,
  phases: [],
  createdAt: n * 1000,
  total: 100_000,
  ...over,
});

const run = (number: number, more: Partial<Run> = {}): Run => ({
  number,
  title: 'app.js',
  beginTime: '2026-11-22T10:00:00Z',
  state: 'ended',
  offset: 0,
  endAt: number * 1e6,
  processes: [],
  ...more,
});
/** One that goes on. */
const live = run(1, { state: 'running', endAt: Number.POSITIVE_INFINITY });

describe('the note of a line', () => {
  test('count, last status, median', () => {
    const rows = [100, 300, 388, 500, 900].map((ms) => row({ total: ms * 1000, stateText: '201' }));
    expect(summaryOf(rows, 0)).toMatchObject({ text: '5×  201  p50 388 ms', failed: false, running: false });
  });

  test('the median of two values is their mean', () => {
    expect(summaryOf([row({ total: 22_000 }), row({ total: 35_000 })], 0).text).toBe('2×  200  p50 29 ms');
    expect(totalQuantile([row({ total: 22_000 }), row({ total: 35_000 })], 0.5)).toBe(28_500);
  });

  test('the last one in time counts, not the last in the list', () => {
    const late = row({ createdAt: 9e9, stateText: '204' });
    expect(summaryOf([late, row({})], 0).text).toBe('2×  204  p50 100 ms');
  });

  test('failures before the last one take the place of the median', () => {
    const bad = row({ state: 'failed', stateText: 'TCP refused' });
    const busy = row({ state: 'serverError', stateText: '503', status: 503 });
    expect(summaryOf([bad, row({}), row({})], 0)).toMatchObject({
      text: '3×  200  1 failed: TCP refused',
      failed: false,
    });
    expect(summaryOf([busy, busy, row({})], 0).text).toBe('3×  200  2 answered 5xx');
    expect(summaryOf([busy, bad, row({})], 0).text).toBe('3×  200  1 failed: TCP refused, 1 answered 5xx');
    expect(summaryOf([row({}), { ...busy, createdAt: 9e9 }], 0)).toMatchObject({
      text: '✕ 2×  503 after 100 ms',
      failed: true,
    });
  });

  test('a last one that failed says how, and after what time', () => {
    const bad = row({ state: 'failed', stateText: 'TCP timed out', total: 554_000 });
    expect(summaryOf([bad], 0)).toMatchObject({ text: '✕ 1×  TCP timed out after 554 ms', failed: true });
  });

  test('a running one says what it does, for how long; its time is not in the median', () => {
    const going = row({ state: 'running', stateText: 'waiting…', createdAt: 5_000_000, total: 1 });
    const s = summaryOf([row({}), going], 5_570_000, [live]);
    expect(s).toMatchObject({ text: '2×  now waiting 570 ms', running: true });
    expect(totalQuantile(s.rows, 0.5)).toBe(100_000);
  });

  test('unknown is left out', () => {
    const { total: _, ...unknown } = row({ stateText: '200' });
    expect(summaryOf([unknown], 0).text).toBe('1×  200');
    const { createdAt: __, ...lost } = row({ state: 'queued', stateText: 'queued' });
    expect(summaryOf([lost], 7).text).toBe('1×  now queued');
  });

  test(`is at most ${longestNote} characters`, () => {
    const text = summaryOf([row({ state: 'failed', stateText: `TLS ${'X'.repeat(80)}` })], 0).text;
    expect([...text]).toHaveLength(longestNote);
    expect(text.endsWith('…')).toBe(true);
  });

  test('counts the newest run, and not those before it', () => {
    const rows = [1, 1, 1, 2, 2, 2].map((of, i) => row({ run: of, createdAt: of * 1e6 - 500_000 + i }));
    expect(summaryOf(rows, 0, [run(1), run(2)]).text).toBe('3×  200  p50 100 ms');
    // A line that the newest run has not come to keeps what is known of it.
    expect(summaryOf(rows.slice(0, 3), 0, [run(1), run(2)]).text).toBe('3×  200  p50 100 ms');
    // Two that run at the same time are both there.
    expect(summaryOf(rows, 0, [live, run(2)]).text).toBe('6×  200  p50 100 ms');
  });

  test('does not count time while the debugger holds the program', () => {
    const going = row({ state: 'running', stateText: 'receiving…', createdAt: 1e6 });
    const paused = { ...live, pauses: [{ beginAt: 1_073_000, thread: '1-0' }] };
    expect(summaryOf([going], 1_073_000, [paused]).text).toBe('1×  now receiving 73 ms');
    expect(summaryOf([going], 13_600_000, [paused]).text).toBe('1×  now receiving 73 ms');
    const other = { ...live, pauses: [{ beginAt: 1_073_000, thread: '1-7' }] };
    expect(summaryOf([going], 2e6, [other]).text).toBe('1×  now receiving 1.00 s');
  });

  test('one that the program gave up says after what time, once', () => {
    expect(summaryOf([row({ state: 'aborted', stateText: 'aborted 304 ms', total: 304_000 })], 0).text).toBe(
      '1×  aborted after 304 ms',
    );
  });
});
