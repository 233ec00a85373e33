/** What the hook measures of itself in a program: docs/trace-format.md, `hookCost`. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodes } from '../../support/programs/nodes';
import { runTraced } from '../../support/programs/run';

const programs = join(import.meta.dirname, '../programs');
interface CostLine {
  k: string;
  reason?: string;
  at: number;
  cost?: { start: number; handlers: number; requests: number };
}

describe.each(nodes)('Node $major', (node) => {
  const run = async (requests: number) => {
    const begin = performance.now();
    const traced = await runTraced(node, join(programs, 'manyRequests.cjs'), { env: { REQUESTS: String(requests) } });
    const tookUs = (performance.now() - begin) * 1000;
    expect(traced.code).toBe(0);
    expect(traced.store.requests.size).toBe(requests);
    const lines = traced.lines.map(({ text }) => JSON.parse(text) as CostLine);
    return {
      tookUs,
      live: lines.filter((l) => l.k === 'ctl' && l.reason === 'cost'),
      end: lines.find((l) => l.k === 'exit')?.cost,
      threads: [...traced.store.processes.values()].flatMap((p) => p.threads),
    };
  };

  test('of all requests of a short program, in its last line', async () => {
    const { live, end, threads, tookUs } = await run(30);
    expect(live).toEqual([]);
    expect(end?.requests).toBe(30);
    expect(end?.handlers).toBeGreaterThan(0);
    expect(end?.start).toBeGreaterThan(0);
    expect((end?.handlers ?? 0) + (end?.start ?? 0)).toBeLessThan(tookUs);
    expect(threads.map((t) => t.hookCost)).toEqual([end]);
  });

  test('of a long one over the first 200 and 500 after 1,000, said while it runs', async () => {
    const { live, end, threads, tookUs } = await run(1700);
    expect(live.map((l) => l.cost?.requests)).toEqual([200, 500]);
    expect(end).toEqual(live[1]?.cost);
    expect(end?.handlers).toBeGreaterThan(0);
    expect(end?.handlers).toBeLessThan(tookUs);
    expect(threads.map((t) => t.hookCost)).toEqual([end]);
  });

  test('of a program without requests, its start', async () => {
    const { end } = await run(0);
    expect(end).toEqual({ start: end?.start, handlers: end?.handlers, requests: 0 });
    expect(end?.start).toBeGreaterThan(0);
  });
});
