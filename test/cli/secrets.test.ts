/**
 * Secrets in every place that a program has them, through `nettrace run` into everything that it writes: none is there.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Trace } from '../../src/model/records';
import { scratch } from '../../src/session/testing/scratch';
import { Receiver } from './otlp/receiver';
import { Nettrace, programs } from './testing/nettrace';

const nettrace = new Nettrace();

const planted = 'pLaNtEd47';
const program = join(programs, 'secretive.cjs');
const own = ['--password=', '--api-key '].flatMap((name, i) => `${name}${planted}${40 + i}`.split(' '));

/** Where a text has a planted secret, with what is round it. */
const leaks = (text: string): string[] =>
  [...text.matchAll(new RegExp(planted, 'gi'))].map(({ index }) => text.slice(Math.max(0, index - 80), index + 20));

test.each([
  { headers: 'off', view: '--log' },
  { headers: 'names', view: '--table' },
  { headers: 'lengths', view: '--log' },
  { headers: 'values', view: '--table' },
])('headers $headers, $view: in no file, on no screen', async ({ headers, view }) => {
  const folder = scratch();
  const files = ['a.nettrace.json', 'b.har', 'c.eve.json', 'd.otlp.json'].map((name) => join(folder, name));
  const to = await new Receiver().start();
  const options = [
    '--otlp',
    to.url,
    '--otlp-protocol',
    'http/json',
    '--headers',
    headers,
    '--bodies',
    '100000',
    '--incoming',
    '--stacks',
    '--sockets',
    view,
  ];
  const result = await nettrace.run(
    ['run', ...options, ...files.flatMap((f) => ['-o', f]), '--', process.execPath, program, 'all', ...own],
    { env: { PLANTED: planted } },
  );
  await to.stop();
  expect(result.code, result.stderr).toBe(0);
  expect(to.spans.length).toBeGreaterThan(20);
  expect(leaks(JSON.stringify(to.accepted))).toEqual([]);
  const trace = JSON.parse(readFileSync(files[0] as string, 'utf8')) as Trace;
  // All that holds a secret was recorded.
  const seen = trace.requests.map((r) => r.url ?? '').join('\n');
  for (const path of ['/credentials', '/moved', '/path/***', '/form', '/json', '/error', 'nowhere.invalid', '/child'])
    expect(seen).toContain(path);
  expect(trace.processes).toHaveLength(2);
  expect(JSON.stringify(trace.requests.map((r) => [r.body, r.response?.content]))).toContain('***');
  expect(leaks(result.stderr + result.stdout)).toEqual([]);
  const [request] = trace.requests.filter((r) => r.url?.includes('/form'));
  const one = ['--request', request?.id ?? '', '--body'];
  const shows = [['--json', '--body'], one, []].map((more) => nettrace.run(['show', ...more, files[0] as string]));
  for (const { code, stdout, stderr } of await Promise.all(shows)) {
    expect(code, stderr).toBe(0);
    expect(leaks(stdout + stderr)).toEqual([]);
  }
  expect(readdirSync(folder)).toHaveLength(files.length);
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('***');
    expect({ file, leaks: leaks(text) }).toEqual({ file, leaks: [] });
  }
});
