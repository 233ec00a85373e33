/** Clients within clients: a record stays complete whatever people put round http, fetch and undici. */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { problemsAgainst, problemsOf } from '../../support/check';
import { Observed, only, present } from '../../support/observe';
import { type NodeVersion, nodes } from '../../support/programs/nodes';
import { lineOf } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';
import { Upstream } from '../../support/servers/upstream';
import { CLIENTS, runAct } from '../testing/act';

const program = join(import.meta.dirname, '../programs/wrapped.cjs');
let upstream: Upstream;
beforeAll(async () => {
  upstream = await Upstream.start();
});
beforeEach(() => upstream.facts.clear());
afterAll(() => upstream.close());

async function act(node: NodeVersion, name: string): Promise<Observed & { stdout: string }> {
  const seen = await runAct(node, program, name, upstream);
  await upstream.quiet();
  expect(problemsAgainst(seen.run, upstream.facts)).toEqual([]);
  return seen;
}

/** What any record must have: connection, dial, all instants, its call site. */
function expectComplete(seen: Observed, mark: string): void {
  for (const r of seen.requests) {
    expect(r).toMatchObject({ outcome: 'complete', response: { status: 200 } });
    for (const key of ['createdAt', 'assignedAt', 'sendBeginAt', 'sendEndAt', 'responseBeginAt', 'endAt'] as const)
      expect(r[key], key).toBeDefined();
    expect(seen.connectionOf(r).connect?.result).toBe('connected');
    expect(seen.dialOf(r).connection).toBe(r.connection);
    expect(seen.site(r)).toBe(`wrapped.cjs:${lineOf(program, mark)} user`);
  }
}

describe.each(nodes)('Node $major', (node) => {
  test('a custom agent with one socket: who held it', async () => {
    const seen = await act(node, 'agent');
    expectComplete(seen, 'http');
    const [first, second] = seen.requests;
    expect(second).toMatchObject({ blockedBy: first?.id, connection: first?.connection, ordinal: 2 });
    expect(seen.dialOf(present(first, 'first')).pool).toMatchObject({ limit: 1 });
    expect(seen.dials).toHaveLength(1);
  });

  test.each(['option', 'later socket'])('%s', async (name) => {
    const seen = await act(node, name);
    expectComplete(seen, 'http');
    expect(only(seen.dials).request).toBe(only(seen.requests).id);
  });

  test('fetch replaced by the program', async () => {
    const seen = await act(node, 'replaced');
    expect(seen.stdout).toBe('[200,299]\n');
    expectComplete(seen, 'replaced');
    only(seen.requests);
  });
});

const node = present(nodes.find((n) => n.major === 24) ?? nodes.at(-1), 'a Node');

describe('wrappers', () => {
  test.each([
    ['agentkeepalive', 'http', 2],
    // The call of the client, not what the program's interceptor passes on.
    ['interceptor', 'undici', 1],
    ['balanced', 'undici', 1],
    ['pipelining', 'undici', 3],
    ['pool', 'undici', 2],
    ['oauth', 'oauth', 1],
  ] as const)('%s', async (name, mark, count) => {
    const seen = await act(node, name);
    expectComplete(seen, mark);
    expect(seen.requests).toHaveLength(count);
    if (name === 'pool') expect(seen.requests[1]?.blockedBy).toBe(seen.requests[0]?.id);
  });

  test('what a MockAgent answers was never on the wire: no record', async () => {
    const seen = await act(node, 'mock');
    expect(seen.stdout).toBe('200\n');
    expect(seen.requests).toEqual([]);
    expect(seen.dials).toEqual([]);
    expect(upstream.facts.requests).toEqual([]);
  });

  test('http.request replaced by the program: only what reaches Node is recorded', async () => {
    const seen = await act(node, 'overridden');
    expect(seen.stdout).toBe('[299,200]\n');
    expectComplete(seen, 'http');
    only(seen.requests);
  });

  test('a request that undici puts on another connection', async () => {
    const run = await runTraced(node, program, { args: ['again'], env: { ...upstream.environment, CLIENTS } });
    expect(run.stdout).toBe("[ 'ok', 'ok' ]\n");
    expect(problemsOf(run)).toEqual([]);
    const [warm, first, second] = new Observed(run).requests;
    expect(first?.connection).toBe(warm?.connection);
    const prior = only(present(second?.priorSends, 'priorSends'));
    expect(prior).toMatchObject({ connection: first?.connection, ordinal: 3 });
    expect(second?.connection).not.toBe(first?.connection);
    expect(second).toMatchObject({ outcome: 'complete', ordinal: 1 });
    expect(prior.assignedAt).toBeLessThanOrEqual(prior.endAt ?? Number.NaN);
    expect(prior.endAt).toBeLessThanOrEqual(second?.assignedAt ?? Number.NaN);
  });
});

describe('redirects', () => {
  test.each(['fetch', 'axios', 'got11', 'got14', 'node-fetch', 'undici6', 'undici7', 'undici8'])(
    '%s: three linked hops with one call site',
    async (name) => {
      const seen = await act(node, `redirect ${name}`);
      expect(seen.requests.map((r) => r.response?.status)).toEqual([302, 302, 200]);
      const [first] = seen.requests;
      seen.requests.forEach((r, i) => {
        expect(r.operation).toBe(first?.id);
        expect(r.redirectOf).toBe(seen.requests[i - 1]?.id);
        expect(r.retryOf).toBeUndefined();
        expect([r.callSite?.file, r.callSite?.line]).toEqual([first?.callSite?.file, first?.callSite?.line]);
      });
      expect(seen.requests.slice(1).map((r) => r.callSite?.kind)).toEqual(['inherited', 'inherited']);
    },
  );
});
