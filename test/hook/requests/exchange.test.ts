/** What happens in an exchange beside its phases, each against what the server did. */
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer, Server as SecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { phasesOf } from '../../../src/model/phases/phases';
import type { Request } from '../../../src/model/records';
import { stateOf } from '../../../src/model/rows/state';
import { problemsOf, visible } from '../../support/check';
import { nowUs } from '../../support/clock';
import { only, present } from '../../support/observe';
import { nodes, repository } from '../../support/programs/nodes';
import { type Ending, lineOf, runPlain } from '../../support/programs/program';
import { runTraced, type TracedRun } from '../../support/programs/run';
import { certificate } from '../../support/servers/certificates';

const program = join(import.meta.dirname, '../programs/exchange.cjs');
const clients = join(repository, 'test/matrix/clients/node_modules');
const size = 5 * 1024 * 1024;
/** What the server saw of sockets after the switch, by path. */
const switched = new Map<string, { bytesIn: number; bytesOut: number; frames: number; code?: number }>();
/** Bytes of whole connections, by the client's port. */
const received = new Map<number, number>();
/** When the server sent its informational and its final reply, by path. */
const replies = new Map<string, number[]>();
let servers: (Server | SecureServer)[];
let env: Record<string, string>;

async function streamed(write: (text: string) => void, pieces: number): Promise<void> {
  for (let i = 0; i < pieces; i++) {
    write('p'.repeat(10 + (i % 7)));
    // Each chunk in a separate segment; one pause is longer than all others.
    await sleep(i === 3 ? 120 : 2);
  }
}

