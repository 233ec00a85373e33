import { expect, test } from 'vitest';
import type { RequestFacts } from './facts';
import { createMetrics } from './prometheus';
import type { Snapshot } from './snapshot';

const snapshot: Snapshot = {
  trace: 't',
  version: '1.2.3',
  counts: { requests: 7, counted: 1, untraced: 2, running: 3, connections: 4, reuses: 5, lookups: 6 },
  self: { lines: 10, bytes: 20, polls: 30, longPolls: 4, behind: 5, dropped: 6, evicted: 7, lost: 8 },
  sinks: [{ sink: 'stream', counts: { sent: 1, lost: 2, late: 3, bytes: 4 } }],
};

const request = (fields: Partial<RequestFacts>): RequestFacts => ({
  event: 'request',
  time: '2026-01-02T03:04:05.000Z',
  host: 'box',
  trace: 't',
  request: '1-0-1',
  method: 'GET',
  url: 'http://a.example/',
  server: 'a.example',
  outcome: 'complete',
  ...fields,
});

const lines = (text: string) => text.split('\n').filter((line) => !line.startsWith('#'));

test('a program with very many hosts has a bounded number of series', async () => {
  const metrics = createMetrics(() => snapshot);
  const many = Array.from({ length: 3000 }, (_, i) =>
    request({ server: `h${i}.example`, status: 200, duration: 1000 }),
  );
  await metrics.take(many);
  const text = lines(await metrics.text());
  expect(text.filter((l) => l.startsWith('nettrace_request_duration_seconds_count')).length).toBe(101);
  expect(text).toContain('nettrace_request_duration_seconds_count{host="other"} 2900');
  expect(text).toContain('nettrace_label_overflow_total{metric="host"} 2900');
  const total = text.filter((l) => l.startsWith('nettrace_requests_total{'));
  expect(total.length).toBe(101);
  expect(total.reduce((sum, l) => sum + Number(l.split(' ').at(-1)), 0)).toBe(3000);
});

test('methods and codes of a hostile program are bounded and escaped', async () => {
  const metrics = createMetrics(() => snapshot);
  const many = Array.from({ length: 2000 }, (_, i) =>
    request({ method: `M${i}`, outcome: 'failed', error: { phase: 'tcp', code: `E"${i}\n} 1\nfake 2` } }),
  );
  await metrics.take(many);
  const text = lines(await metrics.text());
  expect(text.filter((l) => l.startsWith('nettrace_requests_total{')).length).toBe(501);
  expect(text.filter((l) => l.startsWith('nettrace_request_errors_total{')).length).toBe(501);
  expect(text.filter((l) => l.startsWith('fake'))).toEqual([]);
  expect(text).toContain('nettrace_label_overflow_total{metric="requests_total"} 1500');
});

test('counts are those of the moment it is asked for, twice as well as once', async () => {
  const metrics = createMetrics(() => snapshot);
  await metrics.text();
  const text = lines(await metrics.text());
  for (const line of [
    'nettrace_requests_started_total 7',
    'nettrace_requests_running 3',
    'nettrace_connection_reuses_total 5',
    'nettrace_long_polls_total 4',
    'nettrace_evicted_total 7',
    'nettrace_sink_lost_total{sink="stream"} 2',
    'nettrace_sink_late_total{sink="stream"} 3',
    'nettrace_trace_info{trace="t",version="1.2.3"} 1',
  ])
    expect(text).toContain(line);
});

test('a time that is not known has no sample', async () => {
  const text = lines(await createMetrics(() => snapshot).text());
  expect(text.some((l) => l.startsWith('nettrace_host_lag_seconds'))).toBe(false);
  const known = { ...snapshot, self: { ...snapshot.self, lag: 1500 } };
  expect(lines(await createMetrics(() => known).text())).toContain('nettrace_host_lag_seconds 0.0015');
});
