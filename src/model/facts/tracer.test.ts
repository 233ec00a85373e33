import { expect, test } from 'vitest';
import { behindText, tracerLines } from './tracer';

const idle = { lines: 1, bytes: 812, polls: 3, longPolls: 0, behind: 0 };

test('what was not measured has no line', () => {
  expect(tracerLines(idle)).toEqual(['1 event line read, 812 B', 'Not measured: what tracing costs in the program.']);
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
  expect(tracerLines(busy)).toEqual([
    '5,120 event lines read, 812 kB',
    'From the end of a request to its row: 9.0 ms, at most 42 ms',
    '2 of 30 reads took over 0.4 s',
    'Net Trace was slower than the program 1 time, for up to 1.70 s: the machine was busy, or more is traced than can be read. What was shown live was late; times in the trace are not affected.',
    'Not measured: what tracing costs in the program.',
  ]);
});
