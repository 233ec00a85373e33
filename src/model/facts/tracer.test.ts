import { expect, test } from 'vitest';
import { behindText, hookCostLines, hookCostOf, tracerLines } from './tracer';

const notYet = 'What tracing costs in the program is reported after 200 requests, or when it ends.';
const idle = { lines: 1, bytes: 812, polls: 3, longPolls: 0, behind: 0 };

test('what was not measured has no line', () => {
  expect(tracerLines(idle, undefined)).toEqual(['1 event line read, 812 B', notYet]);
  expect(behindText(idle)).toBeUndefined();
});

test('a host that is behind has a line for it', () => {
  const busy = {
    lines: 5120,
    bytes: 812_000,
    lag: 9000,
    maxLag: 42_000,
    polls: 30,
    longPolls: 2,
    maxPoll: 1_700_000,
    behind: 1,
  };
  expect(tracerLines(busy, undefined)).toEqual([
    '5,120 event lines read, 812 kB',
    'From the end of a request to its row: 9.0 ms, at most 42 ms',
    '2 of 30 reads took over 0.4 s',
    'Net Trace was slower than the program 1 time, for up to 1.70 s: the machine was busy, or more is traced than can be read. What was shown live was late; times in the trace are not affected.',
    notYet,
  ]);
});

test('what the hook measured in the programs: sums over their threads, and the longest start', () => {
  const thread = (start: number, handlers: number, requests: number) => ({ hookCost: { start, handlers, requests } });
  const of = (...threads: object[]) => ({ threads }) as never;
  expect(hookCostOf([])).toBeUndefined();
  expect(hookCostOf([of({}), of({}, {})])).toBeUndefined();
  const cost = hookCostOf([of(thread(6100, 8000, 200), {}), of(thread(9200, 1000, 100))]);
  expect(cost).toEqual({ start: 9200, handlers: 9000, requests: 300 });
  expect(hookCostLines(cost)).toEqual([
    'In the program, the hook’s own code took 30 µs a request, measured over 300',
    'Longest start of the hook in a program: 9.2 ms',
    'Not in these times: what Node’s own functions take longer for being wrapped (docs/performance.md).',
  ]);
  // A program without requests.
  expect(hookCostLines({ start: 5000, handlers: 0, requests: 0 })[0]).toBe(
    'Longest start of the hook in a program: 5.0 ms',
  );
});
