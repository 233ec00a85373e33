/** Figures of the trace against those of the packets. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { phasesOf } from '../../src/model/phases/phases';
import type { PhaseName } from '../../src/model/records';
import type { NodeVersion } from '../support/programs/nodes';
import { runTraced } from '../support/programs/run';
import { certificate } from '../support/servers/certificates';
import { Capture, ClockStep, type Packets, stepUs } from './capture';

export const clients = ['http', 'https', 'fetch'] as const;
export type ClientName = (typeof clients)[number];
/** One figure of one request: trace minus packets, µs. */
export interface Difference {
  client: ClientName;
  what: string;
  us: number;
  /** It does not lie between the packets that come before and after it in any case, however late a program runs. */
  misplaced: boolean;
}

/** Thinks 15 ms, sends head and half of the body, and the rest 15 ms later. */
const serve: RequestListener = (_request, answer) => {
  setTimeout(() => {
    answer.writeHead(200, { 'content-length': '4000', connection: 'close' });
    answer.write(Buffer.alloc(2000));
    setTimeout(() => answer.end(Buffer.alloc(2000)), 15);
  }, 15);
};

/** Passes bytes on, each `ms` after it came. */
function delaying(ms: number, port: number): Server {
  return createTcpServer((client) => {
    const inner = connect(port, '127.0.0.1');
    const pass = (from: Socket, to: Socket) => {
      from.setNoDelay(true);
      from.on('data', (d) => setTimeout(() => to.write(d), ms));
      from.on('end', () => setTimeout(() => to.end(), ms));
      from.on('error', () => to.destroy());
    };
    pass(client, inner);
    pass(inner, client);
  });
}

const listen = (server: Server): Promise<number> =>
  new Promise((done) => server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)));

/** Requests before those that count: the first ones run code that Node has not compiled yet. */
export const warmUp = 20;
const tries = 5;

/**
 * Runs `n` requests of each client, directly (0) or through a proxy that delays each way by `delayMs`. Again when the
 * machine's clock was set meanwhile.
 */
export async function measure(node: NodeVersion, n: number, delayMs: number, cold = warmUp): Promise<Difference[]> {
  for (let left = tries; ; left--) {
    try {
      return await round(node, n, delayMs, cold);
    } catch (error) {
      if (!(error instanceof ClockStep) || left === 1) throw error;
      console.log(`Node ${node.version}: the clock was set, measured again.`);
    }
  }
}

async function round(node: NodeVersion, n: number, delayMs: number, cold: number): Promise<Difference[]> {
  const folder = mkdtempSync(join(tmpdir(), 'nettrace-accuracy-'));
  const servers: Server[] = [createServer(serve), createSecureServer(certificate('server'), serve)];
  let ports = await Promise.all(servers.map(listen));
  if (delayMs > 0) {
    const proxies = ports.map((port) => delaying(delayMs, port));
    servers.push(...proxies);
    ports = await Promise.all(proxies.map(listen));
  }
  const [plain, secure] = ports;
  const capture = new Capture(join(folder, 'packets.pcap'), ports);
  try {
    await capture.begun();
    // Other programs of the machine must not delay the time between a packet and its instant.
    const wrap = spawnSync('chrt', ['-f', '1', 'true']).status === 0 ? ['chrt', '-f', '1'] : [];
    const runs = [];
    for (const client of clients) {
      const url = client === 'https' ? `https://127.0.0.1:${secure}/` : `http://127.0.0.1:${plain}/`;
      const args = [client, url, String(n + cold)];
      const env = { UP_CA: certificate.root, NODE_EXTRA_CA_CERTS: certificate.root };
      runs.push({
        client,
        run: await runTraced(node, join(import.meta.dirname, 'program.cjs'), { args, env, wrap, timeoutMs: 120_000 }),
      });
    }
    const packets = await capture.end();
    return runs.flatMap(({ client, run }) => {
      if (run.code !== 0 || run.store.requests.size !== n + cold)
        throw new Error(`${client}: ${run.stderr} ${run.store.requests.size}`);
      const inOrder = [...run.store.requests.values()].sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0));
      return inOrder.slice(cold).flatMap((r) => {
        const c = run.store.connections.get(r.connection ?? '');
        const begin = (c?.connect?.beginAt ?? 0) + run.zero;
        const distance = (x: Packets) => Math.abs((x.syn ?? 0) - begin);
        const [p] = (packets.get(c?.local?.port ?? 0) ?? []).toSorted((a, b) => distance(a) - distance(b));
        if (p === undefined) throw new Error(`no packets of ${c?.local?.port}`);
        const { phases } = phasesOf(r, run.store);
        const duration = (name: PhaseName) => phases.find((x) => x.name === name)?.duration;
        const at = (us: number | undefined) => (us === undefined ? undefined : us + run.zero);
        const between = (a?: number, b?: number) => (a === undefined || b === undefined ? undefined : b - a);
        // With the packets, or the figure, that ours cannot be before and after.
        const figures: [string, ...(number | undefined)[]][] = [
          ['tcp: SYN to SYN-ACK', duration('tcp'), between(p.syn, p.synAck), between(p.syn, p.synAck)],
          ['tls: ClientHello to Finished', duration('tls'), between(p.clientHello, p.finished)],
          ['wait: request to first byte of the response', duration('wait'), between(p.requestFirst, p.responseFirst)],
          [
            'download: first to last byte of the response',
            duration('download'),
            between(p.responseFirst, p.responseLast),
          ],
          ['instant: request sent', at(r.sendBeginAt), p.requestFirst, p.clientHello ?? p.synAck, p.requestFirst],
          ['instant: response begins', at(r.responseBeginAt), p.responseFirst, p.responseFirst, p.closed],
          ['instant: response ends', at(r.endAt), p.responseLast, p.responseLast, p.closed],
        ];
        return figures.flatMap(([what, ours, truth, min = -Infinity, max = Infinity]) => {
          if (truth === undefined) return [];
          if (ours === undefined) throw new Error(`${client} ${what}: not in the trace`);
          const misplaced = ours < min - stepUs || ours > max + stepUs;
          return [{ client, what, us: ours - truth, misplaced }];
        });
      });
    });
  } finally {
    for (const s of servers) s.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface Row {
  client: ClientName;
  what: string;
  count: number;
  p50: number;
  p95: number;
  max: number;
}

/** Sizes of the differences, by client and figure. */
export function rowsOf(differences: readonly Difference[]): Row[] {
  const groups = new Map<string, Difference[]>();
  for (const d of differences) groups.set(`${d.client} ${d.what}`, [...(groups.get(`${d.client} ${d.what}`) ?? []), d]);
  return [...groups.values()].map((list) => {
    const sizes = list.map((d) => Math.abs(d.us)).sort((a, b) => a - b);
    const quantile = (q: number) => sizes[Math.min(sizes.length - 1, Math.floor(q * sizes.length))] as number;
    const [first] = list as [Difference];
    return {
      client: first.client,
      what: first.what,
      count: list.length,
      p50: quantile(0.5),
      p95: quantile(0.95),
      max: quantile(1),
    };
  });
}
