import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wiresharkFilter } from '../../src/model/panel/wireshark';
import { written } from '../support/captureFile';
import { until } from '../support/clock';
import { Upstream } from '../support/servers/upstream';
import { type Captured, capinfos, captured, start, tshark, whyNoPackets } from './testing/capturing';
import { helperFile, skipped, whyNot } from './testing/helper';

const why = whyNoPackets();
if (why) skipped('packets', why);
const engines = {
  dumpcap: why,
  helper: why ?? whyNot('packets by the helper', { root: true }),
};

describe.each(['dumpcap', 'helper'] as const)('packets of a program by %s', (engine) => {
  if (engines[engine]) return test.skip(`needs what is not here: ${engines[engine]}`);

  let up: Upstream;
  let all: Captured;
  let saved: string;
  /** Of each packet in it. */
  let packets: { from: number; to: number; flags: string; uri: string; comment: string; malformed: string }[];
  /** What tcpdump saw of the same time. */
  let tcpdumped: string;
  /** Client's and server's port of the program's connections, by the server; those of others are not here. */
  const ports = { http: [] as string[], https: [] as string[] };

  beforeAll(async () => {
    up = await Upstream.start();
    tcpdumped = join(mkdtempSync(join(tmpdir(), 'nettrace-packets-')), 'tcpdump.pcap');
    const servers = [up.urls.http, up.urls.https].map((u) => new URL(u).port);
    const filter = servers.map((p) => `tcp port ${p}`).join(' or ');
    const tcpdump = spawn(
      'tcpdump',
      ['-i', 'lo', '-U', '--immediate-mode', '-s', '200', '-B', '32768', '-Z', 'root', '-w', tcpdumped, filter],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    await once(tcpdump.stderr, 'data');
    const env = { HTTP: up.urls.http, HTTPS: up.urls.https };
    const hammer = start('hammer.cjs', { ...env, PATH: process.env.PATH ?? '' });
    await until('a foreign request', () => up.facts.requests.some((r) => r.target.includes('foreign')));
    const by = engine === 'helper' ? ({ helper: 'auto', helperOptions: { file: helperFile() } } as const) : {};
    all = await captured({ ...env, NEW: '20' }, by);
    hammer.kill();
    await written(tcpdumped, Number(servers[0]));
    tcpdump.kill('SIGINT');
    await once(tcpdump, 'close');
    saved = await all.save({ keys: true });
    for (const r of up.facts.requests) {
      if (r.target.includes('foreign')) continue;
      const c = up.facts.connection(r.connection);
      if (c.listener !== 'http' && c.listener !== 'https') continue;
      const list = ports[c.listener];
      const ends = `${c.remotePort}-${new URL(up.urls[c.listener]).port}`;
      if (c.remotePort !== undefined && !list.includes(ends)) list.push(ends);
    }
    const fields = ['tcp.srcport', 'tcp.dstport', 'tcp.flags', 'http.request.uri', 'frame.comment', '_ws.malformed'];
    packets = tshark(saved, 'frame', fields, asTls()).map(
      ([a, b, flags = '', uri = '', comment = '', malformed = '']) => ({
        from: Number(a),
        to: Number(b),
        flags,
        uri,
        comment,
        malformed,
      }),
    );
  });
  afterAll(async () => {
    await all?.session.dispose();
    await up?.close();
  });

  const clientPorts = () => [...ports.http, ...ports.https];
  /** Both ports of the client's end and the server's: the system gives a port to two connections of other servers. */
  const clientOf = (a: unknown, b: unknown) => (clientPorts().includes(`${a}-${b}`) ? `${a}-${b}` : `${b}-${a}`);
  const asTls = () => ['-d', `tcp.port==${new URL(up.urls.https).port},tls`];

  test('are those of its connections, each once, and no other program’s', () => {
    expect(ports.http.length).toBe(20);
    expect(ports.https.length).toBe(1);
    const foreign = up.facts.requests.filter((r) => r.target.includes('foreign')).length;
    expect(foreign).toBeGreaterThan(20);
    const seen = new Map(clientPorts().map((p) => [p, 0]));
    for (const { from, to } of packets) seen.set(clientOf(from, to), (seen.get(clientOf(from, to)) ?? 0) + 1);
    expect([...seen.keys()].sort()).toEqual(clientPorts().sort());
    // The other program may have had the same port at another time: that is another stream.
    const streams = new Map<string, { port: string; packets: number }>();
    for (const [a, b, id = ''] of tshark(tcpdumped, 'frame', ['tcp.srcport', 'tcp.dstport', 'tcp.stream'])) {
      const stream = streams.get(id) ?? { port: clientOf(a, b), packets: 0 };
      stream.packets++;
      streams.set(id, stream);
    }
    for (const [port, count] of seen)
      expect([...streams.values()].filter((x) => x.port === port).map((x) => x.packets)).toContain(count);
  });

  test('begin with the SYN of each connection', () => {
    const first = new Map<string, string>();
    for (const { from, to, flags } of packets) {
      const port = clientOf(from, to);
      if (!first.has(port)) first.set(port, flags);
    }
    expect([...first.values()]).toEqual(clientPorts().map(() => '0x0002'));
  });

  test('are a file that Wireshark reads: ns, names, secrets, counters, no packet out of order', () => {
    const facts = capinfos(saved);
    expect(facts.get('File type')).toMatch(/pcapng/);
    expect(facts.get('File timestamp precision')).toBe('nanoseconds (9)');
    expect(facts.get('Strict time order')).toBe('True');
    expect(facts.get('Number of decryption secrets in file')).toBe('1');
    expect(facts.get('Capture application')).toMatch(/^nettrace /);
    expect(packets.filter((p) => p.malformed !== '')).toEqual([]);
    expect(statSync(saved).mode & 0o777).toBe(0o600);
    const [capture] = all.session.document().captures ?? [];
    expect(capture).toMatchObject({ engine, truncated: false, timestamps: 'kernel' });
    expect(capture?.dropped).toBeTypeOf('number');
    expect(String(capture?.packets)).toBe(facts.get('Number of packets'));
  });

  test('are decrypted with the secrets, and only with them', async () => {
    const uris = packets.filter((p) => `${p.from}-${p.to}` === ports.https[0] && p.uri !== '').map((p) => p.uri);
    expect(uris).toEqual(['/ok?secret=one', '/bytes?n=3000', '/ok?third']);
    const without = await all.save({ keys: false });
    expect(capinfos(without).has('Number of decryption secrets in file')).toBe(false);
    const both = ports.https[0]?.split('-').map((port) => `tcp.port == ${port}`);
    expect(tshark(without, ['http', ...(both ?? [])].join(' && '), ['frame.number'], asTls())).toEqual([]);
    const bare = `${saved}.bare`;
    execFileSync('editcap', ['--discard-all-secrets', saved, bare]);
    expect(capinfos(bare).get('Number of packets')).toBe(capinfos(without).get('Number of packets'));
  });

  // What the engine has no part in.
  if (engine === 'helper') return;

  test('name the request that they belong to, its line, and the phase', () => {
    const trace = all.session.document();
    const comments = packets.map((p) => p.comment);
    for (const r of trace.requests) {
      const own = comments.filter((c) => c.includes(`request ${r.id}: GET `));
      expect(own.length).toBe(1);
      expect(own[0]).toMatch(/\(packets\.cjs:\d+\)/);
    }
    expect(comments.join('\n')).not.toContain('secret=one');
    const third = trace.requests.find((r) => r.url?.includes('third'));
    const first = trace.requests.find((r) => r.url?.includes('/ok?secret'));
    const phases = (id?: string) => [...new Set(trace.packets?.filter((p) => p.request === id).map((p) => p.phase))];
    expect(phases(first?.id).slice(0, 2)).toEqual(['tcp', 'tls']);
    expect(phases(third?.id)).not.toEqual([]);
    expect(phases(third?.id)).not.toContain('tls');
    expect(trace.packets?.find((p) => p.request === first?.id)).toMatchObject({ flags: 'S', direction: 'out' });
    expect(trace.packets?.map((p) => p.frame)).toEqual(trace.packets?.map((_, i) => i + 1));
  });

  test('of one request are those of its connection while it went on', async () => {
    const trace = all.session.document();
    const r = trace.requests.find((q) => q.url?.includes('/bytes'));
    const file = await all.save({ request: r?.id ?? '', keys: true });
    const rows = tshark(file, 'frame', ['tcp.srcport', 'tcp.dstport', 'frame.time_epoch', 'tcp.len']);
    expect([...new Set(rows.map(([a, b]) => clientOf(a, b)))]).toEqual(ports.https);
    // The display filter finds all of the connection.
    const connection = trace.connections.find((c) => c.id === r?.connection);
    const found = tshark(saved, wiresharkFilter(connection ? [connection] : [], 'a.example') ?? '', ['tcp.stream']);
    expect(found.length).toBe(packets.filter((p) => clientOf(p.from, p.to) === ports.https[0]).length);
    const zero = Date.parse(trace.beginTime) / 1000;
    const at = rows.map(([, , t]) => (Number(t) - zero) * 1e6);
    // The same instants on two clocks, of which the wall's may be set right meanwhile, by some ms. The bytes below tell the
    // requests before and after apart.
    expect(Math.min(...at)).toBeGreaterThan((r?.createdAt ?? Number.NaN) - 50_000);
    expect(Math.max(...at)).toBeLessThan((r?.endAt ?? Number.NaN) + 50_000);
    expect(rows.reduce((sum, [, , , n]) => sum + Number(n), 0)).toBeGreaterThan(3000);
    expect(rows.reduce((sum, [, , , n]) => sum + Number(n), 0)).toBeLessThan(5000);
  });

  test('end where their limit is, and say so', async () => {
    const { session, save } = await captured(
      { HTTP: up.urls.http, BODY: '400000', NEW: '1' },
      { capture: { limit: 100 * 1024 }, keys: false },
    );
    const trace = session.document();
    const file = await save({});
    await session.dispose();
    expect(trace.captures).toMatchObject([{ truncated: true, limit: 102_400 }]);
    expect(trace.captures?.[0]?.bytes).toBeLessThanOrEqual(102_400);
    expect(statSync(file).size).toBeLessThan(130_000);
    expect(trace.losses.filter((l) => l.kind === 'truncated')).toMatchObject([{ source: 'capture', what: 'packets' }]);
  });
});
