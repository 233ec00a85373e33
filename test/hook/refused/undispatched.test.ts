/** Calls that fail before a request is made: the program has an error, so there is a row with it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { observe } from '../../support/observe';
import { nodes } from '../../support/programs/nodes';

const program = join(import.meta.dirname, '../programs/undispatched.cjs');
const came: string[] = [];
let server: Server;
beforeAll(async () => {
  server = createServer((req, res) => {
    came.push(req.url ?? '');
    res.end('hello');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => server.close());

describe.each(nodes)('Node $major', (node) => {
  const rows = async (act: string) => {
    came.length = 0;
    const env = { UNDISPATCHED_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    const seen = await observe(node, program, { args: [act], env, execArgv: ['--no-warnings'] });
    for (const r of seen.requests) {
      expect(seen.site(r)).toMatch(/^undispatched\.cjs:\d+ user$/);
      if (r.outcome !== 'complete') expect([r.connection, r.dial, r.sendBeginAt]).toEqual(Array(3));
    }
    expect(JSON.stringify(seen.run.trace)).not.toContain('SECRET');
    return seen;
  };

  test('a fetch that is refused has a row with its error and its line, and nothing was sent', async () => {
    const seen = await rows('fetches');
    // Once without us, once with us.
    expect(came).toEqual(['/ok', '/ok']);
    expect(seen.run.stdout).toContain('unhandled fetch failed');
    const reported = seen.requests.map((r) => [
      `${r.method} ${/[^/]*$/.exec(r.url ?? '')?.[0]}`,
      r.outcome,
      r.error?.causes?.[0]?.message ?? r.error?.message?.split(':')[0] ?? r.abort?.reason ?? r.response?.status,
    ]);
    expect(reported).toEqual([
      ['GET port', 'failed', 'bad port'],
      ['PUT scheme', 'failed', 'unknown scheme'],
      ['GET credentials', 'failed', 'Request cannot be constructed from a URL that includes credentials'],
      ['GET body', 'failed', 'Request with GET/HEAD method cannot have body.'],
      ['GET aborted', 'aborted', 'never mind'],
      node.major === 18 ? ['GET said', 'failed', 'invalid_argument'] : ['GET said', 'aborted', 'said'],
      ['GET address', 'failed', 'Invalid URL'],
      ['POST ok', 'complete', 200],
      ['GET nobody', 'failed', 'bad port'],
    ]);
  });

  test('fetch is not loaded into a program that does not use it', async () => {
    const seen = await rows('none');
    expect(seen.run.stdout).toBe('false\n');
  });

  test('a call of http that throws has a row with its error and its line', async () => {
    const seen = await rows('throws');
    const reported = seen.requests.map((r) => [r.api, r.url?.replace(/^.*\//, ''), r.error?.code]);
    expect(reported).toEqual([
      ['http', 'address', 'ERR_INVALID_URL'],
      ['http', 'protocol', 'ERR_INVALID_PROTOCOL'],
      ['https', 'header', 'ERR_INVALID_HTTP_TOKEN'],
      ['http', 'a path', 'ERR_UNESCAPED_CHARACTERS'],
      ['http', 'method', 'ERR_INVALID_HTTP_TOKEN'],
      ['http', 'agent', 'ERR_INVALID_ARG_TYPE'],
      ['http', 'signal', 'ERR_INVALID_ARG_TYPE'],
      ['http', 'port', 'ERR_SOCKET_BAD_PORT'],
      ['https', 'certificate', expect.stringMatching(/^ERR_OSSL_/)],
      // What a function of the program throws is not known.
      ['http', 'own', undefined],
    ]);
    for (const r of seen.requests) {
      expect(r.outcome).toBe('failed');
      // The text is what the program printed.
      if (r.error?.message !== undefined) expect(seen.run.stdout).toContain(`${r.error.code} ${r.error.message}\n`);
    }
    // Options are not read a second time where that runs code of the program.
    expect(seen.run.stdout).toContain('read 1\n');
  });
});
