/**
 * gRPC: a call that the server ended with an error status has failed, though HTTP says 200. Without recorded headers.
 */
import { createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verdictOf } from '../../../src/analysis/verdict/verdict';
import { compileQuery } from '../../../src/model/query/compile';
import { parseQuery } from '../../../src/model/query/parse';
import { rowFields } from '../../../src/model/query/rowFields';
import { rowOf } from '../../../src/model/rows/row';
import { observe } from '../../support/observe';
import { nodes } from '../../support/programs/nodes';

let server: Http2Server;
/** Statuses that the server has sent. */
const sent: Record<string, number> = {};
beforeAll(async () => {
  const status: Record<string, number> = { '/not-found': 5, '/unavailable': 14, '/ok': 0 };
  server = createServer();
  server.on('stream', (stream, headers) => {
    const path = String(headers[':path']);
    const code = status[path];
    stream.resume();
    if (code === undefined) return void stream.respond({ ':status': 200, 'grpc-status': 5 }, { endStream: true });
    sent[path] = code;
    const head = { ':status': 200, 'content-type': 'application/grpc+proto' };
    if (path === '/unavailable') return void stream.respond({ ...head, 'grpc-status': code }, { endStream: true });
    stream.respond(head, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(code), 'grpc-message': 'SECRET' }));
    stream.end('answer');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => server.close());

describe.each(nodes)('Node $major', (node) => {
  test('the status of each call', async () => {
    const env = { GRPC_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    const seen = await observe(node, join(import.meta.dirname, '../programs/grpc.cjs'), { env });
    const { store, trace } = seen.run;
    const path = (url: string | undefined) => new URL(url ?? '').pathname;
    const reported = seen.requests.map((r) => [path(r.url), r.response?.grpcStatus]);
    expect(reported).toEqual([...Object.entries(sent), ['/plain', undefined]]);
    expect(JSON.stringify(trace)).not.toContain('SECRET');
    expect(trace.counts.failed).toBe(2);

    const rows = seen.requests.map((r) => rowOf(r, store, 0));
    expect(rows.map((row) => row.stateText)).toEqual(['gRPC 5 NOT_FOUND', 'gRPC 14 UNAVAILABLE', '200', '200']);
    const found = (text: string) =>
      rows.filter(compileQuery(parseQuery(text).query as never, rowFields)).map((r) => path(r.url));
    expect(found('is:failed')).toEqual(['/not-found', '/unavailable']);
    expect(found('grpc-status:5')).toEqual(['/not-found']);
    expect(found('grpc-status:0')).toEqual(['/ok']);
    expect(verdictOf(seen.request(0), store, 0)).toMatchObject({
      level: 'failed',
      rule: 'grpcStatus',
      fault: 'server',
    });
  });
});
