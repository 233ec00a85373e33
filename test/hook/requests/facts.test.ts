/** Facts that the cases do not cover, each against what the server saw. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { phasesOf } from '../../../src/model/phases/phases';
import type { Request } from '../../../src/model/records';
import { problemsOf } from '../../support/check';
import { only, present } from '../../support/observe';
import { nodes } from '../../support/programs/nodes';
import { lineOf } from '../../support/programs/program';
import { runTraced, type TracedRun } from '../../support/programs/run';

const program = join(import.meta.dirname, '../programs/facts.cjs');
const seen: { url: string; port: number; headers: string[] }[] = [];
let server: Server;
let base: string;

beforeAll(async () => {
  const note = (url = '', port = 0, headers: string[] = []) => seen.push({ url, port, headers });
  server = createServer((q, r) => {
    note(q.url, q.socket.remotePort, q.rawHeaders);
    if (q.url === '/slow') {
      r.write('x'.repeat(1000));
      let n = 0;
      const timer = setInterval(() => {
        r.write('y'.repeat(500));
        if (++n < 5) return;
        clearInterval(timer);
        r.end();
      }, 300);
    } else r.writeHead(200, { 'set-cookie': 'id=SECRET', 'x-answer': '1' }).end('hello');
  });
  server.on('upgrade', (q, socket: Socket) => {
    note(q.url, socket.remotePort);
    socket.end('HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: own\r\n\r\n');
  });
  server.on('connect', (q, socket: Socket) => {
    note(q.url, socket.remotePort);
    socket.end('HTTP/1.1 200 Connection established\r\n\r\n');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  seen.length = 0;
});
afterAll(() => server.close());

const requests = (run: TracedRun): Request[] => [...run.store.requests.values()];
const lines = (run: TracedRun, kind: string) =>
  run.lines.map(({ text }) => JSON.parse(text) as Record<string, unknown>).filter((l) => l.k === kind);

describe.each(nodes)('Node $major', (node) => {
  const traced = async (act: string, conf = {}): Promise<TracedRun> => {
    const run = await runTraced(node, program, { args: [act], env: { FACTS_HTTP: base }, conf });
    expect(run.stderr).toBe('');
    expect(problemsOf(run)).toEqual([]);
    return run;
  };

  test('an upgrade ends the exchange, the connection lives on', async () => {
    const run = await traced('upgrade');
    const r = only(requests(run));
    expect(r).toMatchObject({ outcome: 'upgraded', response: { status: 101 }, ordinal: 1 });
    const connection = present(run.store.connections.get(r.connection ?? ''), 'connection');
    expect(connection.local?.port).toBe(only(seen).port);
    expect(connection.closedAt).toBeGreaterThanOrEqual(r.endAt ?? Number.NaN);
  });

  test('a CONNECT makes a tunnel and is not counted on its connection', async () => {
    const run = await traced('connect');
    const r = only(requests(run));
    expect(r).toMatchObject({
      outcome: 'tunnel',
      method: 'CONNECT',
      target: 'example.test:443',
      response: { status: 200 },
    });
    expect(r.ordinal).toBeUndefined();
    expect(only(seen).url).toBe('example.test:443');
  });

  test('an agent that dials by itself: the connection is reported late, with its setup', async () => {
    const run = await traced('own');
    const r = only(requests(run));
    const connection = present(run.store.connections.get(r.connection ?? ''), 'connection');
    expect(connection.local?.port).toBe(only(seen).port);
    expect(connection.requestCount).toBe(1);
    expect(r.outcome).toBe('complete');
    expect(r.callSite).toMatchObject({ file: program, line: lineOf(program, 'own'), kind: 'user' });
    expect(only([...run.store.dials.values()])).toMatchObject({ request: r.id, connection: connection.id });
  });

  test('a ClientRequest made by hand', async () => {
    const r = only(requests(await traced('bare')));
    expect(r).toMatchObject({
      outcome: 'complete',
      url: `${base}/ok`,
      callSite: { line: lineOf(program, 'bare'), kind: 'user' },
    });
  });

  test('a socket that carries no recorded request is a separate connection', async () => {
    const run = await traced('raw');
    const dial = only([...run.store.dials.values()]);
    expect(dial).toMatchObject({ via: 'net', callSite: { line: lineOf(program, 'raw'), kind: 'user' } });
    expect(dial.request).toBeUndefined();
    expect(run.store.connections.get(dial.connection ?? '')?.local?.port).toBe(only(seen).port);
    expect(requests(run)).toEqual([]);
  });

  test('flush, as the debugger calls it: what was made in this very tick is on disk', async () => {
    const run = await traced('flush');
    expect(run.stdout).toBe('true,true,true 200\n');
  });
});

describe('levels and long bodies', () => {
  const node = present(nodes.at(-1), 'a Node');
  const traced = (act: string, conf = {}) =>
    runTraced(node, program, { args: [act], env: { FACTS_HTTP: base }, conf: { ...conf }, compared: true });

  test('a body of more than a second: a mark while it comes, chunks at its end', async () => {
    const run = await traced('slow');
    const r = only(requests(run));
    const progress = lines(run, 'mark').filter((l) => l.chunks);
    expect(progress.length).toBeGreaterThanOrEqual(1);
    // Six chunks, each with three digits of its size and two line ends, and the end of the coding.
    expect(r.response).toMatchObject({ bodyBytes: 3500, readBytes: 3500, wireBytes: 3500 + 6 * 7 + 5 });
    expect(r.chunks).toMatchObject({ count: 6, bytes: 3500 });
    expect(r.chunks?.marks.map((m) => m[1])).toEqual([1000, 500, 500, 500, 500, 500]);
    const gap = present(r.chunks?.longestGap, 'gap');
    expect(gap.endAt - gap.beginAt).toBeGreaterThan(295_000 - run.lateness);
    expect(phasesOf(r, run.store).phases.at(-1)?.name).toBe('download');
  });

  test.each(['names', 'lengths', 'values'])('headers: %s', async (headers) => {
    const run = await traced('headers', { headers, excludeHeaders: ['X-Skip'] });
    expect(problemsOf(run)).toEqual([]);
    const r = only(requests(run));
    const sent = present(r.headers, 'headers');
    const truth = only(seen).headers;
    expect(sent.map((h) => h.name)).toEqual(truth.filter((_, i) => i % 2 === 0));
    const of = (name: string) => sent.find((h) => h.name === name);
    const answer = r.response?.headers?.find((h) => h.name === 'set-cookie');
    expect(JSON.stringify(run.trace)).not.toContain('SECRET');
    expect(JSON.stringify(run.lines)).not.toContain('skipped');
    if (headers === 'names')
      expect([of('x-plain'), of('authorization')]).toEqual([{ name: 'x-plain' }, { name: 'authorization' }]);
    else expect([of('authorization')?.length, of('x-skip')?.length, answer?.length]).toEqual([13, 7, 9]);
    if (headers === 'lengths')
      expect([of('x-plain'), of('x-long')?.length]).toEqual([{ name: 'x-plain', length: 5 }, 6000]);
    if (headers === 'values') {
      expect(of('x-plain')).toEqual({ name: 'x-plain', value: 'plain' });
      expect(of('x-long')).toEqual({ name: 'x-long', value: 'l'.repeat(1024), length: 6000 });
    }
  });

  test('headers off: none', async () => {
    const run = await traced('headers');
    expect(lines(run, 'hdr')).toEqual([]);
    expect(only(requests(run)).headers).toBeUndefined();
  });
});
