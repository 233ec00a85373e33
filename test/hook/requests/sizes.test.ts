/**
 * Sizes of bodies: on the wire, decoded, and taken by the program. A figure that no one reports is absent, never wrong.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemsOf, visible } from '../../support/check';
import { only } from '../../support/observe';
import { nodes, repository } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { runTraced, type TracedRun } from '../../support/programs/run';

const program = join(import.meta.dirname, '../programs/sizes.cjs');
const clients = join(repository, 'test/matrix/clients/node_modules');
const MiB = 1024 * 1024;
const whole = Buffer.from(Array.from({ length: MiB }, (_, i) => 97 + ((i * i) % 23)));
const packed = { gzip: gzipSync(whole), br: brotliCompressSync(whole), deflate: deflateSync(whole) };
let server: Server;
let env: Record<string, string>;

beforeAll(async () => {
  server = createServer((q, r) => {
    const name = q.url?.slice(1).split('?')[0] ?? '';
    const coding = name.replace('chunked-', '') as keyof typeof packed;
    const body = packed[coding] ?? whole;
    if (packed[coding]) r.setHeader('content-encoding', coding);
    if (name === '204' || name === '304') r.writeHead(Number(name)).end();
    else if (name === 'slow-gzip') {
      r.setHeader('content-encoding', 'gzip');
      r.writeHead(200, { 'content-length': 100_000 }).write(packed.gzip.subarray(0, 1000));
    } else if (name === 'slow') r.writeHead(200, { 'content-length': 100_000 }).write('s'.repeat(5000));
    else if (name.startsWith('chunked')) {
      for (let at = 0; at < body.length; at += 50_000) r.write(body.subarray(at, at + 50_000));
      r.end();
    } else r.writeHead(200, { 'content-length': body.length }).end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  env = { SIZES_HTTP: url, SIZES_CLIENTS: clients };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const { gzip, br, deflate } = packed;
const no = undefined;
/** With the size of each chunk of 50,000 bytes and of the last, their line ends, and the end of the coding. */
const framed = ({ length }: Uint8Array): number => {
  let size = '0\r\n\r\n'.length;
  for (let at = 0; at < length; at += 50_000) size += Math.min(50_000, length - at).toString(16).length + 4;
  return length + size;
};
/** Path and way: bytes on the wire, decoded, taken; how it ended. */
const truths: [string, number | undefined, number | undefined, number | undefined, string][] = [
  ['/plain?http', MiB, MiB, MiB, 'complete'],
  ['/chunked?http', framed(whole), MiB, MiB, 'complete'],
  // The program decodes elsewhere, or not at all.
  ['/gzip?http', gzip.length, no, gzip.length, 'complete'],
  ['/gzip?pipe', gzip.length, MiB, gzip.length, 'complete'],
  ['/chunked-gzip?pipeline', framed(gzip), MiB, gzip.length, 'complete'],
  ['/br?pipe', br.length, MiB, br.length, 'complete'],
  ['/gzip?axios', gzip.length, MiB, gzip.length, 'complete'],
  ['/gzip?got', gzip.length, MiB, gzip.length, 'complete'],
  ['/gzip?node-fetch', gzip.length, MiB, gzip.length, 'complete'],
  // What fetch gives to the program is not reported; what it decodes is read from the decoder as the program takes it.
  ['/plain?fetch', MiB, MiB, no, 'complete'],
  ['/chunked?fetch', framed(whole), MiB, no, 'complete'],
  ['/gzip?fetch', gzip.length, MiB, MiB, 'complete'],
  ['/chunked-gzip?fetch', framed(gzip), MiB, MiB, 'complete'],
  ['/br?fetch', br.length, MiB, MiB, 'complete'],
  ['/deflate?fetch', deflate.length, no, no, 'complete'],
  ['/plain?head', 0, 0, 0, 'complete'],
  ['/plain?head-fetch', 0, 0, no, 'complete'],
  ['/204?http', 0, 0, 0, 'complete'],
  ['/304?http', 0, 0, 0, 'complete'],
  ['/204?fetch', 0, 0, no, 'complete'],
  ['/304?fetch', 0, 0, no, 'complete'],
  ['/slow?stops', 5000, 5000, 5000, 'aborted'],
  ['/slow?stops-fetch', 5000, 5000, no, 'aborted'],
];

describe.each(nodes)('Node $major', (node) => {
  let run: TracedRun;
  beforeAll(async () => {
    run = await runTraced(node, program, { env });
  });
  const to = (path: string) => only(run.trace.requests.filter((r) => r.url === `${env.SIZES_HTTP}${path}`));

  test('the program does what it does without', async () => {
    expect(visible(run)).toEqual(visible(await runPlain(node, program, { env })));
    expect(problemsOf(run)).toEqual([]);
  });

  test.each(truths)('%s', (path, wire, decoded, read, outcome) => {
    const r = to(path);
    const { wireBytes, bodyBytes, readBytes } = r.response ?? {};
    // Until 18 fetch decodes deflate by zlib itself.
    const itself = path === '/deflate?fetch' && node.major < 20 ? MiB : undefined;
    expect([wireBytes, bodyBytes, readBytes, r.outcome]).toEqual([wire, decoded ?? itself, read ?? itself, outcome]);
  });

  test('a body that was begun and not taken, and one that was never read, at the end of the program', () => {
    const begun = to('/plain?pauses');
    expect(begun.outcome).toBe('processExit');
    expect(begun.response?.readBeginAt).toBeDefined();
    for (const path of ['/slow?reading-fetch', '/slow?reading-undici']) expect(to(path).outcome).toBe('processExit');
    for (const path of ['/slow?reading-undici', '/slow?unread-undici']) expect(to(path).api).toBe('undici');
    // The fetch of Node 18 takes the first piece itself; undici 6 goes through a wrapper of the one inside Node 26.
    const byFetch = node.major >= 20 ? ['/slow?unread-fetch', '/slow-gzip?unread-fetch'] : [];
    for (const path of [...byFetch, ...(node.major < 26 ? ['/slow?unread-undici'] : [])])
      expect([path, to(path).outcome]).toEqual([path, 'notRead']);
    const unread = to('/plain?unread');
    expect(unread.outcome).toBe('notRead');
    expect(unread.response?.readBeginAt).toBeUndefined();
    for (const r of [begun, unread]) {
      expect(r.endAt).toBe(run.trace.processes?.[0]?.endAt);
      expect(r.response).toMatchObject({ status: 200, declaredBytes: MiB });
    }
  });
});
