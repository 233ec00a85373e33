/** What was written stays when a program is killed: SIGKILL gives it no chance to say anything more. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemsOf } from '../support/check';
import { Observed } from '../support/observe';
import { nodes } from '../support/programs/nodes';
import { runTraced } from '../support/programs/run';
import { Upstream } from '../support/servers/upstream';

let upstream: Upstream;
beforeAll(async () => {
  upstream = await Upstream.start();
});
afterAll(() => upstream.close());

describe.each(nodes)('Node $major', (node) => {
  test.each(['SIGKILL', 'SIGTERM', 'SIGABRT'] as const)('%s while requests run', async (signal) => {
    upstream.facts.clear();
    const run = await runTraced(node, join(import.meta.dirname, 'programs/endless.cjs'), {
      env: upstream.environment,
      // While its loop is busy a process writes every 5 ms; a machine that gives it no time makes it look so.
      conf: { gap: 0 },
      started: (child) => {
        let printed = '';
        child.stdout?.on('data', (d: string) => {
          printed += d;
          if (printed.split('\n').length >= 30 && !child.killed) child.kill(signal);
        });
      },
    });
    await upstream.quiet();
    expect(run.signal).toBe(signal);
    expect(problemsOf(run)).toEqual([]);
    const { requests } = new Observed(run);
    // Each request the server saw is there: its line was written at the end of the tick that sent it. Only the newest
    // may lack, when the process was killed between the two.
    const urls = new Set(requests.map((r) => r.url?.replace(/^http:\/\/[^/]*/, '')));
    const seen = upstream.facts.requests.map(({ target }) => target);
    expect(seen.filter((target) => !urls.has(target) && target !== seen.at(-1))).toEqual([]);
    const done = run.stdout.trim().split('\n').length;
    const complete = requests.filter((r) => r.outcome === 'complete').length;
    expect(complete).toBeGreaterThanOrEqual(done - 1);
    for (const r of requests.slice(complete)) expect(r.outcome).toBe('interrupted');
    expect([...run.store.processes.values()]).toMatchObject([{ end: 'killed', signal }]);
  });
});
