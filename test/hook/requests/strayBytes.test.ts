/** Bytes after a whole response: the request fails, and what had come of the body is what the server sent. */

import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verdictOf } from '../../../src/analysis/verdict/verdict';
import { observe } from '../../support/observe';
import { nodes } from '../../support/programs/nodes';

const program = join(import.meta.dirname, '../programs/stray.cjs');
let server: Server;
beforeAll(async () => {
  server = createServer((c) => {
    c.on('error', () => {});
    c.once('data', () => c.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloXXXX'));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => server.close());

describe.each(nodes)('Node $major', (node) => {
  test.each(['plain', 'kept', 'text'])('%s', async (how) => {
    const seen = await observe(node, program, { args: [how, String((server.address() as AddressInfo).port)] });
    const [r, ...more] = seen.requests;
    expect(more).toEqual([]);
    expect(seen.run.stdout).toContain('error HPE_INVALID_CONSTANT\n');
    expect(seen.run.stdout).toContain('end hello true\n');
    expect(r).toMatchObject({ bytesReceived: 47, response: { status: 200, declaredBytes: 5 } });
    // Of text that waits to be read, the bytes are not known.
    expect(r?.response?.wireBytes).toBe(how === 'text' && r?.outcome === 'failed' ? undefined : 5);
    // Node 18 says it only after the program has read the whole of it.
    if (r?.outcome === 'complete') return expect(node.major).toBe(18);
    expect(r).toMatchObject({ outcome: 'failed', error: { code: 'HPE_INVALID_CONSTANT' } });
    expect(r && verdictOf(r, seen.run.store, Number.MAX_SAFE_INTEGER)).toMatchObject({
      rule: 'badResponse',
      fault: 'server',
    });
  });
});
