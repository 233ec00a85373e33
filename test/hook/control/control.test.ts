/** Timeouts, aborts and tries: which timer fired, why a request was given up, what was tried again. */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Observed, only, present } from '../../support/observe';
import { type NodeVersion, nodes } from '../../support/programs/nodes';
import { Upstream } from '../../support/servers/upstream';
import { runAct } from '../testing/act';

const program = join(import.meta.dirname, '../programs/control.cjs');
let upstream: Upstream;
beforeAll(async () => {
  upstream = await Upstream.start();
});
beforeEach(() => upstream.facts.clear());
afterAll(() => upstream.close());

const act = (node: NodeVersion, name: string, conf = {}) =>
  runAct(node, program, name, upstream, { conf, compared: true });

/** The newest Node that the clients of the tables support. */
const node = present(nodes.find((n) => n.major === 24) ?? nodes.at(-1), 'a Node');
const limit = 80_000;

describe.each(nodes)('Node $major', (node) => {
  test.each([
    ['option', 'socket'],
    ['request', 'socket'],
    ['agent', 'agent'],
    ['signal', 'signal'],
    ['signal fetch', 'signal'],
  ])('%s: the timer that fired is %s', async (name, kind) => {
    const seen = await act(node, name);
    const r = only(seen.requests);
    const { outcome, timeout, error, response } = r;
    expect({ outcome, timeout, error, response }).toMatchObject({ outcome: 'aborted', timeout: { kind, limit } });
    expect(response).toBeUndefined();
    seen.expectNear(r.timeout?.at, r.abort?.at);
  });

  test.each(['abort', 'abort fetch'])('%s: the program gave up, with its reason', async (name) => {
    const seen = await act(node, name);
    const r = only(seen.requests);
    expect(r).toMatchObject({ outcome: 'aborted', abort: { reason: 'no longer wanted' } });
    expect(r.timeout).toBeUndefined();
    // From the program's own clock: its timer may be late.
    seen.expectNear((r.abort?.at ?? 0) - (r.createdAt ?? 0), Number.parseFloat(seen.stdout) * 1000);
    expect(r.abort?.at).toBeLessThanOrEqual(r.endAt ?? Number.NaN);
  });

  test('got: three tries of one call', async () => {
    const seen = await act(node, 'got11 retry');
    expect(seen.stdout).toBe('200\n');
    expectTries(seen, [503, 503, 200]);
  });

  test('undici: a RetryAgent', async () => {
    expectTries(await act(node, 'undici6 retry'), [503, 503, 200]);
  });
});

function expectTries(seen: Observed, statuses: number[]): void {
  expect(seen.requests.map((r) => r.response?.status)).toEqual(statuses);
  const [first] = seen.requests;
  // The server may read a request of the program before only now, when that has long given up.
  const { pathname } = new URL(first?.url ?? '');
  expect(upstream.facts.requests.filter((r) => r.path === pathname)).toHaveLength(statuses.length);
  seen.requests.forEach((r, i) => {
    expect(r.operation).toBe(first?.id);
    expect(r.attempt).toBe(i + 1);
    expect(r.retryOf).toBe(seen.requests[i - 1]?.id);
    expect(r.redirectOf).toBeUndefined();
    expect([r.callSite?.file, r.callSite?.line]).toEqual([first?.callSite?.file, first?.callSite?.line]);
  });
}

describe('clients', () => {
  test.each([
    ['undici6 headers', 'headers', limit],
    ['undici7 headers', 'headers', limit],
    ['undici8 headers', 'headers', limit],
    ['undici7 body', 'body', undefined],
    ['undici6 connect', 'connect', limit],
    ['undici8 connect', 'connect', limit],
  ] as const)('%s: %s', async (name, kind, max) => {
    const r = only((await act(node, name)).requests);
    expect(r).toMatchObject({ outcome: 'failed', timeout: { kind } });
    expect(r.timeout?.limit).toBe(max);
    expect(r.timeout?.at).toBe(r.endAt);
  });

  test.each([
    ['signal any', 'signal'],
    ['axios', 'request'],
    ['axios signal', 'signal'],
    ['got11', 'request'],
    ['got11 response', 'headers'],
    ['got14', 'request'],
  ])('%s: %s', async (name, kind) => {
    const { timeout, outcome } = only((await act(node, name)).requests);
    expect({ timeout, outcome }).toMatchObject({ outcome: 'aborted', timeout: { kind, limit } });
    expect(timeout?.client).toBe(kind === 'signal' ? undefined : /^(axios|got)/.exec(name)?.[0]);
  });

  test.each(['got14 retry', 'undici7 retry', 'undici8 retry', 'undici7 interceptor', 'undici8 interceptor'])(
    '%s: three tries of one call',
    async (name) => expectTries(await act(node, name), [503, 503, 200]),
  );

  test('a loop of the program is three calls', async () => {
    const seen = await act(node, 'loop');
    expect(seen.requests).toHaveLength(3);
    for (const r of seen.requests) {
      expect(r.operation).toBeUndefined();
      expect(r.attempt).toBeUndefined();
      expect(r.retryOf).toBeUndefined();
    }
  });
});
