import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Trace } from '../../src/model/records';
import { problemsOfDocument } from '../support/check';
import { droppingRules, onTheWire } from './testing/dropping';
import { asNobody, shipped, whyNot } from './testing/helper';
import { Talker } from './testing/kernel';
import { Spaces } from './testing/spaces';

const why = whyNot('events, totals and entries in a trace', {
  root: true,
  programs: ['ip', 'nft', 'nsenter', 'conntrack', 'setpriv'],
});

describe.skipIf(why)('events, totals and entries in a trace', () => {
  const nettrace = why === undefined ? shipped() : undefined;
  const program = join(import.meta.dirname, 'programs/joined.cjs');
  let spaces: Spaces;
  let server: Talker;
  beforeEach(async () => {
    spaces = new Spaces();
    const code = `process.env.SERVER = '${spaces.server}'; require('${program}')`;
    server = new Talker(code, spaces.in('server'));
    expect(await server.line()).toBe('ready');
  });
  afterEach(() => {
    server[Symbol.dispose]();
    spaces[Symbol.dispose]();
  });

  const traced = async (url: string, args: string[], wrap: string[] = []) => {
    const [out, eve] = ['nettrace', 'eve'].map((f) => join(nettrace?.home ?? '', `joined.${f}.json`)) as [
      string,
      string,
    ];
    const all = ['run', '--quiet', ...args, '-o', out, '-o', eve, '--', process.execPath, program];
    const options = { env: { URL: url, TZ: 'UTC' }, wrap: [...spaces.in('client'), ...wrap] };
    const { code, stderr } = (await nettrace?.run(all, options)) ?? {};
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const trace = JSON.parse(readFileSync(out, 'utf8')) as Trace;
    expect(problemsOfDocument(trace)).toEqual([]);
    const source = (name: string) => trace.sources.find((s) => s.name === name);
    const request = (path: string) => trace.requests.find((r) => r.url?.endsWith(path)) as Trace['requests'][number];
    const events = (kind: string) => (trace.kernelEvents ?? []).filter((e) => e.kind === kind);
    return { trace, out, source, request, events, eve: JSON.parse(readFileSync(eve, 'utf8')) };
  };

  test('translated twice, with lost packets, a busy program and a reset: each at its request', async () => {
    spaces.ip('client', `addr add 10.91.1.9/24 dev ${spaces.device('client')}`);
    spaces.rules(
      'client',
      `table ip n {
        chain o { type nat hook output priority -100; ip daddr 10.91.3.3 tcp dport 80 dnat to ${spaces.server}:8080; }
        chain p { type nat hook postrouting priority 100; tcp dport 8080 snat to 10.91.1.9; }\n}\n`.replaceAll(
        '; }',
        ';\n }',
      ),
    );
    for (const name of ['acct', 'timestamp']) spaces.set('client', `netfilter/nf_conntrack_${name}`, '1');
    // Nothing is sent again that was not lost: no probes, no timeout while this machine is busy.
    spaces.set('client', 'ipv4/tcp_early_retrans', '0');
    spaces.ip('client', 'route change default via 10.91.1.1 rto_min 2s');
    spaces.rules('router', droppingRules);
    const { trace, out, source, request, events, eve } = await traced('http://10.91.3.3', ['--helper', 'all']);
    const { dropped, inVain } = onTheWire(spaces, trace.connections[0]?.kernel);
    expect(dropped).toBeGreaterThan(15);
    for (const name of ['bpf', 'conntrack', 'procfs']) expect(source(name)).toMatchObject({ name, state: 'on' });
    const [c] = trace.connections;
    const namespace = spaces.run('client', 'readlink', '/proc/self/ns/net').trim();
    expect([`net:[${c?.netns}]`, c?.by?.netns]).toEqual([namespace, 'bpf']);
    const ids = Object.fromEntries(['/upload', '/late', '/reset'].map((path) => [path, request(path).id]));

    const again = events('retransmit');
    expect([again.length, c?.kernel?.retransmits]).toEqual([dropped + inVain, dropped + inVain]);
    expect(new Set(again.map((e) => e.request))).toEqual(new Set([ids['/upload']]));
    expect(events('resetReceived')).toMatchObject([
      { connection: c?.id, request: ids['/reset'], tcpState: 'established' },
    ]);
    const states = events('state');
    expect(states.slice(0, 2)).toMatchObject([
      { to: 'synSent', request: ids['/upload'], pid: trace.processes[0]?.pid },
      { to: 'established', request: ids['/upload'] },
    ]);
    expect(states.at(-1)?.to).toBe('close');

    const { packetsSent, packetsReceived, segmentsSent, segmentsReceived } = c?.kernel ?? {};
    expect({ packetsSent, packetsReceived }).toEqual({ packetsSent: segmentsSent, packetsReceived: segmentsReceived });
    expect(c?.kernel).toMatchObject({ final: true, by: { packetsSent: 'bpf', sendSizes: 'bpf' } });

    const late = trace.eventLoopDelays?.filter((d) => d.request === ids['/late']) ?? [];
    const { kernel, sendBeginAt = Number.NaN, responseBeginAt = Number.NaN } = request('/late');
    const [longest] = late.toSorted((a, b) => b.endAt - b.beginAt - (a.endAt - a.beginAt));
    const { beginAt = Number.NaN, endAt = Number.NaN } = longest ?? {};
    expect(endAt - beginAt).toBeGreaterThan(200_000);
    expect([beginAt > sendBeginAt, beginAt < responseBeginAt]).toEqual([true, true]);
    // On a busy machine there may be no sample between two requests; then it has no figures.
    if (kernel) {
      expect(kernel.deliveryDuration).toBeGreaterThan(199_000);
      expect((kernel.firstByteAt ?? 0) + (kernel.deliveryDuration ?? 0)).toBeCloseTo(responseBeginAt, 1);
      expect(kernel.firstByteAt).toBeGreaterThan(sendBeginAt + 29_000);
    } else expect(request('/late').missing?.kernel).toBe('noSampleBefore');

    const [entry, ...others] = trace.conntrackEntries ?? [];
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      connection: c?.id,
      original: { source: c?.local, destination: { address: '10.91.3.3', port: 80 } },
      reply: { source: { address: spaces.server, port: 8080 }, destination: { address: '10.91.1.9' } },
      status: expect.arrayContaining(['src-nat', 'dst-nat']),
      packetsReceived,
    });
    expect(eve.tcpConns[0].conntrack).toMatchObject({
      addrReply: { srcIP: spaces.server, srcPort: 8080, dstIP: '10.91.1.9' },
      packetsRecv: packetsReceived,
    });

    const view = (await nettrace?.run(['show', out, '--view', 'tcpretrans'], { env: { TZ: 'UTC' } }))?.stdout.split(
      '\n',
    );
    expect(view?.[0]?.split(/ +/)).toEqual(['TIME', 'PID', 'IP', 'LADDR:LPORT', 'T>', 'RADDR:RPORT', 'STATE']);
    const lines = view?.filter((l) => l.includes(`10.91.1.2:${c?.local?.port}`)) ?? [];
    expect(lines.length).toBe(again.length);
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d +\d+ +4 +10\.91\.1\.2:\d+ +[RL]> +10\.91\.3\.3:80 +ESTABLISHED$/);
  });

  test('tracking that nobody asked for but the option: entries without counters, and why; no rule is left', async () => {
    for (const at of ['client', 'router'] as const) spaces.run(at, 'nft', 'flush', 'ruleset');
    for (const name of ['acct', 'timestamp']) spaces.set('client', `netfilter/nf_conntrack_${name}`, '0');
    const url = `http://${spaces.server}:8080`;
    const { trace, eve } = await traced(url, ['--helper', 'all', '--enable-conntrack']);
    expect(trace.conntrackEntries?.[0]).toMatchObject({
      missing: { counters: 'accountingOff', times: 'timestampsOff' },
    });
    expect(trace.conntrackEntries?.[0]).not.toHaveProperty('packetsSent');
    expect(eve.tcpConns[0].conntrack.addrOrig.srcPort).toBe(trace.connections[0]?.local?.port);
    expect(spaces.run('client', 'nft', 'list', 'ruleset')).toBe('');

    const untracked = await traced(url, ['--helper', 'all']);
    expect(untracked.trace.conntrackEntries).toEqual([]);
    expect(untracked.trace.connections[0]?.missing?.conntrack).toBe('noEntry');
    expect(untracked.eve.tcpConns[0].conntrack).toBeUndefined();
  });

  test('without permission: what is missing has its reason, the hook’s facts are the same', async () => {
    const { trace, source, request } = await traced(`http://${spaces.server}:8080`, ['--helper', 'all'], asNobody);
    for (const name of ['bpf', 'conntrack'])
      expect(source(name)).toMatchObject({
        name,
        state: 'unavailable',
        reason: 'noRights',
        detail: expect.any(String),
      });
    expect(source('bpf')?.detail).toMatch(/^states, retransmits, drops, /);
    expect(trace.kernelEvents).toBeUndefined();
    expect(trace.conntrackEntries).toBeUndefined();
    expect(request('/late').outcome).toBe('complete');
    expect(request('/late').kernel?.firstByteAt).toBeUndefined();
  });
});
