/** A socket's or stream's timer ends a request only if what it sets off ends it, however long that takes to run. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Observed } from '../../support/observe';
import { nodes } from '../../support/programs/nodes';
import { runTraced } from '../../support/programs/run';
import { Http2Upstream } from '../../support/servers/http2Upstream';
import { Upstream } from '../../support/servers/upstream';

const program = join(import.meta.dirname, '../programs/idleTimers.cjs');
let upstream: Upstream;
let http2: Http2Upstream;
beforeAll(async () => {
  upstream = await Upstream.start();
  http2 = await Http2Upstream.start();
});
afterAll(async () => {
  await upstream.close();
  await http2.close();
});

const ways = ['timer-now', 'timer-tick', 'timer-promise', 'timer-immediate', 'own-later', 'own-turns'];

describe.each(nodes)('Node $major', (node) => {
  test('named as what ended a request only where its listener did', async () => {
    const env = { ...upstream.environment, ...http2.environment };
    const run = await runTraced(node, program, { env, compared: true });
    expect(run.stdout).toBe('done\n');
    const seen = new Observed(run);
    for (const client of ['http', 'https', 'http2'])
      for (const way of ways) {
        const name = `${client}-${way}`;
        const r = seen.requests.find((r) => r.url?.endsWith(`?${name}`));
        expect(r, name).toMatchObject({ outcome: 'aborted' });
        const byTimer = way.startsWith('timer');
        const kind = client === 'http2' ? 'stream' : 'socket';
        expect(r?.timeout?.kind, name).toBe(byTimer ? kind : undefined);
        if (r && client !== 'http2') expect(seen.connectionOf(r).closedBy, name).toBe(byTimer ? 'timeout' : 'local');
      }
    expect(seen.requests).toHaveLength(3 * ways.length);
  });
});
