import { once } from 'node:events';
import { chmodSync, cpSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Trace } from '../../src/model/records';
import { scratch } from '../../src/session/testing/scratch';
import type { Nettrace } from '../cli/testing/nettrace';
import { problemsOfDocument } from '../support/check';
import { asNobody, root, shipped, whyNot } from './testing/helper';

const why = whyNot('figures in a trace', { programs: ['setpriv'] });
const whyNoSpace = whyNot('counters of a namespace', { root: true, programs: ['unshare', 'ip'] });

/** Answers each request with as many bytes as it has, and counts what each connection carried. */
class Counting {
  /** By the request's path: the same two ends may come again. */
  readonly connections = new Map<string, { read: number; written: number }>();
  readonly servers: Server[] = [];

  async listen(host: string): Promise<string> {
    const server = createServer((socket) => {
      let path = '';
      let text = '';
      let body = 0;
      socket.on('data', (piece) => {
        text += piece.toString('latin1');
        const head = text.indexOf('\r\n\r\n');
        if (head < 0) return;
        path = text.split(' ')[1] as string;
        body = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
        if (text.length < head + 4 + body) return;
        socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${body}\r\n\r\n${'x'.repeat(body)}`);
      });
      socket.on('close', () => this.connections.set(path, { read: socket.bytesRead, written: socket.bytesWritten }));
      socket.on('error', () => {});
    });
    this.servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const { port } = server.address() as { port: number };
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }
}

describe.skipIf(why)('figures in a trace', () => {
  let nettrace: Nettrace;
  let programs: string;
  beforeAll(() => {
    nettrace = shipped();
    programs = scratch();
    cpSync(join(import.meta.dirname, 'programs'), programs, { recursive: true });
    cpSync(join(import.meta.dirname, '../cases/programs/slow-upload.cjs'), join(programs, 'slow-upload.cjs'));
    chmodSync(programs, 0o755);
  });

  const traced = async (program: string, env: Record<string, string>, wrap: string[] = []): Promise<Trace> => {
    const out = join(nettrace.home, `${program}.nettrace.json`);
    const args = ['run', '--quiet', '-o', out, '--', process.execPath, join(programs, program)];
    const { code, stderr } = await nettrace.run(args, { env, wrap });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const { readFileSync } = await import('node:fs');
    return JSON.parse(readFileSync(out, 'utf8')) as Trace;
  };

  const counting = new Counting();
  afterAll(() => {
    for (const s of counting.servers) s.close();
  });

  test('as nobody: 1,000 short connections give 1,000 last figures, with the bytes that the server counted', async () => {
    const urls = [await counting.listen('127.0.0.1'), await counting.listen('::1')];
    const trace = await traced('short.cjs', { COUNT: '1000', URLS: urls.join(' ') }, root ? asNobody : []);
    expect(trace.connections.length).toBe(1000);
    expect(trace.connections.filter((c) => c.kernel?.final).length).toBe(1000);
    const pathOf = new Map(trace.requests.map((r) => [r.connection, new URL(r.url as string).pathname]));
    const serverOf = (connection: string) => counting.connections.get(pathOf.get(connection) as string);
    const wrong = trace.connections.filter((c) => {
      const server = serverOf(c.id);
      const { bytesSent = 0, bytesAcked, bytesReceived, bytesRetransmitted = 0 } = c.kernel ?? {};
      return !(
        bytesSent - bytesRetransmitted === server?.read &&
        // SYN and FIN count there; here the peer's FIN, if it came before the program closed.
        bytesAcked === (server?.read ?? 0) + 2 &&
        [0, 1].includes((bytesReceived ?? 0) - (server?.written ?? 0)) &&
        c.route?.interface === 'lo'
      );
    });
    const figuresOf = (c: (typeof wrong)[number]) => {
      const { bytesSent, bytesAcked, bytesReceived, bytesRetransmitted } = c.kernel ?? {};
      const server = serverOf(c.id);
      return [
        server?.read,
        server?.written,
        bytesSent,
        bytesAcked,
        bytesReceived,
        bytesRetransmitted,
        c.route?.interface,
        c.closedBy,
      ].join(' ');
    };
    expect(wrong.map(figuresOf)).toEqual([]);
    const withFigures = trace.requests.filter((r) => r.kernel !== undefined);
    expect(withFigures.length).toBeGreaterThan(990);
    const own = (r: (typeof withFigures)[number]) => (r.kernel?.bytesSent ?? 0) - (r.kernel?.bytesRetransmitted ?? 0);
    expect(withFigures.filter((r) => own(r) !== r.bytesSent || r.kernel?.shared).map((r) => r.kernel)).toEqual([]);
    expect(trace.losses).toEqual([]);
    expect(problemsOfDocument(trace)).toEqual([]);
    const on = ['inetDiag', 'netlink', 'procfs'].map((n) => trace.sources.find((s) => s.name === n)?.state);
    expect(on).toEqual(['on', 'on', 'on']);
  });

  // Both of them wait most of the time.
  test.concurrent('A21: an upload to a server that reads slowly at first: held up by its window', async () => {
    const MiB = 1 << 20;
    const seen = { bytes: 0, wire: 0, slowUs: 0 };
    const server = createHttp(async (q, r) => {
      const begin = process.hrtime.bigint();
      // 1 MiB a second for two seconds, then as it comes.
      for (let i = 0; i < 20; i++) {
        await wait(100);
        seen.bytes += (q.read(Math.min(q.readableLength, MiB / 10)) as Buffer | null)?.length ?? 0;
      }
      seen.slowUs = Number(process.hrtime.bigint() - begin) / 1000;
      for await (const d of q) seen.bytes += (d as Buffer).length;
      seen.wire = q.socket.bytesRead;
      r.end('read');
    }).listen(0, '127.0.0.1');
    counting.servers.push(server);
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const trace = await traced('slow-upload.cjs', { SLOW_URL: url }, root ? asNobody : []);
    expect(seen.bytes).toBe(20 * MiB);
    const { kernel, outcome, body } = trace.requests[0] ?? {};
    expect([trace.requests.length, outcome, body?.bytes]).toEqual([1, 'complete', 20 * MiB]);
    const { bytesSent = 0, bytesRetransmitted = 0, busyDuration = 0, rwndLimitedDuration = 0 } = kernel ?? {};
    expect(bytesSent - bytesRetransmitted).toBe(seen.wire);
    // By the server's clock: most of the time that it read slowly, and no more than the kernel had something to send.
    expect(rwndLimitedDuration).toBeGreaterThan(seen.slowUs / 2);
    expect(rwndLimitedDuration).toBeLessThanOrEqual(busyDuration);
    expect(trace.findings?.find((f) => f.rule === 'upload-limited' || f.rule === 'zero-window')?.fault).toBe('server');
    expect(trace.connections[0]?.kernel?.rwndLimitedDuration).toBeGreaterThanOrEqual(rwndLimitedDuration);
  });

  test.concurrent('where the bytes go, while they go and afterwards: the rate is the server’s', async () => {
    const perMs = 3000;
    const seen = { bytes: 0, us: 0 };
    const server = createHttp(({ socket }, r) => {
      const begin = performance.now();
      let sent = 0;
      const timer = setInterval(() => {
        const due = Math.floor(Math.min(3000, performance.now() - begin)) * perMs;
        r.write(Buffer.alloc(due - sent));
        sent = due;
        if (due < 3000 * perMs) return;
        clearInterval(timer);
        r.end(() => Object.assign(seen, { bytes: socket.bytesWritten, us: (performance.now() - begin) * 1000 }));
      }, 20);
    }).listen(0, '127.0.0.1');
    counting.servers.push(server);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const out = join(nettrace.home, 'talkers.nettrace.json');
    const program = `require('http').get('http://127.0.0.1:${port}/', { agent: false }, (r) => r.resume())`;
    const args = ['run', '--table', '--interval', '1', '-o', out, '--', process.execPath, '-e', program];
    const { code, stderr } = await nettrace.run(args);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const rate = seen.bytes / (seen.us / 1e6);
    const near = (value: number) => Math.abs(value / rate - 1) < 0.1;
    const drawn = [...stderr.matchAll(new RegExp(`^now 127.0.0.1:${port}: ([\\d.]+) MB/s received`, 'gm'))];
    expect(drawn.map((m) => Number(m[1]) * 1e6).filter(near).length, `${rate}: ${stderr}`).toBeGreaterThan(0);
    const { stdout } = await nettrace.run(['show', out, '--view', 'tcptop']);
    const [head, row] = stdout.split('\n').map((line) => line.trim().split(/ +/));
    expect(head).toEqual(['RADDR', 'RPORT', 'HOST', 'CONNS', 'TX_KB', 'RX_KB', 'S', 'TX_KB/s', 'RX_KB/s']);
    expect(row?.slice(0, 4)).toEqual(['127.0.0.1', String(port), '-', '1']);
    expect(Number(row?.[5])).toBeCloseTo(seen.bytes / 1024, 0);
    expect(near(Number(row?.[8]) * 1024), `${rate}: ${stdout}`).toBe(true);
  });

  test.skipIf(whyNoSpace)('counters of the namespace: connections that were refused', async () => {
    const wrap = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
    const trace = await traced('refused.cjs', { COUNT: '30' }, wrap);
    expect(trace.systemCounters?.values).toMatchObject({
      TcpAttemptFails: 30,
      TcpActiveOpens: 31,
      TcpOutRsts: 30,
      TcpRetransSegs: 0,
    });
    const lo = trace.interfaces?.find((i) => i.name === 'lo');
    expect(lo).toMatchObject({ mtu: 65536, rxErrors: 0, rxDropped: 0 });
    expect(lo?.rxPackets).toBe(trace.systemCounters?.values.IpInReceives);
    expect(trace.clockSamples?.length).toBeGreaterThan(0);
  });
});
