/** The four header levels: the same run at each, and the exact headers that the trace has of it. */
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Request } from '../../../src/model/records';
import { problemsOf } from '../../support/check';
import { only } from '../../support/observe';
import { nodes } from '../../support/programs/nodes';
import { runTraced } from '../../support/programs/run';

const program = join(import.meta.dirname, '../programs/headers.cjs');
let server: Server;
let port = 0;

/** Name, value as sent, and what level `values` gives of it when that is not the value. */
type Row = [name: string, value: string, shown?: { value?: string; length?: number }];

const sent = (): Row[] => [
  ['authorization', 'Bearer SECRET-1', { length: 15 }],
  ['x-plain', 'plain'],
  ['x-skip', 'SECRET-2', { length: 8 }],
  [
    'referer',
    'http://u:SECRET-3@h.test/p?token=SECRET-4&a=1#SECRET-5',
    { value: 'http://***@h.test/p?token=***&a=1', length: 53 },
  ],
  ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
  ['connection', 'close'],
  ['Host', `127.0.0.1:${port}`],
];
const answer: Row[] = [
  ['Content-Type', 'text/plain'],
  ['Location', '/next?api_key=SECRET-6#part', { value: '/next?api_key=***', length: 27 }],
  ['Set-Cookie', 'id=SECRET-7', { length: 11 }],
  ['Set-Cookie', 'b=SECRET-8', { length: 10 }],
  ['Server-Timing', 'cache;desc="Hit, \\"near\\"", db;dur=53.2, app'],
  ['X-Long', 'l'.repeat(1500), { value: 'l'.repeat(1024), length: 1500 }],
  ['Transfer-Encoding', 'chunked'],
  ['Trailer', 'X-Check, X-Skip'],
];
const trailers: Row[] = [
  ['X-Check', 'abc'],
  ['X-Skip', 'SECRET-9', { length: 8 }],
];

beforeAll(async () => {
  const block = (rows: Row[]) => rows.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.end(`HTTP/1.1 200 OK\r\n${block(answer)}\r\n5\r\nhello\r\n0\r\n${block(trailers)}\r\n`);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

/** What the trace is to hold of the rows at a level; a masked URL has the length of the header as it was sent only when cut. */
function golden(rows: Row[], level: string): object[] | undefined {
  if (level === 'off') return undefined;
  return rows.map(([name, value, shown]) => {
    if (level === 'names') return { name };
    if (level === 'lengths') return { name, length: value.length };
    if (shown === undefined) return { name, value };
    if (shown.value === undefined || value.length > 1024) return { name, ...shown };
    return { name, value: shown.value };
  });
}

describe.each(nodes)('Node $major', (node) => {
  test.each(['off', 'names', 'lengths', 'values'])('headers: %s', async (level) => {
    const env = { HEADERS_HTTP: `http://127.0.0.1:${port}` };
    const run = await runTraced(node, program, { env, conf: { headers: level, excludeHeaders: ['X-Skip'] } });
    expect(run.stdout).toBe('200 abc\n5\n');
    expect(problemsOf(run)).toEqual([]);
    const of = (path: string): Request => only(run.trace.requests.filter((r) => r.url?.endsWith(path)));
    const [byHttp, byFetch] = [of('/http'), of('/fetch')];
    expect(byHttp.headers).toEqual(golden(sent(), level));
    for (const r of [byHttp, byFetch]) {
      const { response } = r;
      expect(response?.headers).toEqual(golden(answer, level));
      expect(response?.trailers).toEqual(golden(trailers, level));
      // Facts that headers report are there at every level.
      expect(response).toMatchObject({ status: 200, statusText: 'OK', contentType: 'text/plain' });
      expect(response?.serverTiming).toEqual(
        level === 'values'
          ? [{ name: 'cache', description: 'Hit, "near"' }, { name: 'db', duration: 53_200 }, { name: 'app' }]
          : undefined,
      );
    }
    const agent = byFetch.headers?.find((h) => h.name.toLowerCase() === 'user-agent');
    const value = { name: agent?.name, value: expect.stringMatching(/^(node|undici)$/) };
    const expected = {
      off: undefined,
      names: { name: agent?.name },
      lengths: { name: agent?.name, length: expect.any(Number) },
    };
    expect(agent).toEqual(level === 'values' ? value : expected[level as 'off']);
    expect(JSON.stringify([run.trace, run.lines]).match(/SECRET-\d/g)).toBeNull();
    if (level === 'off') expect(run.lines.some((l) => l.text.includes('"k":"hdr"'))).toBe(false);
  });
});
