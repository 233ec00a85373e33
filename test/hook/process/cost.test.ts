/**
 * What a small request over a kept connection makes the hook do, counted: a change that adds work to each request fails
 * here, on a machine of any speed. What it costs in time is measured by test/bench.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';

const programs = join(import.meta.dirname, '../programs');
const requests = 200;
/** Over the first 200 requests the hook also reads the clock around each of its handlers (ownCost.test.ts). */
const warmUp = 205;
let server: Server;

beforeAll(async () => {
  server = createServer((_, r) => void r.setHeader('content-length', '5').end('hello'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const before = join(programs, 'counts.cjs');
type Count = 'writes' | 'clocks' | 'stacks' | 'jobs' | 'json' | 'timers' | 'ms';

/** What is due by time, as unread call sites and heads without an end every 50 ms: a slow machine meets it more often. */
const due = ({ ms }: Record<Count, number>): number => 5 + ms / 25;

describe.each(nodes)('Node $major', (node) => {
  test.each(['http', 'fetch'])('%s', async (client) => {
    const env = {
      COST_CLIENT: client,
      COST_PORT: String((server.address() as AddressInfo).port),
      COST_REQUESTS: String(requests),
      COST_WARM_UP: String(warmUp),
    };
    // No grouping, which depends on how busy the machine is.
    const run = await runTraced(node, join(programs, 'cost.cjs'), { env, before, conf: { gap: 0 } });
    expect(run.trace.requests).toHaveLength(requests + warmUp);
    const counts = JSON.parse(run.stdout) as Record<Count, number>;
    const reported = run.lines.filter((one) => /^\{"k":"(req|head|mark|end)"/.test(one.text)).length;
    // One stack each, no line by way of JSON.
    expect(counts).toMatchObject({ stacks: requests, json: 0 });
    // fetch ends in one turn of the loop and starts again in the next.
    const writes = client === 'fetch' ? 2 : 1;
    expect(counts.writes).toBeLessThan(writes * requests + due(counts));
    // The time is that of the counted requests; those before are slower, and reported, too.
    expect(reported).toBeLessThan(2 * (requests + warmUp) + 4 * due(counts));
    expect(counts.clocks).toBeLessThan((client === 'fetch' ? 14 : 9) * requests + 4 * due(counts));
    // undici creates promises itself.
    if (client === 'http') expect(counts.jobs).toBeLessThan(requests + due(counts));
  });
});

// Node's own report of the timers whose time came. Each of the hook's would wake an idle process for nothing.
test.each(nodes)('Node $major: requests that are rare leave no timer behind', async (node) => {
  const env = {
    COST_CLIENT: 'http',
    COST_PORT: String((server.address() as AddressInfo).port),
    COST_REQUESTS: '10',
    COST_WARM_UP: '3',
    COST_REST_MS: '120',
    NODE_DEBUG: 'timer',
  };
  const run = await runTraced(node, join(programs, 'cost.cjs'), { env, before });
  expect(run.trace.requests).toHaveLength(13);
  const fired = (ms: number) => run.stderr.split(`timeout callback ${ms}\n`).length - 1;
  // The program's own, which proves that Node reports them.
  expect(fired(120)).toBe(10);
  expect(fired(25) + fired(50)).toBeLessThan(10);
});

// What the bench shows as time within the noise: without anything enabled the hook has no part in a request.
test.each(nodes.filter((n) => [20, 22, 24].includes(n.major)))(
  'Node $major: nothing enabled, or nothing of this',
  async (node) => {
    for (const client of ['http', 'fetch']) {
      const env = {
        COST_CLIENT: client,
        COST_PORT: String((server.address() as AddressInfo).port),
        COST_REQUESTS: String(requests),
        COST_WARM_UP: String(warmUp),
      };
      const program = join(programs, 'cost.cjs');
      const counted = (stdout: string) => JSON.parse(stdout) as Record<Count, number>;
      const bare = counted((await runPlain(node, program, { env, before })).stdout);
      const off = await runTraced(node, program, { env, before, conf: { enabled: [] } });
      const offCounts = counted(off.stdout);
      const { clocks, timers, ms: _, ...rest } = offCounts;
      expect(off.trace.requests).toEqual([]);
      expect(rest).toEqual({ writes: bare.writes, stacks: bare.stacks, jobs: bare.jobs, json: bare.json });
      // The look every 250 ms.
      expect(clocks - bare.clocks).toBeLessThan(due(offCounts));
      expect(timers - bare.timers).toBeLessThan(due(offCounts));
      for (const condition of ['path:/never', 'status:>=600']) {
        const other = await runTraced(node, program, { env, before, requests: [{ id: 'a', condition }] });
        expect(other.trace.requests).toEqual([]);
        expect(other.trace.counts.untraced).toBe(requests + warmUp);
        const counts = counted(other.stdout);
        // The call site is taken, as the request could have matched; it is not read, and next to nothing is written.
        expect(counts.stacks).toBe(requests);
        expect(counts.json).toBe(0);
        expect(counts.writes).toBeLessThan(due(counts));
        const reported = other.lines.filter((one) => !/^\{"k":"(proc|ctl|count|exit)"/.test(one.text));
        expect(reported).toEqual([]);
      }
    }
  },
);