function serve(made: Server | SecureServer): void {
  made.on('request', async (q, r) => {
    const url = new URL(q.url ?? '', 'http://x');
    if (url.pathname === '/early') {
      const at = [nowUs()];
      replies.set(q.url ?? '', at);
      r.writeProcessing();
      await sleep(20);
      at.push(nowUs());
      r.writeEarlyHints({ link: '</a.css>; rel=preload' });
      await sleep(60);
      at.push(nowUs());
      r.end('hello');
    } else if (url.pathname === '/slow-read') {
      let bytes = 0;
      q.pause();
      // Long beside what a busy machine keeps the program from filling the buffers: five times what is asserted.
      await sleep(500);
      for await (const d of q) bytes += (d as Buffer).length;
      r.end(String(bytes));
    } else if (url.pathname === '/stops' || url.pathname === '/answers') {
      // What the client's kernel took comes to the end, whatever the client did then.
      const { socket } = q;
      const port = socket.remotePort ?? 0;
      socket.on('close', () => received.set(port, socket.bytesRead));
      if (url.pathname === '/answers') r.end('early');
      else await sleep(250);
      q.on('error', () => {}).resume();
    } else if (url.pathname === '/stream') {
      r.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      await streamed((text) => r.write(text), Number(url.searchParams.get('n')));
      r.end();
    } else r.end('ok');
  });
  made.on('checkContinue', async (q, r) => {
    await sleep(100);
    r.writeContinue();
    for await (const _ of q);
    r.end('done');
  });
  made.on('upgrade', (q, socket: Socket) => {
    const seen: { bytesIn: number; bytesOut: number; frames: number; code?: number } = {
      bytesIn: 0,
      bytesOut: 0,
      frames: 0,
    };
    switched.set(`${made instanceof SecureServer ? 's' : ''}${q.url}`, seen);
    const count = (out: Uint8Array | string) => {
      seen.bytesOut += out.length;
      socket.write(out);
    };
    socket.on('data', (d) => {
      seen.bytesIn += d.length;
      if (q.url?.startsWith('/own')) return count('pong');
      // One frame of a client, masked, below 126 bytes.
      const length = (d[1] as number) & 0x7f;
      const data = d.subarray(6, 6 + length).map((b, i) => b ^ (d[2 + (i % 4)] as number));
      seen.frames++;
      count(Buffer.concat([Buffer.from([d[0] as number, length]), data]));
      if (((d[0] as number) & 0xf) !== 8) return;
      if (length >= 2) seen.code = (data[0] as number) * 256 + (data[1] as number);
      socket.end();
    });
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
    const key = q.headers['sec-websocket-key'];
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    const own = `upgrade: ${q.headers.upgrade}\r\n${key ? `sec-websocket-accept: ${accept}\r\n` : ''}`;
    if (q.url === '/own?open') seen.bytesOut += 'hello'.length;
    const first = q.url === '/own?open' ? 'hello' : '';
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\n${own}\r\n${first}`);
  });
}

beforeAll(async () => {
  servers = [createServer(), createSecureServer(certificate('server'))];
  const urls = servers.map(async (server, i) => {
    serve(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return `http${i === 0 ? '' : 's'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  const [EXCHANGE_HTTP = '', EXCHANGE_HTTPS = ''] = await Promise.all(urls);
  env = { EXCHANGE_HTTP, EXCHANGE_HTTPS, EXCHANGE_CLIENTS: clients, NODE_EXTRA_CA_CERTS: certificate.root };
});
afterAll(() => {
  for (const server of servers) server.close();
});

describe.each(nodes)('Node $major', (node) => {
  const copies = ['undici6', ...(node.major >= 20 ? ['undici7'] : []), ...(node.major >= 22 ? ['undici8'] : [])];
  const sockets = node.major >= 22 ? ['ws', 'wss', 'websocket'] : ['ws', 'wss'];
  const timed = ['early', 'early-fetch', 'expect'];
  for (const n of [5, 100]) timed.push(`stream:${n}`, `stream-fetch:${n}`);
  const others = ['write', 'pipe', 'upload-fetch', 'stops', 'answers', 'unheard', ...sockets];
  for (const c of copies) others.push(`upload-undici:${c}`, `switch-undici:${c}`);
  const args = [timed, others, ['open']].map(String);
  let plain: Ending;
  let run: TracedRun;

  beforeAll(async () => {
    plain = await runPlain(node, program, { args, env });
    run = await runTraced(node, program, { args, env });
  });
  const requestOf = (path: string): Request =>
    only(run.trace.requests.filter((r) => r.url === `${env.EXCHANGE_HTTP}${path}`));
  const partOf = (r: Request, name: string) => phasesOf(r, run.store).phases.find((p) => p.name === name);

  test('the program does what it does without the hook', () => {
    expect(visible(run)).toEqual(visible(plain));
    expect(run.stdout.match(/ closed\n/g)).toHaveLength(sockets.length);
    expect(run.trace.requests).toHaveLength(timed.length + others.length + 1);
    expect(run.stdout).toContain('open hello pong\n');
    expect(problemsOf(run)).toEqual([]);
  });

  test.each(['/early', '/early?fetch'])('%s: informational replies come before the final one', (path) => {
    const r = requestOf(path);
    const informational = present(r.response?.informational, 'informational');
    expect(informational.map((i) => i.status)).toEqual([102, 103]);
    const at = informational.map((i) => i.at);
    // Never before the server sent it; how long after, the machine's load says.
    const all = [...at, r.responseBeginAt ?? 0];
    for (const [i, sent] of present(replies.get(path), 'replies').entries())
      expect(run.zero + (all[i] as number)).toBeGreaterThanOrEqual(Math.floor(sent));
    expect([...all].sort((x, y) => x - y)).toEqual(all);
    expect(r.response?.status).toBe(200);
    expect(partOf(r, 'wait')?.parts?.map((p) => p.beginAt)).toEqual(at);
  });

  test('Expect: the wait for the 100 is a part of sending', () => {
    const r = requestOf('/expect');
    expect(present(r.response?.informational, 'informational').map((i) => i.status)).toEqual([100]);
    expect(r.body).toMatchObject({ bytes: 8 });
    const send = partOf(r, 'send');
    const waited = send?.parts?.find((p) => p.name === 'continue')?.duration;
    expect(waited).toBeGreaterThan(95_000);
    expect(waited).toBeLessThanOrEqual(send?.duration ?? Number.NaN);
  });

  test.each(['write', 'pipe', 'fetch', ...copies])(
    'upload by %s: 5 MiB to a server that does not read at once',
    (by) => {
      const r = requestOf(`/slow-read?${by}`);
      const body = present(r.body, 'body');
      // 80 pieces of 64 KiB, each with its size in hexadecimal and two line ends, and the end of the coding.
      const coded = size + 80 * ('10000'.length + 4) + '0\r\n\r\n'.length;
      expect(body).toMatchObject({ bytes: size, wireBytes: by === 'write' ? size : coded });
      expect(body.declaredBytes).toBe(by === 'write' ? size : undefined);
      expect(body.drainWaits).toBeGreaterThan(0);
      expect(body.drainDuration).toBeGreaterThan(100_000);
      expect(body.lastWriteAt).toBeLessThanOrEqual(r.sendEndAt ?? Number.NaN);
      expect(r.sendEndAt).toBeLessThanOrEqual(r.responseBeginAt ?? Number.NaN);
      const send = partOf(r, 'send');
      expect(body.drainDuration).toBeLessThanOrEqual(send?.duration ?? Number.NaN);
      expect(send?.parts).toContainEqual({ name: 'stall', duration: body.drainDuration });
    },
  );

  test.each(['/stops', '/answers'])('%s: what has left of a body, not what waits in the process', async (path) => {
    const r = requestOf(path);
    const { local, bytesSent } = present(run.store.connections.get(r.connection ?? ''), 'connection');
    const truth = await vi.waitUntil(() => received.get(local?.port ?? 0));
    expect([r.bytesSent, bytesSent]).toEqual([truth, truth]);
    const body = present(r.body, 'body');
    const head = (r.bytesSent ?? 0) - (body.wireBytes ?? 0);
    expect(head).toBeGreaterThan(50);
    expect(head).toBeLessThan(200);
    if (path === '/stops') {
      expect(r).toMatchObject({ outcome: 'aborted', abort: { reason: 'given up' }, body: { bytes: 20 * 1024 * 1024 } });
      expect(body.wireBytes).toBeLessThan(19 * 1024 * 1024);
      expect(r.sendEndAt).toBeUndefined();
    } else {
      expect(r).toMatchObject({ outcome: 'complete', response: { status: 200, bodyBytes: 5 } });
      // Node 18 closes such a connection with its answer.
      if (node.major >= 20)
        expect(body).toMatchObject({ bytes: 12, wireBytes: '4\r\nsome\r\n8\r\nthe rest\r\n0\r\n\r\n'.length });
    }
  });

  test.each(sockets)('%s: the request ends at the 101, what follows is counted at the connection', (by) => {
    const path = `/echo?${by === 'websocket' ? 'global' : 'ws'}`;
    const base = by === 'wss' ? env.EXCHANGE_HTTPS : env.EXCHANGE_HTTP;
    const r = only(run.trace.requests.filter((one) => one.url === `${base}${path}`));
    expect(r).toMatchObject({
      api: 'websocket',
      outcome: 'upgraded',
      response: { status: 101 },
      upgrade: { protocol: 'websocket' },
      callSite: { file: program, line: lineOf(program, 'socket'), kind: 'user' },
    });
    const connection = present(run.store.connections.get(r.connection ?? ''), 'connection');
    expect(connection).toMatchObject({ protocol: 'websocket', requestCount: r.ordinal });
    expect(connection.closedAt).toBeGreaterThan(r.endAt ?? Number.NaN);
    expect(connection.upgrade).toMatchObject({ request: r.id, protocol: 'websocket', at: r.upgrade?.at });
    const { chunksSent, chunksReceived } = present(connection.upgrade, 'upgrade');
    expect([chunksSent?.bytes, chunksReceived?.bytes]).toEqual([
      switched.get(by === 'wss' ? `s${path}` : path)?.bytesIn,
      switched.get(by === 'wss' ? `s${path}` : path)?.bytesOut,
    ]);
    for (const chunks of [chunksSent, chunksReceived]) {
      expect(chunks?.bytes).toBeGreaterThan(1000);
      expect(chunks?.count).toBeGreaterThanOrEqual(10);
    }
    // Ten messages and the close, there and back: six bytes of header with a mask, two without.
    const { bytesIn, bytesOut, frames, code } = present(switched.get(by === 'wss' ? `s${path}` : path), 'the server');
    expect(frames).toBe(11);
    const reported = { count: 11, messages: 10, text: 10, close: 1, closeCode: code };
    expect(connection.upgrade?.framesSent).toEqual({ ...reported, payloadBytes: bytesIn - 66 });
    expect(connection.upgrade?.framesReceived).toEqual({ ...reported, payloadBytes: bytesOut - 22 });
    expect(stateOf(r, run.store, phasesOf(r, run.store)).text).toBe('101 closed');
  });

  test.each(copies)('%s: a switch to a custom protocol is recorded', (name) => {
    const r = requestOf(`/own?${name}`);
    expect(r).toMatchObject({ outcome: 'upgraded', api: 'undici', upgrade: { protocol: 'own' } });
    const { upgrade } = present(run.store.connections.get(r.connection ?? ''), 'connection');
    expect(upgrade).toMatchObject({ request: r.id, chunksSent: { count: 2, bytes: 7 } });
    expect(upgrade?.chunksReceived?.bytes).toBe(switched.get(`/own?${name}`)?.bytesOut);
    expect([upgrade?.framesSent, upgrade?.framesReceived]).toEqual([undefined, undefined]);
  });

  test('a switch that the program does not listen for', () => {
    expect(requestOf('/own?unheard')).toMatchObject({ outcome: 'aborted', response: { status: 101 } });
  });

  test('a switched connection that is open at the exit', () => {
    const r = requestOf('/own?open');
    expect(r).toMatchObject({ api: 'http', outcome: 'upgraded', upgrade: { protocol: 'own' } });
    const connection = present(run.store.connections.get(r.connection ?? ''), 'connection');
    expect(connection).toMatchObject({ protocol: 'own', closedBy: 'processExit' });
    expect(connection.upgrade).toMatchObject({
      request: r.id,
      chunksSent: { count: 1, bytes: 4 },
      chunksReceived: { bytes: 9 },
    });
  });

  test.each(['', '&fetch'])('a stream%s: five pieces, then a hundred', (by) => {
    const few = requestOf(`/stream?n=5${by}`);
    expect(few.chunks).toMatchObject({ count: 5, bytes: 60 });
    expect(few.chunks?.marks.map((m) => m[1])).toEqual([10, 11, 12, 13, 14]);
    const chunks = present(requestOf(`/stream?n=100${by}`).chunks, 'chunks');
    expect(chunks.bytes).toBe(Array.from({ length: 100 }, (_, i) => 10 + (i % 7)).reduce((a, b) => a + b));
    expect(chunks.marks).toHaveLength(64);
    expect(chunks.droppedMarks).toBe(chunks.count - 64);
    const at = chunks.marks.map((m) => m[0] as number);
    expect([...at].sort((a, b) => a - b)).toEqual(at);
    expect(chunks.marks.slice(0, 4).map((m) => m[1])).toEqual([10, 11, 12, 13]);
    const gaps = (marks: number[][]) => marks.slice(1).map((m, i) => (m[0] as number) - (marks[i]?.[0] as number));
    const gap = present(few.chunks?.longestGap, 'gap');
    expect(gap.endAt - gap.beginAt).toBe(Math.max(...gaps(few.chunks?.marks ?? [])));
    const longest = present(chunks.longestGap, 'gap');
    expect(longest.endAt - longest.beginAt).toBeGreaterThanOrEqual(Math.max(...gaps(chunks.marks.slice(0, 8))));
  });
});
