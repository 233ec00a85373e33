/** `nettrace run --metrics`: what a scrape says is what the server counted, and who may ask. */
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { Nettrace, requests } from '../testing/nettrace';
import { ask, requestsAt, samplesIn, sumOf } from './client';
import { whileItStands } from './running';

const nettrace = new Nettrace();
const node = process.execPath;

test('counters are what the server counted', async () => {
  const { result, counted, got } = await whileItStands(nettrace, ['--json'], async (url) => {
    await expect.poll(() => requestsAt(url)).toBe(22);
    return samplesIn((await ask(url)).text);
  });
  expect(result.code).toBe(0);
  const host = `127.0.0.1:${counted.port}`;
  for (const [status, n] of Object.entries(counted.served))
    expect(sumOf(got, 'nettrace_requests_total', { host, status, method: 'GET', outcome: 'complete' })).toBe(n);
  expect(counted.served).toEqual({ 200: 12, 404: 5, 503: 3 });
  expect(sumOf(got, 'nettrace_requests_total', { outcome: 'failed', status: 'none' })).toBe(2);
  expect(sumOf(got, 'nettrace_request_errors_total', { phase: 'tcp', code: 'ECONNREFUSED' })).toBe(2);
  expect(sumOf(got, 'nettrace_requests_started_total')).toBe(22);
  expect(sumOf(got, 'nettrace_requests_running')).toBe(0);
  expect(sumOf(got, 'nettrace_request_sent_bytes_total', { host })).toBe(counted.bytes);

  // One connection for all that were answered, as the agent keeps it.
  expect(sumOf(got, 'nettrace_connection_reuses_total')).toBe(19);
  expect(sumOf(got, 'nettrace_request_duration_seconds_count')).toBe(22);
  expect(sumOf(got, 'nettrace_request_phase_duration_seconds_count', { phase: 'download' })).toBe(20);
  expect(sumOf(got, 'nettrace_request_phase_duration_seconds_count', { phase: 'tcp' })).toBe(3);
  const whole = sumOf(got, 'nettrace_request_duration_seconds_sum');
  expect(sumOf(got, 'nettrace_request_phase_duration_seconds_sum')).toBeCloseTo(whole, 9);

  // The tracer's own: what it says while the program runs goes on to the end.
  const { self, sinks } = JSON.parse(result.stderr.trim().split('\n').at(-1) ?? '');
  expect(sumOf(got, 'nettrace_spool_lines_total')).toBeGreaterThan(22);
  expect(self.lines).toBeGreaterThanOrEqual(sumOf(got, 'nettrace_spool_lines_total'));
  expect(self.bytes).toBeGreaterThanOrEqual(sumOf(got, 'nettrace_spool_read_bytes_total'));
  expect(self).toMatchObject({ dropped: 0, evicted: 0, lost: 0, lag: expect.any(Number) });
  expect(sumOf(got, 'nettrace_host_lag_seconds')).toBeGreaterThan(0);
  expect(sumOf(got, 'nettrace_sink_lost_total')).toBe(0);
  // Both connections' ends are records too; the last scrape may have come before them.
  expect(sinks).toMatchObject([{ sink: 'metrics', lost: 0, sent: expect.any(Number) }]);
  expect(sinks[0].sent).toBeGreaterThanOrEqual(sumOf(got, 'nettrace_sink_sent_total', { sink: 'metrics' }));
});

test('records that leave the trace are counted all the same', async () => {
  const { got } = await whileItStands(nettrace, ['--quiet', '--max-requests', '3'], async (url) => {
    await expect.poll(() => requestsAt(url)).toBe(22);
    return samplesIn((await ask(url)).text);
  });
  expect(sumOf(got, 'nettrace_requests_total', { status: '404' })).toBe(5);
  expect(sumOf(got, 'nettrace_evicted_total')).toBeGreaterThanOrEqual(19);
});

test('only GET /metrics is answered, and on loopback only under names of loopback', async () => {
  const { got } = await whileItStands(nettrace, ['--quiet'], async (url) => ({
    whole: await ask(url),
    head: await ask(url, { method: 'HEAD' }),
    other: await ask(url.replace('/metrics', '/')),
    post: await ask(url, { method: 'POST' }),
    byName: await ask(url, { host: 'localhost:9464' }),
    rebound: await ask(url, { host: 'attacker.example' }),
    alike: await ask(url, { host: '127.0.0.1.attacker.example' }),
  }));
  expect(got.whole).toMatchObject({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' });
  expect(got.head).toMatchObject({ status: 200, text: '' });
  expect(got.byName.status).toBe(200);
  expect([got.other, got.post, got.rebound, got.alike].map((a) => a.status)).toEqual([404, 405, 403, 403]);
  expect(got.rebound.text).not.toContain('nettrace_');
  // Paths and queries are no labels.
  expect(got.whole.text).not.toContain('/200/');
});

test('any free port is printed, on loopback', async () => {
  const result = await nettrace.run(['run', '--quiet', '--metrics', '0', '--', node, requests, '1']);
  expect(result).toMatchObject({ code: 0, stdout: 'served 1\n' });
  expect(result.stderr).toMatch(/^nettrace: metrics at http:\/\/127\.0\.0\.1:[1-9]\d*\/metrics\n$/);
});

test('another address is used when it is named, and who can read it is said', async () => {
  const result = await nettrace.run(['run', '--metrics', '0.0.0.0:0', '--', node, requests, '1']);
  expect(result).toMatchObject({ code: 0, stdout: 'served 1\n' });
  expect(result.stderr).toMatch(/metrics at http:\/\/0\.0\.0\.0:[1-9]\d*\/metrics\n/);
  expect(result.stderr).toContain('can be read by everyone who reaches this address');
});

test('a program that is not there: nothing listens', async () => {
  const result = await nettrace.run(['run', '--metrics', '0', '--', 'no-such-program']);
  expect(result.code).toBe(2);
  expect(result.stderr).not.toContain('metrics at');
});

test('a port in use, or what is no address, ends nettrace before the program starts', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  const bad = { [port]: /port is in use/, 'x:y': /not an address/, '99999': /not an address/, ':': /not an address/ };
  for (const [address, reason] of Object.entries(bad)) {
    const result = await nettrace.run(['run', '--metrics', address, '--', node, requests, '1']);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toMatch(reason);
  }
  taken.close();
});

test('nothing listens without the option', async () => {
  const result = await nettrace.run(['run', '--json', '--', node, requests, '1']);
  const summary = JSON.parse(result.stderr.trim().split('\n').at(-1) ?? '');
  expect(summary.sinks).toBeUndefined();
  expect(summary.self).toMatchObject({ lost: 0 });
  // What is read at the end alone is in it.
  expect(summary.self.bytes).toBeGreaterThan(2 * summary.self.lines);
  expect(result.stderr).not.toContain('metrics at');
});
