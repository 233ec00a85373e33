/** A response that came whole, whose body the program cannot decode: failed, with the code that the program saw. */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verdictOf } from '../../../src/analysis/verdict/verdict';
import type { Request } from '../../../src/model/records';
import { rowOf } from '../../../src/model/rows/row';
import { only } from '../../support/observe';
import { nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';

const program = join(import.meta.dirname, '../programs/undecodable.cjs');
const whole = gzipSync(randomBytes(20_000));
const bodies: Record<string, Buffer> = {
  whole,
  plain: Buffer.from('not compressed'),
  large: randomBytes(2_000_000).fill('x', 0, 100),
  short: whole.subarray(0, whole.length - 100),
};
let server: Server;
let env: Record<string, string>;

beforeAll(async () => {
  server = createServer((q, r) => {
    const body = bodies[q.url?.split('/').at(-1) ?? ''] as Buffer;
    r.writeHead(200, { 'content-encoding': 'gzip', 'content-length': body.length }).end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  env = { BODIES_HTTP: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe.each(nodes)('Node $major', (node) => {
  test('each failed call is a failed request, with the same code; the others are not', async () => {
    const [plain, run] = await Promise.all([runPlain(node, program, { env }), runTraced(node, program, { env })]);
    expect({ out: run.stdout, err: run.stderr, code: run.code }).toEqual({
      out: plain.stdout,
      err: plain.stderr,
      code: 0,
    });
    const said = plain.stdout.trim().split('\n');
    expect(said).toHaveLength(16);
    expect(said).toEqual(
      expect.arrayContaining(['fetch plain Z_DATA_ERROR', 'pipe short Z_BUF_ERROR', 'pipe whole ok']),
    );
    const requestOf = (call: string, body: string): Request =>
      only(run.trace.requests.filter((r) => r.url?.endsWith(`/${call}/${body}`)));
    for (const line of said) {
      const [call = '', body = '', code] = line.split(' ');
      const r = requestOf(call, body);
      const failed = rowOf(r, run.store, 0).state === 'failed';
      expect([line, failed]).toEqual([line, code !== 'ok']);
      if (code === 'ok') expect(r.response?.decodeError).toBeUndefined();
      else expect(r).toMatchObject({ response: { decodeError: { code } }, error: { code, phase: 'download' } });
    }
    const failures = said.filter((line) => !line.endsWith(' ok')).length;
    expect(run.store.counts.failed).toBe(failures);
    expect(verdictOf(requestOf('fetch', 'plain'), run.store, 0)).toMatchObject({
      rule: 'undecodable',
      fault: 'server',
    });
    expect(verdictOf(requestOf('other', 'whole'), run.store, 0)).toMatchObject({
      rule: 'undecodable',
      fault: 'yourCode',
      text: expect.stringContaining('declared as gzip, and the program decoded it with BrotliDecompress'),
    });
  });
});
