// How long the event loop was busy while a request lived.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemsOf } from '../support/check';
import { nodes } from '../support/nodes';
import { only, timing } from '../support/observe';
import { runTraced } from '../support/run';

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((_, res) => void setTimeout(() => res.end('hello'), 300));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => server.close());

describe.each(nodes)('Node $major', (node) => {
  test.each(['http', 'fetch'])('the loop’s busy time is the request’s figure: %s', timing, async (client) => {
    const busyOf = async (milliseconds: number) => {
      const run = await runTraced(node, join(import.meta.dirname, 'programs/busy.cjs'), {
        args: [url, String(milliseconds), client],
      });
      expect(run.stdout).toBe('done\n');
      expect(problemsOf(run)).toEqual([]);
      const r = only([...run.store.requests.values()]);
      const busy = (r.loopBusyDuration ?? Number.NaN) / 1000;
      return { busy, idle: ((r.endAt ?? 0) - (r.createdAt ?? 0)) / 1000 - busy };
    };
    const [still, computing] = [await busyOf(0), await busyOf(200)];
    // On a machine busy with others the program's own share takes longer, but it has nothing to do for most of the wait.
    expect(still.busy).toBeGreaterThan(0);
    expect(still.idle).toBeGreaterThan(150);
    expect(computing.busy).toBeGreaterThanOrEqual(199);
    expect(computing.idle).toBeGreaterThanOrEqual(0);
    expect(computing.idle).toBeLessThan(still.idle - 50);
  });
});
