import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { until } from '../support/clock';
import { asNobody, helperFile, whyNot } from './testing/helper';
import { Kernel, type Said, Talker } from './testing/kernel';
import { Spaces } from './testing/spaces';

const why = whyNot('connection tracking', { root: true, programs: ['ip', 'nft', 'nsenter', 'conntrack'] });
const features = ['route', 'inetDiag', 'tcpDestroy', 'conntrack'];

/** Answers what it is sent, and ends when the other side does. */
const echo = (host: string, port: number) => `
  require('net').createServer((s) => s.on('data', (d) => s.write(d)).on('end', () => s.end())).listen(${port}, '${host}', () => console.log('up'));`;
/** Prints its port, sends and ends on command, and then prints when it was over. */
const asker = (host: string, port: number) => `
  const s = require('net').connect(${port}, '${host}', () => console.log(s.localPort));
  process.stdin.once('data', () => { s.write(Buffer.alloc(5000)); let n = 0;
    s.on('data', (d) => { n += d.length; if (n === 5000) s.end(); }).on('close', () => { console.log(String(process.hrtime.bigint())); process.exit(); }); });`;

const ends = (m: Said | undefined) => {
  const text = (way: string) => {
    const t = m?.[way] as Record<'source' | 'destination', { address: string; port: number }> | undefined;
    return `${t?.source.address}:${t?.source.port} > ${t?.destination.address}:${t?.destination.port}`;
  };
  return { original: text('original'), reply: text('reply') };
};
const ruleset = (spaces: Spaces) => spaces.run('client', 'nft', 'list', 'ruleset');

