/**
 * Many requests through a session that keeps few: counts exact, what went is said, memory does not grow with the number.
 * 100,000 of them, with figures: node test/bounds/run.mjs.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { repository } from '../../support/programs/nodes';

interface Memory {
  heapUsed: number;
}
interface Result {
  counts: Record<string, number>;
  kept: number;
  evicted: { what: string; count: number }[];
  otherLosses: unknown[];
  host: Memory[];
  bare: { early: Memory; late: Memory };
  hooked: { early: Memory; late: Memory };
}

const MiB = 1024 * 1024;

test('10,000 requests through a session that keeps 1,000', async () => {
  const script = join(repository, 'test/bounds/run.mjs');
  const args = ['--expose-gc', script, '10000', '--limit', '1000', '--print'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const r = JSON.parse(stdout) as Result;
  expect(r.counts).toMatchObject({ requests: 10_000, failed: 100, evictedRequests: 9000 });
  expect(r.kept).toBe(1000);
  expect(r.evicted).toMatchObject([{ what: 'requests', count: 9000 }]);
  expect(r.otherLosses).toEqual([]);
  // The hook's own records in the program: those of 9,000 requests would be some MiB.
  expect(r.hooked.late.heapUsed - r.hooked.early.heapUsed).toBeLessThan(2 * MiB);
  expect(r.host.at(-1)?.heapUsed).toBeLessThan(40 * MiB);
});
