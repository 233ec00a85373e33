import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Trace } from '../../src/model/records';
import { until } from '../support/clock';
import { droppingRules, onTheWire } from './testing/dropping';
import { shipped, skipped, whyNot } from './testing/helper';
import { Spaces } from './testing/spaces';

const why = whyNot('lost packets', { root: true, programs: ['ip', 'nft', 'nsenter'] });

describe.skipIf(why)('lost packets', () => {
  let spaces: Spaces;
  let server: ReturnType<typeof spawn>;
  /** By the server: that it is ready, and the path of each request. */
  let said = '';
  const program = join(import.meta.dirname, 'programs/uploads.cjs');
  const nettrace = why === undefined ? shipped() : undefined;

  beforeAll(async () => {
    spaces = new Spaces();
    // Nothing is sent again that was not lost: no probes, no timeout while this machine is busy.
    spaces.set('client', 'ipv4/tcp_early_retrans', '0');
    spaces.ip('client', 'route change default via 10.91.1.1 rto_min 3s');
    const [command = '', ...args] = spaces.in('server', process.execPath, program);
    server = spawn(command, args, { env: { ...process.env, SERVER: spaces.server } });
    server.stdout?.on('data', (d: Buffer) => {
      said += d.toString();
    });
    await until('the server', () => said.includes('ready'));
  });
  afterAll(async () => {
    server.kill();
    await once(server, 'exit');
    spaces[Symbol.dispose]();
  });

  const uploads = async (args: string[] = []): Promise<Trace> => {
    const out = join(nettrace?.home ?? '', 'trace.nettrace.json');
    const env = { URL: `http://${spaces.server}:8080` };
    const wrap = spaces.in('client');
    const all = ['run', '--quiet', ...args, '-o', out, '--', process.execPath, program];
    const { code, stderr } = (await nettrace?.run(all, { env, wrap })) ?? {};
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return JSON.parse(readFileSync(out, 'utf8')) as Trace;
  };

  test('each dropped packet is one retransmit, and of the request that it belonged to', async () => {
    spaces.rules('router', `table ip t\ndelete table ip t\n${droppingRules}`);
    const trace = await uploads(['--helper', 'all']);
    const [connection] = trace.connections;
    const { dropped, inVain, payload } = onTheWire(spaces, connection?.kernel);
    expect(dropped).toBeGreaterThan(15);
    expect(connection?.kernel?.bytesSent).toBe(payload);
    expect(connection?.kernel?.retransmits).toBe(dropped + inVain);
    expect(trace.systemCounters?.values.TcpRetransSegs).toBe(connection?.kernel?.retransmits);
    const requestOf = (path: string) => trace.requests.find((r) => r.url?.endsWith(path));
    const of = (path: string) => requestOf(path)?.kernel ?? requestOf(path)?.missing;
    expect(of('/large')).toMatchObject({ shared: false, retransmits: dropped + inVain });
    expect(of('/first')).toMatchObject({ shared: false, retransmits: 0 });
    expect(of('/last')).toMatchObject({ shared: false, retransmits: 0, bytesRetransmitted: 0 });
    const { kernel, bytesSent } = requestOf('/large') ?? {};
    expect((kernel?.bytesSent ?? 0) - (kernel?.bytesRetransmitted ?? 0)).toBe(bytesSent);
    // Reported as they happened too, where the kernel has that; and nothing is reported about another's connection.
    const events = trace.sources.find((source) => source.name === 'bpf');
    if (events?.features?.includes('retransmits')) {
      const reported = (trace.kernelEvents ?? []).filter((e) => e.kind === 'retransmit');
      expect(reported.length).toBe(dropped + inVain);
      expect(new Set(reported.map((e) => e.request))).toEqual(new Set([requestOf('/large')?.id]));
      expect(new Set(trace.kernelEvents?.map((e) => e.connection))).toEqual(new Set([connection?.id]));
      const states = (trace.kernelEvents ?? []).filter((e) => e.kind === 'state').map((e) => `${e.from} ${e.to}`);
      expect(states.slice(0, 2)).toEqual(['close synSent', 'synSent established']);
    } else skipped('events of lost packets', `${events?.detail}`);
    const [{ dev, gateway }] = JSON.parse(spaces.run('client', 'ip', '-j', 'route', 'get', spaces.server));
    const [{ mtu }] = JSON.parse(spaces.run('client', 'ip', '-j', 'link', 'show', dev));
    expect(connection?.route).toEqual({ interface: dev, mtu, nextHop: gateway });
  });

  test('an address that is translated before it leaves: what it becomes', async () => {
    spaces.ip('client', `addr add 10.91.1.9/24 dev ${spaces.device('client')}`);
    const snat = 'type nat hook postrouting priority 100;\n tcp dport 8080 snat to 10.91.1.9';
    spaces.rules('client', `table ip n {\n chain p {\n ${snat}\n }\n}\n`);
    const trace = await uploads(['--helper', 'all']);
    const [connection] = trace.connections;
    const source = trace.sources.find((s) => s.name === 'conntrack');
    if (source?.state !== 'on') return void skipped('connection tracking', `${source?.detail}`);
    expect(trace.conntrackEntries?.length).toBe(1);
    const [entry] = trace.conntrackEntries ?? [];
    expect(entry).toMatchObject({
      connection: connection?.id,
      original: { source: connection?.local, destination: connection?.remote },
      reply: { source: connection?.remote, destination: { address: '10.91.1.9' } },
    });
    expect(entry?.status).toContain('src-nat');
  });

  test('the helper killed on the way: the program and the trace go on, and the trace says so', async () => {
    said = '';
    const running = uploads();
    const helper = () =>
      readdirSync('/proc').find((p) => {
        try {
          const line = /^\d+$/.test(p) ? readFileSync(`/proc/${p}/cmdline`, 'latin1') : '';
          return line.startsWith(join(nettrace?.bin ?? '', '../native'));
        } catch {
          return false;
        }
      });
    const pid = await until('a helper', helper);
    await until('the first request at the server', () => said.includes('/first'));
    process.kill(Number(pid), 'SIGKILL');
    const trace = await running;
    expect(trace.requests.map((r) => r.outcome)).toEqual(['complete', 'complete', 'complete']);
    const source = trace.sources.find((s) => s.name === 'inetDiag');
    expect(source).toMatchObject({ state: 'partial', reason: 'fault', detail: 'The helper ended by SIGKILL.' });
    expect(source?.toAt).toBeGreaterThan(0);
  });

  test('no helper wanted: none is started, the sources say so', async () => {
    const trace = await uploads(['--helper', 'none']);
    expect(trace.kernelSamples).toBeUndefined();
    expect(trace.requests.map((r) => r.outcome)).toEqual(['complete', 'complete', 'complete']);
    expect(trace.connections).not.toEqual([]);
    expect(trace.connections.filter((c) => c.kernel)).toEqual([]);
    const states = trace.sources.filter((s) => ['inetDiag', 'procfs', 'netlink'].includes(s.name));
    expect(states.map((s) => [s.state, s.reason])).toEqual(Array(3).fill(['off', 'notAsked']));
  });
});
