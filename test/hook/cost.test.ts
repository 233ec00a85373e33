// What a small request over a kept connection makes the hook do, counted: a change that adds work to each request fails
// here, on a machine of any speed. What it costs in time is measured by test/bench.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodes } from '../support/nodes';
import { runTraced } from '../support/run';

const programs = join(import.meta.dirname, 'programs');
const requests = 200;
let server: Server;

beforeAll(async () => {
  server = createServer((_, r) => void r.setHeader('content-length', '5').end('hello'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

type Count = 'writes' | 'clocks' | 'stacks' | 'jobs' | 'json' | 'timers';

describe.each(nodes)('Node $major', (node) => {
  test.each(['http', 'fetch'])('%s', async (client) => {
    const env = {
      NODE_OPTIONS: `--require ${join(programs, 'counts.cjs')}`,
      COST_CLIENT: client,
      COST_PORT: String((server.address() as AddressInfo).port),
      COST_REQUESTS: String(requests),
    };
    // No grouping, which depends on how busy the machine is.
    const run = await runTraced(node, join(programs, 'cost.cjs'), { env, conf: { gap: 0 } });
    expect(run.trace.requests).toHaveLength(requests + 5);
    const counts = JSON.parse(run.stdout) as Record<Count, number>;
    const told = run.lines.filter((one) => /^\{"k":"(req|head|mark|end)"/.test(one.text)).length;
    // One stack each, no line by way of JSON.
    expect(counts).toMatchObject({ stacks: requests, json: 0 });
    // fetch ends in one turn of the loop and begins anew in the next.
    const writes = client === 'fetch' ? 2 : 1;
    // Not exactly: what is due every 50 ms (unread call sites, a head without an end) comes more often where all is slow.
    const slow = 1.25;
    expect(counts.writes / requests).toBeLessThan(writes * slow);
    expect(told / (requests + 5)).toBeLessThan(2 * slow);
    expect(counts.clocks / requests).toBeLessThan((client === 'fetch' ? 14 : 9) * slow);
    // undici makes promises of its own.
    if (client === 'http') expect(counts.jobs).toBeLessThan(requests * slow);
  });
});
