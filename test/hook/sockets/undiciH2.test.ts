/**
 * HTTP/2 by undici: each request on the connection and stream that the server saw it on, whatever the copy reports.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { observe, present } from '../../support/observe';
import { nodes, repository } from '../../support/programs/nodes';
import { lineOf } from '../../support/programs/program';
import { Http2Upstream } from '../../support/servers/http2Upstream';

const program = join(import.meta.dirname, '../programs/undici-h2.cjs');
let upstream: Http2Upstream;
beforeAll(async () => {
  upstream = await Http2Upstream.start();
});
beforeEach(() => upstream.clear());
afterAll(() => upstream.close());

/** Copy by the oldest Node that it runs on, and Node's own where it speaks HTTP/2 by itself. */
const copies = [
  { major: 18, copy: 'undici6' },
  { major: 20, copy: 'undici7' },
  { major: 24, copy: 'undici8' },
  { major: 26, copy: '' },
].filter(({ major }) => nodes.some((n) => n.major === major));

describe.each(copies)('Node $major, copy "$copy"', ({ major, copy }) => {
  const node = present(
    nodes.find((n) => n.major === major),
    'Node',
  );
  test('every request on its stream', async () => {
    const seen = await observe(node, program, {
      execArgv: ['--no-warnings'],
      args: copy === '' ? [] : [join(repository, 'test/matrix/clients/node_modules', copy)],
      env: { ...upstream.environment, NODE_EXTRA_CA_CERTS: upstream.environment.UP_CA ?? '' },
    });
    const streams = upstream.streams.slice(upstream.streams.length / 2);
    const name = (path: string, port: number | undefined, id: number | undefined) => `${path} on ${port}, stream ${id}`;
    const truth = streams.map((s) => name(String(s.headers[':path']), s.remotePort, s.id));
    // A refused request is sent once more by some copies: the record has the last try.
    const refused = truth.filter((t) => t.startsWith('/refuse'));
    const ours = seen.requests.map((r) => {
      const connection = seen.connectionOf(r);
      expect(connection.protocol).toBe('h2');
      return name(new URL(r.url ?? '').pathname + new URL(r.url ?? '').search, connection.local?.port, r.streamId);
    });
    expect(ours.sort()).toEqual([...truth.filter((t) => !refused.includes(t)), refused.at(-1)].sort());
    for (const r of seen.requests) {
      expect(r).toMatchObject({ api: 'fetch', protocol: 'h2' });
      expect([r.bytesSent, r.bytesReceived]).toEqual([undefined, undefined]);
      expect((r.ordinal ?? 0) > 1).toBe(!seen.phaseNames(r).includes('tls'));
    }
    const last = seen.requests.at(-1);
    expect(last).toMatchObject({ outcome: 'failed', reset: { name: 'NGHTTP2_REFUSED_STREAM', by: 'peer' } });
    const echo = seen.requests.find((r) => r.method === 'POST');
    expect(echo).toMatchObject({ body: { bytes: 1000 }, response: { status: 200, bodyBytes: 8 } });
    const three = seen.requests.filter((r) => r.url?.includes('/think'));
    expect(three.map((r) => r.callSite?.line)).toEqual([1, 2, 3].map(() => lineOf(program, 'ask')));
    for (const c of seen.connections) {
      const count = streams.filter((s) => s.remotePort === c.local?.port).length;
      expect(c.requestCount).toBe(count);
    }
  });
});
