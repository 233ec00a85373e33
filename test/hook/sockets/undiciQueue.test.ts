/**
 * What a pool of undici keeps until a connection is free has its row from the call on, as in the queue of an agent of http:
 * also where the process, the worker or the pool ends before.
 */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { observe, present } from '../../support/observe';
import { nodes, repository } from '../../support/programs/nodes';

const program = join(import.meta.dirname, '../programs/undici-queue.cjs');
const copies = [
  [18, 'undici6'],
  [20, 'undici7'],
  [24, 'undici6'],
  [24, 'undici8'],
] as const;

describe.each(copies.filter(([major]) => nodes.some((n) => n.major === major)))('Node %i, %s', (major, copy) => {
  const node = present(
    nodes.find((n) => n.major === major),
    'Node',
  );
  const run = (end: string) =>
    observe(node, program, {
      args: [join(repository, 'test/matrix/clients/node_modules', copy), end],
      execArgv: ['--no-warnings'],
    });

  test.each(['exit', 'end', 'terminate'])('until the end of the process or the worker: %s', async (end) => {
    const seen = await run(end);
    const rows = seen.requests.map((r) => [
      new URL(r.url ?? '').pathname + new URL(r.url ?? '').search,
      r.api,
      r.method,
      seen.site(r)?.replace(/:\d+/, ''),
    ]);
    expect(rows.sort()).toEqual([
      ['/fetch-kept', 'fetch', 'GET', 'undici-queue.cjs user'],
      ['/fetch-made', 'fetch', 'GET', 'undici-queue.cjs user'],
      ['/http-kept', 'http', 'GET', 'undici-queue.cjs user'],
      ['/http-made', 'http', 'GET', 'undici-queue.cjs user'],
      ['/kept?a=1%202', 'undici', 'PUT', 'undici-queue.cjs user'],
      ['/made', 'undici', 'GET', 'undici-queue.cjs user'],
    ]);
    const of = (path: string) =>
      present(
        seen.requests.find((r) => r.url?.includes(path)),
        path,
      );
    for (const path of ['/kept', '/fetch-kept']) {
      expect(of(path).outcome).toBe(of('/http-kept').outcome);
      expect(seen.phaseNames(of(path))).toEqual(seen.phaseNames(of('/http-kept')));
    }
    expect(of('/kept').outcome).toBe('processExit');
  });

  test('until the pool is destroyed', async () => {
    const seen = await run('destroy');
    const kept = present(
      seen.requests.find((r) => r.url?.includes('/kept')),
      'the call that was kept',
    );
    expect(kept).toMatchObject({ outcome: 'failed', error: { message: 'no more' } });
    expect(seen.phaseNames(kept)).toEqual(['queue']);
  });
});
