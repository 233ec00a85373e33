/** A13: a second TLS connection to the same host is resumed by the agent's own session cache. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { observe } from '../support/observe';
import { nodes } from '../support/programs/nodes';
import { Upstream } from '../support/servers/upstream';

const program = join(import.meta.dirname, 'programs/resumption.cjs');
let upstream: Upstream;
beforeAll(async () => {
  upstream = await Upstream.start();
});
afterAll(() => upstream.close());

describe.each(nodes)('Node $major', (node) => {
  test('A13: TLS 1.3, the second connection with the session of the first', async () => {
    const seen = await observe(node, program, {}, upstream);
    expect(seen.requests).toHaveLength(2);
    expect(seen.connections).toHaveLength(2);
    expect(seen.tunnels.map((t) => t.resumed)).toEqual([false, true]);
    expect(seen.tunnels.map((t) => t.version)).toEqual(['TLSv1.3', 'TLSv1.3']);
    for (const t of seen.tunnels) expect([4865, 4866, 4867]).toContain(t.cipher?.number);
    expect(seen.tunnels[0]?.ticket).toBe(true);
    // No certificate is sent again.
    expect(seen.tunnels.map((t) => t.peerCertificates?.length)).toEqual([2, undefined]);
    expect(seen.tunnels.map((t) => t.verification)).toEqual([0, 1].map(() => ({ checked: true, authorized: true })));
  });
});
