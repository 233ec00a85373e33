/** A15 A17 A19 A28: reuse, queue, the times of an exchange, and a reset in the middle of a body. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { observe, only, present } from '../support/observe';
import { nodes } from '../support/programs/nodes';
import { lineOf } from '../support/programs/program';
import { Upstream } from '../support/servers/upstream';

const program = (name: string) => join(import.meta.dirname, 'programs', name);
let upstream: Upstream;
beforeAll(async () => {
  upstream = await Upstream.start();
});
afterAll(() => upstream.close());

describe.each(nodes)('Node $major', (node) => {
  test('A15: five requests on one kept connection', async () => {
    const seen = await observe(node, program('keep-alive.cjs'), { compared: true }, upstream);
    expect(seen.requests).toHaveLength(5);
    const connection = only(seen.connections);
    expect(seen.requests.map((r) => r.ordinal)).toEqual([1, 2, 3, 4, 5]);
    expect(seen.requests.every((r) => r.connection === connection.id)).toBe(true);
    expect(connection.requestCount).toBe(5);
    const [first, ...later] = seen.requests.map((r) => seen.phaseNames(r));
    expect(first).toEqual(['queue', 'tcp', 'send', 'wait', 'download']);
    for (const names of later) expect(names).toEqual(['queue', 'send', 'wait', 'download']);
    expect(seen.request().idleDuration).toBeUndefined();
    // 20 ms between the end of one and the call of the next; both are between the two heads that the server saw.
    for (const [i, r] of seen.requests.slice(1).entries()) {
      const [before, next] = upstream.facts.requests.slice(i, i + 2);
      expect(r.idleDuration).toBeGreaterThanOrEqual(15_000 - seen.run.lateness);
      expect(r.idleDuration).toBeLessThanOrEqual((next?.headAt ?? Number.NaN) - (before?.headAt ?? Number.NaN));
    }
    const bytes = (key: 'bytesSent' | 'bytesReceived') => seen.requests.reduce((sum, r) => sum + (r[key] ?? 0), 0);
    const truth = only(upstream.facts.connections);
    expect([bytes('bytesSent'), bytes('bytesReceived')]).toEqual([truth.bytesIn, truth.bytesOut]);
  });

  test('A17: the second request waits for the socket of the first', async () => {
    const seen = await observe(node, program('queue.cjs'), { compared: true }, upstream);
    const [first, second] = [seen.request(0), seen.request(1)];
    only(seen.connections);
    const [factOne, factTwo] = upstream.facts.requests.map((r) => (r.responseAt ?? 0) - r.headAt);
    expect(second.blockedBy).toBe(first.id);
    expect(first.blockedBy).toBeUndefined();
    expect([first.ordinal, second.ordinal]).toEqual([1, 2]);
    seen.expectNear(seen.duration(second, 'queue'), (first.endAt ?? 0) - (second.createdAt ?? 0));
    // The socket was not free before the server had answered the first.
    expect(second.assignedAt).toBeGreaterThanOrEqual(
      (upstream.facts.requests[0]?.responseAt ?? Number.NaN) - seen.run.zero,
    );
    seen.expectNear(seen.duration(first, 'wait'), factOne);
    seen.expectNear(seen.duration(second, 'wait'), factTwo);
    for (const truth of [factOne, factTwo]) expect(truth).toBeGreaterThanOrEqual(199_000);
    expect(seen.phaseNames(second)).toEqual(['queue', 'send', 'wait', 'download']);
  });

  test('A19: a server that thinks, and one that sends its body slowly', async () => {
    const seen = await observe(node, program('phases.cjs'), { compared: true }, upstream);
    const [thinks, slow] = [seen.request(0), seen.request(1)];
    const [thought, sent] = [
      present(upstream.facts.requests[0], 'first'),
      present(upstream.facts.requests[1], 'second'),
    ];
    seen.expectNear(seen.duration(thinks, 'wait'), (thought.responseAt ?? 0) - thought.headAt);
    seen.expectNear(seen.duration(thinks, 'download'), (thought.responseEndAt ?? 0) - (thought.responseAt ?? 0));
    seen.expectNear(seen.duration(slow, 'wait'), (sent.responseAt ?? 0) - sent.headAt);
    seen.expectNear(seen.duration(slow, 'download'), (sent.responseEndAt ?? 0) - (sent.responseAt ?? 0));
    const chunks = present(slow.chunks, 'chunk marks');
    expect(chunks.count).toBe(5);
    expect(chunks.marks).toHaveLength(5);
    expect(chunks.bytes).toBe(250);
    const gap = (chunks.longestGap?.endAt ?? 0) - (chunks.longestGap?.beginAt ?? 0);
    expect(gap).toBeGreaterThanOrEqual(100_000 - seen.tolerance);
    expect(slow.response?.readBytes).toBe(250);
  });

  test('A28: a reset after 10 KiB of a declared 100 KiB', async () => {
    const seen = await observe(node, program('reset.cjs'), {}, upstream);
    const request = only(seen.requests);
    expect(request.outcome).toBe('failed');
    expect(request.error).toMatchObject({ phase: 'download', code: 'ECONNRESET' });
    // The program prints how much it read: 10240.
    expect(seen.run.stdout).toContain('ECONNRESET 10240');
    expect(request.response).toMatchObject({
      status: 200,
      declaredBytes: 102_400,
      wireBytes: 10_240,
      readBytes: 10_240,
    });
    const connection = seen.connectionOf(request);
    expect(connection.closedBy).toBe('peerReset');
    expect(connection.bytesReceived).toBe(only(upstream.facts.connections).bytesOut);
    expect(seen.site(request)).toBe(`reset.cjs:${lineOf(program('reset.cjs'), 'get')} user`);
  });
});
