/**
 * A package's own test suite gives the same results with and without the hook. All suites on all versions: npm run twin.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { nodes, repository } from '../../support/programs/nodes';

interface Row {
  tests: number;
  requests: number;
  different: { title: string; without: string[]; with: string[] }[];
}

const there = existsSync(join(repository, 'test/twin/node_modules'));
if (!there) console.log('Twin suites: skipped, not installed: npm ci --prefix test/twin');

// Quick suites whose tests wait for nothing: all suites on all versions take an hour.
test.skipIf(!there)('own tests of node-fetch and http-proxy-agent: the same with the hook', async () => {
  const major = String((nodes.find((n) => n.major === 24) ?? nodes[0])?.major);
  const args = ['--suite', 'node-fetch-1,http-proxy-agent', '--node', major, '--arms', 'all', '--once', '--print'];
  const { stdout } = await promisify(execFile)(process.execPath, [join(repository, 'test/twin/run.mjs'), ...args]);
  const rows = JSON.parse(stdout) as Row[];
  expect(rows.map((row) => [row.tests, row.different])).toEqual([
    [15, []],
    [117, []],
  ]);
  for (const [i, min] of [20, 200].entries()) expect(rows[i]?.requests).toBeGreaterThanOrEqual(min);
});
