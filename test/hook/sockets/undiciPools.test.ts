// Connections of one pool are not taken for those of several: since undici 7 each has a connector of its own.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { whyNew } from '../../../src/analysis/base/newConnection';
import { observe } from '../../support/observe';
import { nodes } from '../../support/programs/nodes';
import { Upstream } from '../../support/servers/upstream';

const program = `
const get = async () => (await fetch(process.env.UP_HTTP + '/think?ms=50')).text();
(async () => {
  await get();
  await Promise.all([get(), get(), get()]);
  process.exit(0);
})();`;

let upstream: Upstream;
beforeAll(async () => {
  upstream = await Upstream.start();
});
afterAll(() => upstream.close());

describe.each(nodes)('Node $major', (node) => {
  test('parallel requests of fetch have one dispatcher', async () => {
    const seen = await observe(node, '-e', { args: [program] }, upstream);
    const { store } = seen.run;
    const reasons = seen.requests.map((r) => whyNew(r, seen.requests, store)?.reason);
    expect(reasons.filter((one) => one !== undefined).length).toBeGreaterThanOrEqual(3);
    expect(reasons).not.toContain('otherAgent');
    expect(new Set([...store.dials.values()].map((d) => d.agent)).size).toBe(1);
  });
});
