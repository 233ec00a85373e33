/** A12 and related cases: streams of HTTP/2 on one connection, each against what the server saw. */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deepest } from '../../src/model/facts/outcome';
import type { Request } from '../../src/model/records';
import { rowOf } from '../../src/model/rows/row';
import { problemsOf } from '../support/check';
import { Observed, only, present } from '../support/observe';
import { closedPort } from '../support/ports';
import { nodes } from '../support/programs/nodes';
import { lineOf } from '../support/programs/program';
import { runTraced } from '../support/programs/run';
import { Http2Upstream } from '../support/servers/http2Upstream';

const program = join(import.meta.dirname, 'programs/http2.cjs');
let upstream: Http2Upstream;
let narrow: Http2Upstream;
let env: Record<string, string>;

beforeAll(async () => {
  upstream = await Http2Upstream.start();
  narrow = await Http2Upstream.start(1);
  env = { ...upstream.environment, UP_CLOSED: String(await closedPort()) };
});
beforeEach(() => {
  upstream.clear();
  narrow.clear();
});
afterAll(async () => {
  await upstream.close();
  await narrow.close();
});

/** Requests by what the server calls them: `/silent?by=close`. */
const at = (seen: Observed, path: string): Request =>
  present(
    seen.requests.find((r) => r.url?.replace(/^[a-z]+:\/\/[^/]*/, '') === path),
    path,
  );
const textOf = (seen: Observed, r: Request): string => rowOf(r, seen.run.store, 0).stateText;

