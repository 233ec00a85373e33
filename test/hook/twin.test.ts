// A package's own test suite gives the same results with and without the hook. All suites on all versions: npm run twin.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { nodes, repository } from '../support/nodes';

interface Row {
  tests: number;
  requests: number;
  different: { title: string; without: string[]; with: string[] }[];
}

const there = existsSync(join(repository, 'test/twin/node_modules'));
if (!there) console.log('Twin suites: skipped, not installed: npm ci --prefix test/twin');

test.skipIf(!there)('hyperquest, its own tests: the same with the hook', { retry: 1 }, async () => {
  const major = String((nodes.find((n) => n.major === 24) ?? nodes[0])?.major);
  const args = ['--suite', 'hyperquest', '--node', major, '--arms', 'all', '--once', '--print'];
  const { stdout } = await promisify(execFile)(process.execPath, [join(repository, 'test/twin/run.mjs'), ...args]);
  const [row] = JSON.parse(stdout) as [Row];
  expect(row.tests).toBeGreaterThanOrEqual(50);
  expect(row.requests).toBeGreaterThanOrEqual(35);
  expect(row.different).toEqual([]);
});
