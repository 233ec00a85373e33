import { expect, test } from 'vitest';
import type { RequestFacts } from './facts';
import { selfLines, statsdDatagrams, statsdLines } from './statsd';

const request: RequestFacts = {
  event: 'request',
  time: '2026-01-02T03:04:05.000Z',
  host: 'box',
  trace: 't',
  request: '1-0-1',
  method: 'GET',
  url: 'http://a.example/secret',
  server: 'a.example',
  outcome: 'complete',
  status: 404,
  duration: 12_345.6,
  phases: { wait: 10_000, download: 2345.6 },
  bytesSent: 100,
  bytesReceived: 0,
};

test('a request is counters and timers in ms, without what it was for', () => {
  expect(statsdLines(request)).toEqual([
    'nettrace.requests:1|c',
    'nettrace.requests.outcome.complete:1|c',
    'nettrace.requests.status.4xx:1|c',
    'nettrace.request.duration:12.346|ms',
    'nettrace.phase.wait:10|ms',
    'nettrace.phase.download:2.346|ms',
    'nettrace.bytes.sent:100|c',
  ]);
});

test('what is not known has no line', () => {
  const { status: _, duration: __, phases: ___, bytesSent: ____, ...rest } = request;
  expect(statsdLines({ ...rest, outcome: 'failed' })).toEqual([
    'nettrace.requests:1|c',
    'nettrace.requests.outcome.failed:1|c',
  ]);
  const none = { lines: 0, bytes: 0, polls: 0, longPolls: 0, behind: 0, dropped: 1, evicted: 2, lost: 3 };
  expect(selfLines(none)).toEqual([
    'nettrace.self.long_polls:0|g',
    'nettrace.self.dropped:1|g',
    'nettrace.self.evicted:2|g',
    'nettrace.self.lost:3|g',
  ]);
});

test('datagrams hold whole records, in order, and never more than a path takes', () => {
  const items = Array.from({ length: 100 }, () => statsdLines(request));
  const datagrams = statsdDatagrams(items);
  expect(datagrams.reduce((sum, d) => sum + d.items, 0)).toBe(100);
  expect(datagrams.map((d) => d.bytes.toString()).join('')).toBe(`${items.flat().join('\n')}\n`);
  for (const { bytes } of datagrams) expect(bytes.length).toBeLessThanOrEqual(1232);
  expect(datagrams.length).toBeLessThan(items.length);
});
