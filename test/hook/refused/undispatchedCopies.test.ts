// Calls that a copy of undici refuses before it makes a request: each has a row with its error, and no more than one.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { observe } from '../../support/observe';
import { nodes, repository } from '../../support/programs/nodes';

const program = join(import.meta.dirname, '../programs/undispatched-copy.cjs');
const came: string[] = [];
let server: Server;
beforeAll(async () => {
  server = createServer((req, res) => {
    came.push(`${req.method} ${req.url}`);
    res.end('hello');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => server.close());

const copies = [
  { major: 5, min: 18 },
  { major: 6, min: 18 },
  { major: 7, min: 20 },
  { major: 8, min: 22 },
];

describe.each(nodes)('Node $major', (node) => {
  test.each(copies.filter((c) => c.min <= node.major))(
    'undici $major: a refused call has its error and its line',
    async ({ major }) => {
      came.length = 0;
      const env = { UNDISPATCHED_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
      const args = [join(repository, `test/node/node_modules/undici${major}`)];
      const seen = await observe(node, program, { args, env, execArgv: ['--no-warnings'] });
      // Once without the hook, once with it.
      expect(came).toEqual(['GET /ok', 'POST /ok', 'GET /ok', 'POST /ok']);
      expect(seen.run.stdout).toContain('unhandled fetch failed');
      const rows = seen.requests.map((r) => [
        `${r.method} ${/[^/]*$/.exec(r.url ?? '')?.[0]}`,
        r.outcome,
        r.error?.causes?.[0]?.message ?? r.error?.message?.split(':')[0] ?? r.abort?.reason ?? r.response?.status,
      ]);
      expect(rows).toEqual([
        ['GET port', 'failed', 'bad port'],
        ['PUT scheme', 'failed', 'unknown scheme'],
        ['GET credentials', 'failed', 'Request cannot be constructed from a URL that includes credentials'],
        ['GET body', 'failed', 'Request with GET/HEAD method cannot have body.'],
        ['GET aborted', 'aborted', 'never mind'],
        ['GET aborted', 'aborted', 'never mind'],
        ['POST aborted', 'aborted', 'never mind'],
        ['GET address', 'failed', 'Invalid URL'],
        ['POST protocol', 'failed', 'Invalid URL protocol'],
        ['GET agent', 'failed', 'unsupported opts.agent. Did you mean opts.client?'],
        ['GET header', 'failed', 'invalid header key'],
        ['A B method', 'failed', 'invalid request method'],
        ['GET signalled', 'aborted', major === 5 ? 'Request aborted' : 'never mind'],
        ['GET closed', 'failed', 'The client is destroyed'],
        ['GET destroyed', 'failed', 'The client is destroyed'],
        ['GET ok', 'complete', 200],
        ['POST ok', 'complete', 200],
        ['GET nobody', 'failed', 'bad port'],
        ['GET aborted', 'aborted', 'This operation was aborted'],
      ]);
      for (const r of seen.requests) {
        expect(seen.site(r)).toMatch(/^undispatched-copy\.cjs:\d+ user$/);
        expect(r.client).toMatchObject({ name: 'undici', bundled: false });
        expect(r.client?.version).toMatch(new RegExp(`^${major}\\.`));
        // undici connects before it looks at the signal.
        if (r.outcome !== 'complete' && !r.url?.endsWith('/signalled'))
          expect([r.connection, r.dial, r.sendBeginAt]).toEqual(Array(3));
      }
      expect(JSON.stringify(seen.run.trace)).not.toContain('SECRET');
    },
  );
});