describe.skipIf(why)('connection tracking', () => {
  test('A25: translated on the way: both pairs of ends, state, flags, and after the end what nft counted', async () => {
    using spaces = new Spaces();
    spaces.rules(
      'router',
      `table ip n {
        chain post { type nat hook postrouting priority 100; oifname "${spaces.towardsServer}" masquerade; }
        chain pre { type nat hook prerouting priority -100; ip daddr 10.91.1.1 tcp dport 80 dnat to ${spaces.server}:8080; }
        chain f { type filter hook forward priority 0; tcp dport 8080 counter; tcp sport 8080 counter; }\n}\n`.replaceAll(
        '; }',
        ';\n }',
      ),
    );
    spaces.set('router', 'netfilter/nf_conntrack_acct', '1');
    spaces.set('router', 'netfilter/nf_conntrack_timestamp', '1');
    using server = new Talker(echo(spaces.server, 8080), spaces.in('server'));
    await server.line();
    using kernel = new Kernel({ features, wrap: spaces.in('router') });
    await kernel.hello();
    using ours = new Talker(asker('10.91.1.1', 80), spaces.in('client'));
    const localPort = Number(await ours.line());
    kernel.watch('c', {
      localAddress: spaces.client,
      localPort,
      remoteAddress: '10.91.1.1',
      remotePort: 80,
    });
    const before = await kernel.until('the entry', () => kernel.all('conntrack', 'c')[0]);
    expect(before).toMatchObject({ tcpState: 'established', countersMissing: 'untilEnd' });
    expect(before).not.toHaveProperty('packetsSent');
    ours.writeLine('go');
    const closed = BigInt(await ours.line());
    const last = await kernel.until('counters', () => kernel.all('conntrack', 'c').find((m) => m.when === 'counted'));
    expect(ends(last)).toEqual({
      original: `${spaces.client}:${localPort} > 10.91.1.1:80`,
      reply: `${spaces.server}:8080 > 10.91.2.1:${localPort}`,
    });
    expect(last.status).toEqual(expect.arrayContaining(['seen-reply', 'assured', 'confirmed', 'src-nat', 'dst-nat']));
    expect(['last-ack', 'time-wait']).toContain(last.tcpState);
    expect(BigInt(last.at as string)).toBeGreaterThan(closed);
    const counted = [...spaces.run('router', 'nft', 'list', 'ruleset').matchAll(/counter packets (\d+) bytes (\d+)/g)];
    // The SYN passed the chain before it was translated to this port, or after: in any case behind the translation.
    const [to, from] = counted.map(([, packets, bytes]) => ({ packets: Number(packets), bytes: Number(bytes) }));
    expect({ packets: last.packetsSent, bytes: last.bytesSent }).toEqual(to);
    expect({ packets: last.packetsReceived, bytes: last.bytesReceived }).toEqual(from);
    // And the last message of the kernel, when the entry itself ends.
    spaces.run('router', 'conntrack', '-D', '-p', 'tcp');
    const end = await kernel.until('the end', () => kernel.all('conntrack', 'c').find((m) => m.when === 'end'));
    expect(end).toMatchObject({ packetsSent: to?.packets, bytesReceived: from?.bytes, conntrackId: last.conntrackId });
    expect(BigInt(end.endRealtimeNs as string) > BigInt(end.beginRealtimeNs as string)).toBe(true);
  });

  test('nothing tracked is said so, and nothing is added unless it is asked for', async () => {
    using spaces = new Spaces();
    using server = new Talker(echo(spaces.server, 8080), spaces.in('server'));
    await server.line();
    using kernel = new Kernel({ features, wrap: spaces.in('client') });
    await kernel.hello();
    expect(ruleset(spaces)).toBe('');
    using ours = new Talker(asker(spaces.server, 8080), spaces.in('client'));
    const localPort = Number(await ours.line());
    kernel.watch('c', { localAddress: spaces.client, localPort, remoteAddress: spaces.server, remotePort: 8080 });
    await kernel.until('watched', () => kernel.all('watched')[0]);
    kernel.send({ cmd: 'unwatch', id: 'c' });
    expect(await kernel.until('missing', () => kernel.all('conntrack', 'c')[0])).toMatchObject({ missing: 'noEntry' });
    expect(kernel.all('conntrack').length).toBe(1);
  });

  test('a table of our own on request: tracked then, and gone with the helper, however it ends', async () => {
    using spaces = new Spaces();
    using server = new Talker(echo(spaces.server, 8080), spaces.in('server'));
    await server.line();
    spaces.rules('client', 'table ip theirs {\n chain o { type filter hook output priority 0;\n }\n}\n');
    const theirs = ruleset(spaces);
    const options = { features, wrap: spaces.in('client'), arguments: ['--enable-conntrack'] };
    using kernel = new Kernel(options);
    const { pid } = await kernel.hello();
    expect(ruleset(spaces)).toMatch(/table inet nettrace \{.*\n\s+flags owner/);
    // No packet goes through it: its chain hangs on no hook.
    expect(ruleset(spaces).match(/hook/g)).toHaveLength(1);
    // Another helper has its own table.
    using second = new Kernel(options);
    await second.hello();
    expect(ruleset(spaces).match(/table inet nettrace/g)).toHaveLength(2);
    second.client.close();
    await gone(spaces, (text) => text.match(/table inet nettrace/g)?.length === 1);
    using ours = new Talker(asker(spaces.server, 8080), spaces.in('client'));
    const localPort = Number(await ours.line());
    kernel.watch('c', { localAddress: spaces.client, localPort, remoteAddress: spaces.server, remotePort: 8080 });
    await kernel.until('the entry', () => kernel.all('conntrack', 'c')[0]);
    ours.writeLine('go');
    await ours.line();
    const last = await kernel.until('its end', () =>
      kernel.all('conntrack', 'c').find((m) => m.tcpState === 'time-wait'),
    );
    expect(last).toMatchObject({ countersMissing: 'accountingOff', timesMissing: 'timestampsOff' });
    expect(ends(last)).toEqual({
      original: `${spaces.client}:${localPort} > ${spaces.server}:8080`,
      reply: `${spaces.server}:8080 > ${spaces.client}:${localPort}`,
    });
    process.kill(pid, 'SIGKILL');
    await gone(spaces, (text) => text === theirs);
    // Its parent killed: it goes with it.
    const [file = '', ...args] = spaces.in(
      'client',
      'sh',
      '-c',
      '"$0" --stdio --as-root --enable-conntrack; true',
      helperFile(),
    );
    const parent = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(parent.stdout, 'readable');
    expect(ruleset(spaces)).toContain('table inet nettrace');
    parent.kill('SIGKILL');
    await gone(spaces, (text) => text === theirs);
  });

  test('without the right to ask: said why', () => {
    const doctor = spawnSync(asNobody[0] as string, [...asNobody.slice(1), helperFile(), 'doctor', '--json'], {
      encoding: 'utf8',
    });
    const { features: found } = JSON.parse(doctor.stdout) as { features: { name: string }[] };
    expect(found.find((f) => f.name === 'conntrack')).toMatchObject({
      state: 'unavailable',
      errno: 1,
      reason: 'noRights: needs cap_net_admin',
    });
  });

  test('another user’s connection is not reported, also when it is over', async () => {
    using spaces = new Spaces();
    using server = new Talker(echo(spaces.server, 8080), spaces.in('server'));
    await server.line();
    using kernel = new Kernel({
      features,
      wrap: spaces.in('client'),
      arguments: ['--enable-conntrack'],
      forUser: 65534,
    });
    await kernel.hello();
    using ours = new Talker(asker(spaces.server, 8080), spaces.in('client'));
    const localPort = Number(await ours.line());
    ours.writeLine('go');
    await ours.line();
    expect(spaces.run('client', 'conntrack', '-L', '-p', 'tcp')).toContain(`sport=${localPort}`);
    kernel.watch('c', { localAddress: spaces.client, localPort, remoteAddress: spaces.server, remotePort: 8080 });
    await kernel.settled();
    kernel.send({ cmd: 'unwatch', id: 'c' });
    const reported = await kernel.until('missing', () => kernel.all('conntrack', 'c')[0]);
    expect(reported).toMatchObject({ missing: 'noEntry' });
    expect(kernel.all('conntrack').length).toBe(1);
  });
});

const gone = (spaces: Spaces, is: (text: string) => boolean): Promise<boolean> =>
  until('the rules are gone', () => is(ruleset(spaces)));
