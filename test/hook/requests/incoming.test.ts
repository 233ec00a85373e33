/** Connections that others open to the program: recorded only when asked, and never counted as its own. */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectionRowOf } from '../../../src/model/panel/connectionRow';
import { problemsOf, visible } from '../../support/check';
import { nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';

const program = join(import.meta.dirname, '../programs/incoming.cjs');
const server = createServer((socket) => socket.on('error', () => undefined).end());
const env: Record<string, string> = {};
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  env.OTHER_PORT = String((server.address() as { port: number }).port);
});
afterAll(() => server.close());

describe.each(nodes)('Node $major', (node) => {
  test('apart from its own, with the same bytes seen from the other end', async () => {
    const plain = await runPlain(node, program, { env });
    const run = await runTraced(node, program, { env, conf: { incoming: true, sockets: true } });
    expect(visible(run)).toEqual(visible(plain));
    expect(problemsOf(run)).toEqual([]);
    const all = run.trace.connections;
    const incoming = all.filter((c) => c.direction === 'in');
    const own = all.filter((c) => c.direction === 'out');
    expect([incoming.length, own.length]).toEqual([3, 4]);
    for (const c of incoming) {
      expect(c.dial).toBeUndefined();
      const other = own.find((o) => o.local?.port === c.remote?.port);
      // One was closed by the program before its address could be read.
      if (c.remote === undefined) continue;
      expect(c.local).toEqual(other?.remote);
      expect([c.bytesReceived, c.bytesSent]).toEqual([other?.bytesSent, other?.bytesReceived]);
      expect(connectionRowOf(c, run.store)).toBeUndefined();
    }
    expect(incoming.filter((c) => c.remote)).toHaveLength(2);
    expect(incoming.map((c) => c.closedBy)).toEqual(['peer', 'local', 'local']);
    const sum = (key: 'bytesSent' | 'bytesReceived') => own.reduce((n, c) => n + (c[key] ?? 0), 0);
    expect(run.store.counts).toMatchObject({
      connections: 4,
      bytesSent: sum('bytesSent'),
      bytesReceived: sum('bytesReceived'),
    });
    expect(run.trace.settings?.socketOperations).toBe(true);
  });

  test('not asked for: none', async () => {
    const run = await runTraced(node, program, { env });
    expect(run.trace.connections.map((c) => c.direction)).toEqual(['out', 'out', 'out', 'out']);
  });
});
