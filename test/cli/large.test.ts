/** A run with more requests than memory keeps (`--max-requests`): the files that can have all of them. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Trace } from '../../src/model/records';
import { nodes } from '../support/programs/nodes';
import { Nettrace, requests } from './testing/nettrace';

const nettrace = new Nettrace();
afterEach(() => expect(nettrace.spools()).toEqual([]));

const traceIn = (file: string): Trace => JSON.parse(readFileSync(join(nettrace.home, file), 'utf8'));

test('the native file and the database have all requests, other formats the last ones, and it is said', async () => {
  const node = nodes.find(({ major }) => major === 24)?.binary as string;
  const outputs = ['a.nettrace.json', 'a.nettrace.db', 'a.har'];
  const files = outputs.flatMap((file) => ['-o', file]);
  const args = ['run', '--max-requests', '40', ...files, '--', process.execPath, requests, '1500'];
  const { stdout, stderr, code } = await nettrace.run(args, { node });
  expect([stdout, code]).toEqual(['served 1500\n', 0]);
  expect(stderr).toMatch(/a\.nettrace\.json has all requests; .* are of the last 40 \(--max-requests\)/);
  expect(stderr).toMatch(/a\.har: the last 40 requests only; nettrace convert .*a\.nettrace\.json makes it of all/);
  expect(stderr).not.toMatch(/dropped|evicted/);

  const trace = traceIn('a.nettrace.json');
  expect(trace.counts).toMatchObject({ requests: 1500, evictedRequests: 0, connections: 1500 });
  expect([trace.losses, trace.analysedRequests]).toEqual([[], 40]);
  const numbers = trace.requests.map((r) => Number(/\/(\d+)\?/.exec(r.url ?? '')?.[1]));
  expect(numbers).toEqual(Array.from({ length: 1500 }, (_, i) => i));
  expect(trace.requests.every((r) => r.callSite?.line === 12)).toBe(true);
  const connections = new Set(trace.connections.map((c) => c.id));
  expect(trace.requests.every((r) => connections.has(r.connection ?? ''))).toBe(true);
  expect(JSON.stringify(trace)).not.toContain('planted-secret');
  expect(JSON.parse(readFileSync(join(nettrace.home, 'a.har'), 'utf8')).log.entries).toHaveLength(40);

  const sql =
    'select count(*) as n, count(distinct r.url) as urls, count(c.id) as joined from requests r join connections c on c.id = r.connection';
  const asked = await nettrace.run(['query', 'a.nettrace.db', sql, '--format', 'json'], { node });
  expect(JSON.parse(asked.stdout)).toEqual([{ n: 1500, urls: 1500, joined: 1500 }]);
  const findings = await nettrace.run(['query', 'a.nettrace.db', 'select count(*) from findings'], { node });
  expect(findings.stderr).toContain('the table findings is of the last 40 requests');

  // All of it is at hand now: findings are made again, of all.
  const shown = await nettrace.run(['show', 'a.nettrace.json']);
  expect(shown.stdout).toMatch(/1,500 (similar )?requests/);
  expect((await nettrace.run(['convert', 'a.nettrace.json', 'b.nettrace.json'])).code).toBe(0);
  expect(traceIn('b.nettrace.json')).not.toHaveProperty('analysedRequests');
});

test('without such a file the oldest are dropped, and counted', async () => {
  const args = ['run', '--max-requests', '40', '-o', 'c.har', '--', process.execPath, requests, '100'];
  const { stderr } = await nettrace.run(args);
  expect(stderr).toContain('The oldest 60 requests were dropped from the trace (limit 40');
  expect(stderr).not.toContain('has all requests');
});

test('--json counts what is in the file, and of how many requests its findings are', async () => {
  const args = [
    'run',
    '--json',
    '--max-requests',
    '40',
    '-o',
    'd.nettrace.json',
    '--',
    process.execPath,
    requests,
    '100',
  ];
  const { stderr } = await nettrace.run(args);
  const summary = JSON.parse(stderr.slice(stderr.indexOf('{')));
  expect(summary).toMatchObject({ counts: { requests: 100, evictedRequests: 0 }, analysedRequests: 40, losses: [] });
});

const mounts = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;
if (!mounts) console.warn('Full disk during a large run: skipped, only root may mount a small one.');
test.skipIf(!mounts)(
  'a disk that fills up meanwhile: what it took is saved, the rest is counted, and both are said',
  async () => {
    const script = 'mount -t tmpfs -o size=3m none /mnt && TMPDIR=/mnt exec "$@"';
    const wrap = ['unshare', '-m', 'sh', '-c', script, 'sh'];
    const args = ['run', '--max-requests', '40', '-o', 'e.nettrace.json', '--', process.execPath, requests, '9000'];
    const { stdout, stderr, code } = await nettrace.run(args, { wrap });
    expect([stdout, code]).toEqual(['served 9000\n', 0]);
    const trace = traceIn('e.nettrace.json');
    const { requests: seen, evictedRequests } = trace.counts;
    expect(trace.requests.length).toBe(seen - evictedRequests);
    // How much there is room for depends on who writes first, the program or nettrace.
    expect(trace.requests.length).toBeGreaterThanOrEqual(40);
    expect(stderr).toMatch(/could be kept, as the disk took no more: ENOSPC|the disk of \/mnt is full/);
  },
);
