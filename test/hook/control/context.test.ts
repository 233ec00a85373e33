/** What requests are made for: labels of the program, and the incoming request that caused them. */

import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { nativeText, parseNative } from '../../../src/formats/native/format';
import { documentOf } from '../../../src/model/document';
import { Store } from '../../../src/model/store/store';
import { problemsOf, visible } from '../../support/check';
import { Observed, only } from '../../support/observe';
import { type NodeVersion, nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';
import { Upstream } from '../../support/servers/upstream';

const program = join(import.meta.dirname, '../programs/context.cjs');
let upstream: Upstream;
beforeAll(async () => {
  upstream = await Upstream.start();
});
beforeEach(() => upstream.facts.clear());
afterAll(() => upstream.close());

async function act(node: NodeVersion, name: string, conf = {}): Promise<Observed> {
  const options = { args: [name], env: upstream.environment, conf };
  const plain = await runPlain(node, program, options);
  const run = await runTraced(node, program, options);
  expect(visible(run)).toEqual(visible(plain));
  expect(problemsOf(run)).toEqual([]);
  return new Observed(run);
}

const query = (url = '') => new URL(url).search;

describe.each(nodes)('Node $major', (node) => {
  test('labels follow the calls that they are given for', async () => {
    const seen = await act(node, 'label');
    const labels = Object.fromEntries(seen.requests.map((r) => [query(r.url), r.label]));
    expect(labels).toEqual({
      '?n=1': 'job one',
      '?n=2': 'job two',
      '?n=0': undefined,
      '?n=3': 'nested',
      '?n=4': 'outer',
    });
  });

  test('the request that is being answered is the cause', async () => {
    const seen = await act(node, 'incoming', { incoming: true });
    const { store, trace } = seen.run;
    const incoming = [...store.incoming.values()];
    expect(incoming.map((r) => [r.direction, r.outcome, r.response?.status])).toEqual([
      ['in', 'complete', 200],
      ['in', 'complete', 200],
      ['in', 'aborted', undefined],
    ]);
    const causes = seen.requests.map((r) => {
      const cause = r.cause === undefined ? undefined : store.incoming.get(r.cause);
      return [query(r.url), cause === undefined ? undefined : new URL(cause.url ?? '').pathname];
    });
    expect(causes.filter(([q]) => q !== '').sort()).toEqual([
      ['?alone', undefined],
      ['?fetch=/a', '/a'],
      ['?fetch=/a', '/a'],
      ['?fetch=/b', '/b'],
      ['?for=/a', '/a'],
      ['?for=/a', '/a'],
      ['?for=/b', '/b'],
    ]);
    // Each has its own: the one whose client went away, too.
    expect(new Set(seen.requests.flatMap((r) => r.cause ?? [])).size).toBe(3);
    // Apart from the program's own requests, in memory and in a file that is read again.
    expect(trace.counts).toMatchObject({ requests: seen.requests.length, incoming: 3 });
    const again = Store.fromDocument(parseNative(nativeText(trace)));
    expect([again.requests.size, again.incoming.size]).toEqual([seen.requests.length, 3]);
    expect(nativeText(documentOf(again))).toBe(nativeText(trace));
  });

  test('the stream of HTTP/2 that is being answered is the cause', async () => {
    const seen = await act(node, 'incoming2', { incoming: true });
    const incoming = [...seen.run.store.incoming.values()];
    const reported = incoming.map((r) => [
      r.api,
      r.method,
      new URL(r.url ?? '').pathname,
      r.outcome,
      r.response?.status,
    ]);
    expect(reported).toEqual([
      ['http2', 'GET', '/a', 'complete', 201],
      ['http2', 'GET', '/b', 'complete', 201],
      ['http2', 'GET', '/a', 'aborted', undefined],
    ]);
    for (const r of incoming) expect(r.endAt).toBeGreaterThan(r.createdAt ?? Number.NaN);
    const causes = seen.requests.map((r) => [query(r.url), incoming.findIndex((i) => i.id === r.cause)]);
    expect(causes.filter(([q]) => q !== '').sort()).toEqual([
      ['?alone', -1],
      ['?for=/a', 0],
      ['?for=/a', 2],
      ['?for=/b', 1],
    ]);
    // Its own side of the same streams has no cause.
    expect(causes.filter(([q]) => q === '')).toEqual([
      ['', -1],
      ['', -1],
      ['', -1],
    ]);
    expect(seen.run.trace.counts).toMatchObject({ requests: 7, incoming: 3 });
  });

  test('without the setting none is recorded', async () => {
    const seen = await act(node, 'incoming');
    expect(seen.run.store.incoming.size).toBe(0);
    expect(seen.run.trace.counts.incoming).toBeUndefined();
    expect(seen.requests.every((r) => r.cause === undefined)).toBe(true);
    expect(only(seen.requests.filter((r) => query(r.url) === '?alone')).outcome).toBe('complete');
  });
});