describe.each(nodes)('Node $major', (node) => {
  // That nothing visible differs is the matter of conformanceHttp2.test.ts.
  const watch = async (act: string, conf = {}, from = upstream): Promise<Observed> => {
    const run = await runTraced(node, program, {
      args: [act],
      env: { ...env, ...from.environment },
      conf,
      compared: true,
    });
    expect(run.code).toBe(0);
    expect(problemsOf(run)).toEqual([]);
    return new Observed(run);
  };

  test('A12: three parallel streams, then one more', async () => {
    const seen = await watch('parallel');
    const connection = only(seen.connections);
    expect(upstream.connections).toBe(1);
    const tunnel = only(seen.tunnels);
    expect(tunnel).toMatchObject({ connection: connection.id, alpn: 'h2', alpnOffered: ['h2'] });
    expect(connection).toMatchObject({ protocol: 'h2', requestCount: 4, closedBy: 'local' });
    const dial = only(seen.dials);
    expect(dial).toMatchObject({ via: 'http2', host: '127.0.0.1', connection: connection.id });
    expect(dial.request).toBeUndefined();
    expect(dial.callSite).toMatchObject({ file: program, line: lineOf(program, 'connect'), kind: 'user' });
    const { requests } = seen;
    expect(requests.map((r) => [r.api, r.protocol, r.connection, r.ordinal, r.outcome])).toEqual(
      [1, 2, 3, 4].map((n) => ['http2', 'h2', connection.id, n, 'complete']),
    );
    expect(requests.map((r) => r.streamId)).toEqual(upstream.streams.map((s) => s.id));
    for (const [i, r] of requests.entries()) {
      const truth = present(upstream.streams[i], 'stream');
      expect(truth.remotePort).toBe(connection.local?.port);
      expect(r.response).toMatchObject({ status: 200, contentType: 'text/plain', bodyBytes: 5, readBytes: 5 });
      expect([r.bytesSent, r.response?.statusText]).toEqual([undefined, undefined]);
      expect(r.sendBeginAt).toBeLessThanOrEqual(truth.headAt - seen.run.zero);
      expect(r.responseBeginAt).toBeGreaterThanOrEqual((truth.responseAt ?? Number.NaN) - seen.run.zero);
      expect(seen.site(r)).toBe(`http2.cjs:${lineOf(program, i < 3 ? 'three' : 'ask')} user`);
    }
    // The setup is waited for by all three, and no one waits for it twice.
    for (const r of requests.slice(0, 3)) {
      expect(r.dial).toBe(dial.id);
      expect(seen.phaseNames(r)).toEqual(['tcp', 'tls', 'send', 'wait', 'download']);
      const truth = upstream.streams.find((s) => s.id === r.streamId);
      seen.expectNear(seen.duration(r, 'wait'), (truth?.responseAt ?? 0) - (truth?.headAt ?? 0));
      expect(rowOf(r, seen.run.store, 0).protocol).toBe('h2');
    }
    const last = present(requests[3], 'the fourth');
    expect(last.dial).toBeUndefined();
    expect(seen.phaseNames(last)).toEqual(['queue', 'send', 'wait', 'download']);
    expect(last.idleDuration).toBeDefined();
  });

  test('300 streams of one tick: each with its call site, none twice', async () => {
    const seen = await watch('many');
    const site = `http2.cjs:${lineOf(program, 'many')} user`;
    expect(seen.requests.map((r) => [r.ordinal, r.outcome, seen.site(r)])).toEqual(
      Array.from({ length: 300 }, (_, i) => [i + 1, 'complete', site]),
    );
  });

  test('plain: bodies, trailers, informational replies, secrets', async () => {
    const seen = await watch('plain', { headers: 'values', bodies: 100 });
    const connection = only(seen.connections);
    const bytes = present(upstream.plain.at(-1), 'connection');
    expect([connection.bytesSent, connection.bytesReceived]).toEqual([bytes.bytesIn, bytes.bytesOut]);
    expect(connection.protocol).toBe('h2');
    expect(seen.tunnels).toEqual([]);
    expect(JSON.stringify(seen.run.trace)).not.toContain('SECRET');
    expect(at(seen, '/ok?token=***')).toMatchObject({ outcome: 'complete', response: { content: { text: 'hello' } } });
    const chunks = at(seen, '/chunks');
    expect(chunks.chunks?.marks.map((m) => m[1])).toEqual([10, 10, 10]);
    expect(chunks.response).toMatchObject({ declaredBytes: 30, bodyBytes: 30, wireBytes: 30 });
    const of = (path: string) => upstream.streams.find((s) => s.path === path);
    seen.expectNear((chunks.endAt ?? 0) + seen.run.zero, of('/chunks')?.responseEndAt);
    const early = at(seen, '/early');
    expect(early.response?.informational?.map((i) => i.status)).toEqual([103]);
    seen.expectNear((early.response?.informational?.[0]?.at ?? 0) + seen.run.zero, of('/early')?.earlyAt);
    seen.expectNear((early.responseBeginAt ?? 0) + seen.run.zero, of('/early')?.responseAt);
    const echo = at(seen, '/echo');
    expect(echo).toMatchObject({ method: 'POST', body: { bytes: 1500, wireBytes: 1500 }, outcome: 'complete' });
    expect(echo.response?.trailers).toEqual([{ name: 'x-sum', value: '1500' }]);
    expect(echo.response?.headers).toContainEqual({ name: 'set-cookie', length: 9 });
    expect(echo.headers).toContainEqual({ name: 'x-own', length: 6 });
    const slow = at(seen, '/slow');
    expect(slow.body).toMatchObject({ bytes: 1_000_000 });
    expect(slow.body?.drainDuration).toBeGreaterThan(80_000 - seen.run.lateness);
    expect((slow.sendEndAt ?? Number.NaN) - (slow.sendBeginAt ?? Number.NaN)).toBeGreaterThan(
      80_000 - seen.run.lateness,
    );
    const tunnel = seen.requests.find((r) => r.method === 'CONNECT');
    expect(tunnel).toMatchObject({ target: 'example.test:443', outcome: 'complete', body: { bytes: 5 } });
    expect([tunnel?.proxy, connection.tunnel]).toEqual([undefined, undefined]);
    expect(seen.requests.find((r) => r.method === 'HEAD')).toMatchObject({
      outcome: 'complete',
      response: { bodyBytes: 0 },
    });
  });

  test('the ways in which a stream ends early', async () => {
    const seen = await watch('ends');
    const refused = at(seen, '/refuse');
    expect(refused).toMatchObject({
      outcome: 'failed',
      error: { phase: 'wait', code: 'ERR_HTTP2_STREAM_ERROR' },
      reset: { code: 7, name: 'NGHTTP2_REFUSED_STREAM', by: 'peer' },
    });
    expect(textOf(seen, refused)).toBe('stream refused');
    // For CANCEL Node has no error at all.
    expect(at(seen, '/cancel')).toMatchObject({ outcome: 'failed', reset: { name: 'NGHTTP2_CANCEL', by: 'peer' } });
    const signal = at(seen, '/silent?by=signal');
    expect(signal).toMatchObject({ outcome: 'aborted', abort: { reason: 'enough' }, reset: { code: 8, by: 'local' } });
    expect((signal.endAt ?? Number.NaN) - (signal.createdAt ?? Number.NaN)).toBeGreaterThan(45_000 - seen.run.lateness);
    const before = at(seen, '/silent?by=before');
    expect(before.outcome).toBe('aborted');
    expect([before.streamId, before.connection, before.reset]).toEqual([undefined, undefined, undefined]);
    expect(at(seen, '/silent?by=close')).toMatchObject({ outcome: 'aborted', reset: { code: 8, by: 'local' } });
    const late = at(seen, '/silent?by=timeout');
    expect(late).toMatchObject({ outcome: 'aborted', timeout: { kind: 'stream', limit: 60_000 } });
    expect((late.timeout?.at ?? Number.NaN) - (late.createdAt ?? Number.NaN)).toBeGreaterThan(
      55_000 - seen.run.lateness,
    );
    const bye = at(seen, '/bye');
    expect(bye.outcome).toBe('complete');
    expect(seen.connectionOf(bye).goaway).toMatchObject({
      code: 0,
      name: 'NGHTTP2_NO_ERROR',
      lastStreamId: bye.streamId,
    });
    const goaway = at(seen, '/goaway');
    expect(goaway).toMatchObject({ outcome: 'failed', reset: { name: 'NGHTTP2_ENHANCE_YOUR_CALM', by: 'goaway' } });
    expect(seen.connectionOf(goaway).goaway).toMatchObject({ code: 11, lastStreamId: 1 });
    expect(seen.connectionOf(goaway).error?.code).toBe('ERR_HTTP2_SESSION_ERROR');
    const drop = at(seen, '/drop');
    expect(drop.outcome).toBe('failed');
    const never = at(seen, '/never');
    expect(never).toMatchObject({ outcome: 'failed', error: { phase: 'tcp', code: 'ECONNREFUSED' } });
    expect(textOf(seen, never)).toBe('TCP refused');
    expect(deepest(never.error)?.syscall).toBe('connect');
    expect(at(seen, '/silent?by=session')).toMatchObject({
      outcome: 'aborted',
      abort: { reason: 'no answer to a ping' },
    });
  });

  test('one stream at a time: the second waits in the queue', async () => {
    const seen = await watch('limit', {}, narrow);
    const [first, second] = seen.requests;
    expect(second?.blockedBy).toBe(first?.id);
    const truth = present(narrow.streams[1], 'stream');
    expect(second && seen.duration(second, 'queue')).toBeGreaterThan(90_000 - seen.run.lateness);
    seen.expectNear((second?.sendBeginAt ?? 0) + seen.run.zero, truth.headAt);
    seen.expectNear(second && seen.duration(second, 'wait'), (truth.responseAt ?? 0) - truth.headAt);
  });

  test('a connection of the program’s own, a body that nobody reads', async () => {
    const own = await watch('own');
    expect(only(own.requests)).toMatchObject({ outcome: 'complete', protocol: 'h2' });
    expect(only(own.dials).callSite).toMatchObject({ line: lineOf(program, 'own') });
    const unread = await watch('unread');
    expect(only(unread.requests)).toMatchObject({ outcome: 'notRead', response: { status: 200 } });
  });
});
