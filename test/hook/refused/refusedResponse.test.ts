/** Responses that fetch refuses although they arrived whole: the program has an error, and so has the request. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verdictOf } from '../../../src/analysis/verdict/verdict';
import { observe } from '../../support/observe';
import { nodes } from '../../support/programs/nodes';

const program = join(import.meta.dirname, '../programs/refusedResponse.mjs');
const came: string[] = [];
let server: Server;
beforeAll(async () => {
  const locations: Record<string, string> = {
    '/once': '/ok',
    '/ftp': 'ftp://127.0.0.1/x',
    '/port': 'http://127.0.0.1:9/x',
    '/bad': 'http://[bad',
    '/long': '/ok',
    '/loop': '/loop',
  };
  server = createServer((req, res) => {
    came.push(req.url ?? '');
    const location = locations[req.url ?? ''];
    if (location === undefined) return void res.end('hello');
    res.writeHead(302, { location });
    // Its body is not whole when the program has its error.
    if (req.url === '/long') res.write('a'.repeat(1000), () => setTimeout(() => res.end('b'), 20));
    else res.end('moved');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => server.close());

test.each(nodes)('Node $major', async (node) => {
  came.length = 0;
  const env = { REFUSED_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const seen = await observe(node, program, { env, execArgv: ['--no-warnings'] });
  const { store } = seen.run;
  const rows = seen.requests.map((r) => [
    `${r.method} ${/[^/]*$/.exec(r.url ?? '')?.[0]}`,
    r.response?.status,
    r.outcome,
    r.error?.causes?.[0]?.message,
    r.outcome === 'failed' ? verdictOf(r, store, Number.MAX_SAFE_INTEGER).rule : undefined,
  ]);
  const refused = (path: string, message: string | undefined, status = 302) => [
    path,
    status,
    'failed',
    message,
    'refusedResponse',
  ];
  const whole = (path: string, status: number) => [path, status, 'complete', undefined, undefined];
  expect(rows).toEqual([
    refused('GET once', 'unexpected redirect'),
    whole('GET once', 302),
    whole('GET once', 302),
    whole('GET ok', 200),
    refused('GET ftp', 'URL scheme must be a HTTP(S) scheme'),
    refused('GET port', 'bad port'),
    refused('GET bad', 'Invalid URL'),
    refused('GET long', 'unexpected redirect'),
    refused('PUT once', undefined),
    refused('GET ok', 'integrity mismatch', 200),
    whole('GET ok', 200),
    ...Array.from({ length: 20 }, () => whole('GET loop', 302)),
    refused('GET loop', 'redirect count exceeded'),
    refused('GET once', 'unexpected redirect'),
  ]);
  // Once without us, once with us.
  expect(came.length).toBe(2 * rows.length);
  expect(seen.run.stdout).toContain('unhandled fetch failed');
  // The request after a refused redirect is the program's own, not its hop.
  const redirected = seen.requests.filter((r) => r.redirectOf !== undefined).map((r) => r.url?.replace(/.*\//, ''));
  expect(redirected).toEqual(['ok', ...Array.from({ length: 20 }, () => 'loop')]);
});
