/**
 * Under tools that wrap sockets, or answer in place of a server, a request has its connection, or its record says why not.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyse } from '../../../src/analysis/analyse';
import { phasesOf } from '../../../src/model/phases/phases';
import { rowOf } from '../../../src/model/rows/row';
import { type Observed, observe } from '../../support/observe';
import { type NodeVersion, nodes, repository } from '../../support/programs/nodes';
import { Upstream } from '../../support/servers/upstream';

const program = join(import.meta.dirname, '../programs/wrappers.cjs');
const NODE_PATH = join(repository, 'test/matrix/clients/node_modules');
let upstream: Upstream;
beforeAll(async () => {
  upstream = await Upstream.start();
});
afterAll(() => upstream.close());

const byPath = (seen: Observed) =>
  Object.fromEntries(seen.requests.map((r) => [(r.url ?? '').replace(/^.*\//, ''), r] as const));
const phases = (seen: Observed, i: number) =>
  phasesOf(seen.requests[i] as never, seen.run.store, 1e9).phases.map((p) => p.name);

const run = (node: NodeVersion, act: string) =>
  observe(node, program, { args: [act], env: { NODE_PATH, NODE_NO_WARNINGS: '1' } }, upstream);

describe.each(nodes)('Node $major', (node) => {
  test('a tool keeps `emit` of a socket that is not connected yet (dd-trace): nothing is missing', async () => {
    const seen = await run(node, 'wrapped');
    expect(seen.requests).toHaveLength(3);
    for (const r of seen.requests) expect(r).toMatchObject({ ordinal: expect.any(Number), outcome: 'complete' });
    expect(phases(seen, 0)).toEqual(['queue', 'tcp', 'send', 'wait', 'download']);
    expect(seen.run.store.counts.connections).toBe(upstream.facts.connections.length);
  });

  test('a tool takes the events of a socket away: its connection is found by the response', async () => {
    const seen = await run(node, 'passed');
    expect(seen.requests).toMatchObject([{ ordinal: 1, bytesReceived: expect.any(Number), outcome: 'complete' }]);
    expect(seen.connections).toMatchObject([{ remote: { address: '127.0.0.1' }, connect: { result: 'connected' } }]);
    // When it was connected nobody has seen.
    expect(seen.connections[0]?.connect?.endAt).toBeUndefined();
    expect(phases(seen, 0)).toEqual(['queue', 'send', 'wait', 'download']);
  });

  test('a stream that is no socket: no connection, and why', async () => {
    const seen = await run(node, 'channel');
    expect(seen.requests).toMatchObject([{ missing: { connection: 'stream' }, outcome: 'complete' }]);
    expect(seen.requests[0]).not.toHaveProperty('mocked');
  });

  test('a socket without a handle that answers by itself is mocked', async () => {
    const seen = await run(node, 'mock');
    expect(seen.requests).toMatchObject([{ mocked: true, missing: { connection: 'mocked' }, outcome: 'complete' }]);
    expect(upstream.facts.requests).toEqual([]);
  });

  test.each(['nock14', 'nock15', 'msw'])('%s: mocked, or on the connection that the server saw', async (name) => {
    if (name === 'nock15' && node.major < 22) return;
    if (name !== 'nock14' && node.major < 20) return;
    const seen = await run(node, name);
    const { mocked, ...others } = byPath(seen);
    expect(mocked).toMatchObject({ mocked: true, missing: { connection: 'mocked' }, response: { status: 200 } });
    expect(mocked).not.toHaveProperty('connection');
    const real = upstream.facts.requests.length;
    expect(Object.values(others).filter((r) => r.connection !== undefined)).toHaveLength(real);
    expect(seen.run.store.counts.connections).toBe(upstream.facts.connections.length);
    expect(rowOf(mocked as never, seen.run.store, 1e9)).toMatchObject({ state: 'mocked', stateText: '200 mocked' });
    const about = analyse(seen.run.store, 1e9).flatMap((f) => f.subjects);
    expect(about).not.toContain(mocked?.id);
    if (name !== 'msw')
      expect(others.broken).toMatchObject({ mocked: true, outcome: 'failed', error: { message: 'broken' } });
  });
});

// It needs Node 22.
test.each(nodes.filter((n) => n.major >= 22))(
  'nock 15 answers on a kept socket: the connection below did not carry it, Node $major',
  async (node) => {
    const seen = await run(node, 'kept');
    const { mocked, ...others } = byPath(seen);
    expect(mocked).toMatchObject({ mocked: true, missing: { connection: 'mocked' }, response: { status: 200 } });
    for (const key of ['connection', 'ordinal', 'bytesSent', 'bytesReceived']) expect(mocked).not.toHaveProperty(key);
    expect(Object.values(others).map((r) => [r.outcome, r.ordinal])).toEqual([
      ['complete', 1],
      ['complete', expect.any(Number)],
    ]);
    const counted = seen.connections.map((c) => c.requestCount ?? 0).reduce((a, b) => a + b, 0);
    expect(counted).toBe(upstream.facts.requests.length);
  },
);
