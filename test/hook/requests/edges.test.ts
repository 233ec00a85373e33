/**
 * The edges of calls: what throws at once reads as without the hook; what waits in a pool, is not
 * read, or ends with its worker, is reported as it was. The truth is the program without tracing, and the server's log.
 */
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { phasesOf } from '../../../src/model/phases/phases';
import { problemsOf, visible } from '../../support/check';
import { only } from '../../support/observe';
import { nodes, repository } from '../../support/programs/nodes';
import { lineOf, runPlain } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';
import { Upstream } from '../../support/servers/upstream';

const program = join(import.meta.dirname, '../programs/edges.cjs');
const clients = join(repository, 'test/matrix/clients/node_modules');
let upstream: Upstream;
beforeAll(async () => {
  upstream = await Upstream.start();
});
afterAll(() => upstream.close());

describe.each(nodes)('Node $major', (node) => {
  const traced = (args: string[], execArgv: string[] = []) =>
    runTraced(node, program, { args, execArgv, env: { ...upstream.environment, EDGES_MS: '300' } });

  test.each(['url', 'protocol', 'port', 'header', 'write', 'lookup', 'fetch', 'refused', 'limit'])(
    '%s: what is printed is the same to the line',
    async (act) => {
      const plain = await runPlain(node, program, { args: [act], env: upstream.environment });
      const run = await traced([act]);
      expect(visible(run)).toEqual(visible(plain));
      if (act !== 'limit') expect(run.stderr).toMatch(/\n\s+at /);
    },
  );

  // The program has an error, so there is a row with it; nothing was dialled.
  test.each([
    ['port', 'ERR_SOCKET_BAD_PORT'],
    ['lookup', undefined],
  ])('%s: a call that throws is a failed request without a dial', async (act, code) => {
    const run = await traced([act]);
    const r = only(run.trace.requests);
    expect([r.outcome, r.error?.code, r.dial, r.connection]).toEqual(['failed', code, undefined, undefined]);
    expect(run.trace.dials).toEqual([]);
    expect(problemsOf(run)).toEqual([]);
  });

  test('what fetch sends again by itself after a 421 is a try of the call, at its line', async () => {
    const misdirected = join(import.meta.dirname, '../programs/misdirected.cjs');
    const run = await runTraced(node, misdirected);
    expect(run.stdout).toBe('4\n');
    const tries = run.trace.requests.map((r) => [r.attempt, r.retryOf, r.callSite?.line]);
    const [a, , b] = run.trace.requests.map((r) => r.id);
    const [first, second] = [lineOf(misdirected, 'first'), lineOf(misdirected, 'second')];
    expect(tries).toEqual([
      [1, undefined, first],
      [2, a, first],
      [1, undefined, second],
      [2, b, second],
    ]);
    expect(problemsOf(run)).toEqual([]);
  });

  test.each([
    ['get', 'get'],
    ['fetch', 'fetched'],
  ])('four requests by %s of a worker that is terminated at once', async (by, mark) => {
    const from = upstream.facts.requests.length;
    const run = await traced(['worker', by]);
    expect(upstream.facts.requests.length - from).toBe(4);
    expect(run.trace.requests).toHaveLength(4);
    // Terminated right after the last response: its call site was written with its first line.
    const line = lineOf(program, mark);
    expect(run.trace.requests.map((r) => r.callSite)).toEqual(Array(4).fill(expect.objectContaining({ line })));
    // The end of the last may come after the message that has the worker terminated.
    expect(run.trace.requests.slice(0, 3).map((r) => r.outcome)).toEqual(Array(3).fill('complete'));
  });

  test('four requests of a forked process that is killed at once, as pools of test runners do', async () => {
    const run = await traced(['forked']);
    expect(run.trace.requests).toHaveLength(4);
    const line = lineOf(program, 'get');
    expect(run.trace.requests.map((r) => r.callSite)).toEqual(Array(4).fill(expect.objectContaining({ line })));
  });

  // Only these cancel the body of a response that is collected.
  if (node.major >= 22)
    test('a body that nobody reads is no failure', async () => {
      const run = await traced(['unread'], ['--expose-gc']);
      expect(run.stdout).toBe('200\n');
      expect(only(run.trace.requests)).toMatchObject({ outcome: 'notRead', response: { status: 200 } });
      expect(run.trace.counts.failed).toBe(0);
      expect(problemsOf(run)).toEqual([]);
    });

  test('https through a proxy agent: TCP and TLS of the tunnel, on the connection that the proxy saw', async () => {
    const ports: (number | undefined)[] = [];
    const proxy = createServer().on('connect', (q, socket: Socket) => {
      ports.push(socket.remotePort);
      const onward = connect(Number(q.url?.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      for (const one of [socket, onward]) one.on('error', () => {});
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    const { port } = proxy.address() as AddressInfo;
    const run = await traced(['proxy', join(clients, 'https-proxy-agent'), `http://127.0.0.1:${port}`]);
    proxy.close();
    expect(run.stderr).toBe('');
    expect(problemsOf(run)).toEqual([]);
    expect(ports).toHaveLength(2);
    const requests = run.trace.requests.filter((r) => r.method !== 'CONNECT');
    expect(run.trace.requests).toHaveLength(2 * requests.length);
    const seen = requests.map((r) => run.store.connections.get(r.connection ?? '')?.local?.port);
    expect(seen).toEqual(ports);
    for (const r of requests) {
      expect(r).toMatchObject({ outcome: 'complete', ordinal: 1 });
      const names = phasesOf(r, run.store).phases.map((p) => p.name);
      expect(names).toEqual(expect.arrayContaining(['tcp', 'tls', 'send', 'wait']));
    }
    expect(run.trace.tlsTunnels.map((t) => [t.version, t.verification?.authorized])).toEqual([
      ['TLSv1.3', true],
      ['TLSv1.3', true],
    ]);
  });

  const copies =
    node.major >= 22 ? ['undici6', 'undici7', 'undici8'] : node.major >= 20 ? ['undici6', 'undici7'] : ['undici6'];
  test.each(copies)('%s: the wait for a connection of a busy pool begins with the call', async (name) => {
    const run = await traced(['pool', join(clients, name)]);
    expect(problemsOf(run)).toEqual([]);
    const list = run.trace.requests;
    expect(list).toHaveLength(3);
    for (const [i, r] of list.entries()) {
      expect(r.callSite).toMatchObject({ file: program, line: lineOf(program, 'pool'), kind: 'user' });
      // The server takes 100 ms for each before it.
      expect((r.sendBeginAt ?? Number.NaN) - (r.createdAt ?? Number.NaN)).toBeGreaterThan(i * 95_000);
      // All are made in one tick, before anything is sent.
      expect(r.createdAt).toBeLessThan(list[0]?.sendBeginAt ?? Number.NaN);
    }
  });
});
