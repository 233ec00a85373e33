import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { eventFeatures } from '../../src/session/kernel/events';
import { until } from '../support/clock';
import { droppingRules, onTheWire } from './testing/dropping';
import { whyNot } from './testing/helper';
import { freePort, Kernel, pair, type Said, Talker, watchProgram } from './testing/kernel';
import { Spaces } from './testing/spaces';

const why = whyNot('events of the kernel', { root: true, programs: ['ip', 'nft', 'nsenter', 'unshare'] });
/** Those of BPF; messages of ICMP are heard otherwise. */
const programs = eventFeatures.filter((f) => f !== 'icmp');
const features = ['route', 'inetDiag', 'tcpDestroy', ...programs];

/** A port as /proc/net/tcp has it. */
const hex = (port = 0): string => port.toString(16).toUpperCase().padStart(4, '0');

/** Takes connections on a port and reads them to their end; says how many bytes each brought. */
const reader = (host: string, port: number) => `
  require('net').createServer((s) => { let n = 0; s.on('data', (d) => { n += d.length; }).on('end', () => { console.log(n); s.end(); }); })
    .listen(${port}, '${host}', () => console.log('up'));`;
/** Connects, prints its port, and sends on command. */
const writer = (host: string, port: number, bytes: number) => `
  const s = require('net').connect(${port}, '${host}', () => console.log(s.localPort));
  process.stdin.once('data', () => s.end(Buffer.alloc(${bytes}))); s.resume().on('close', () => { console.log('closed'); process.exit(); });`;

const final = (kernel: Kernel, id: string) =>
  kernel.until(`the end of ${id}`, () => kernel.all('sample', id).find((m) => m.final)) as Promise<
    Said & { totals: Record<string, number> }
  >;

/** Events of a feature that the kernel did not hand over, as the helper reports them. */
const lostOf = (kernel: Kernel, feature: string): number => {
  const { lost } = (kernel.all('lost').findLast((m) => m.feature === feature) ?? {}) as {
    lost?: Record<string, number>;
  };
  return Object.values(lost ?? {}).reduce((sum, n) => sum + n, 0);
};

describe.skipIf(why)('events of the kernel', () => {
  test('each packet that a router drops: one drop, one retransmit, one of the kernel’s count; none of another connection', async () => {
    using spaces = new Spaces();
    // Nothing is sent again that was not lost: no probes, no timeout while this machine is busy.
    spaces.set('client', 'ipv4/tcp_early_retrans', '0');
    spaces.ip('client', 'route change default via 10.91.1.1 rto_min 3s');
    spaces.rules('router', droppingRules);
    using server = new Talker(reader(spaces.server, 8080), spaces.in('server'));
    expect(await server.line()).toBe('up');
    using kernel = new Kernel({ features, wrap: spaces.in('client') });
    await kernel.hello();
    using ours = new Talker(writer(spaces.server, 8080, 1_500_000), spaces.in('client'));
    await watchProgram(kernel, ours, spaces);
    ours.writeLine('go');
    expect(await server.line()).toBe('1500000');
    const { totals } = await final(kernel, 'c');
    await kernel.settled();
    const { dropped, inVain } = onTheWire(spaces, totals);
    expect(dropped).toBeGreaterThan(80);
    const dropsNow = () => kernel.events('c', 'drop').filter((e) => e.reason === 'NETFILTER_DROP');
    const retransmitsNow = () => kernel.events('c', 'retransmit');
    // Each there is, or it is reported as lost.
    await kernel.until('drops', () => dropsNow().length + lostOf(kernel, 'drops') >= dropped);
    await kernel.until(
      'retransmits',
      () => retransmitsNow().length + lostOf(kernel, 'retransmits') >= Number(totals.retransmits),
    );
    const [drops, retransmits] = [dropsNow(), retransmitsNow()];
    expect(drops.length).toBeLessThanOrEqual(dropped);
    expect(retransmits.length).toBeLessThanOrEqual(Number(totals.retransmits));
    expect(totals.retransmits).toBe(dropped + inVain);
    expect(drops[0]).toMatchObject({ bytes: 1500, direction: 'sent' });
    expect(retransmits.at(-1)).toMatchObject({ total: totals.retransmits, tcpState: expect.any(String) });
    for (const r of retransmits) expect(['fast', 'rto', 'tlp']).toContain(r.retransmitKind);
    const place = await kernel.until('where', () => kernel.all('place')[0]);
    expect(place).toMatchObject({ number: drops[0]?.placeNumber, name: expect.stringMatching(/^[a-z_0-9.]+\+0x/) });
    expect(kernel.events('c', 'congestion').map((e) => e.to)).toContain('recovery');
    // Of IP: what it sent is what the kernel's own count of segments says, each cut by the program's own kernel.
    const traffic = kernel.all('traffic', 'c').at(-1);
    expect(traffic).toMatchObject({ packetsSent: totals.segmentsSent, packetsReceived: totals.segmentsReceived });
    // A second connection, with as many drops, is nobody's.
    using other = new Talker(writer(spaces.server, 8080, 300_000), spaces.in('client'));
    await other.line();
    const before = kernel.all('event').length;
    other.writeLine('go');
    expect(await server.line()).toBe('300000');
    await kernel.settled();
    expect(kernel.all('event').length).toBe(before);
  });

  test('a life of each of 100 connections, with its process, latency and times between', async () => {
    using kernel = new Kernel({ features });
    await kernel.hello();
    using server = new Talker(
      `require('net').createServer((s) => s.resume().on('end', () => s.end('x'))).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`,
    );
    const port = Number(await server.line());
    const took: bigint[] = [];
    const states = (i: number) => kernel.events(`c${i}`, 'state');
    const unended = () => took.filter((_, i) => states(i).at(-1)?.to !== 'close').length;
    for (let i = 0; i < 100; i++) {
      const begin = process.hrtime.bigint();
      const s = connect(port, '127.0.0.1');
      await new Promise((resolve) => s.once('connect', resolve));
      took.push(process.hrtime.bigint() - begin);
      kernel.watch(`c${i}`, s);
      s.end();
      await new Promise((resolve) => s.resume().once('close', resolve));
      await kernel.until(`the end of c${i}`, () => unended() <= lostOf(kernel, 'states'));
    }
    await kernel.settled();
    let gaps = 0;
    for (let i = 0; i < 100; i++) {
      const list = states(i);
      const missing = list.filter((e, n) => e.from !== (n === 0 ? 'close' : list[n - 1]?.to)).length;
      const whole = missing === 0 && list.at(-1)?.to === 'close';
      if (!whole) gaps += Math.max(missing, 1);
      // The server's FIN may come before our own is acknowledged.
      if (whole)
        expect(list.slice(0, 3)).toMatchObject([
          { from: 'close', to: 'syn-sent', pid: process.pid },
          { from: 'syn-sent', to: 'established', pid: process.pid },
          { from: 'established', to: 'fin-wait-1', pid: process.pid },
        ]);
      for (const [n, e] of list.entries()) {
        const before = list[n - 1];
        const since = before && before.to === e.from ? BigInt(e.at as string) - BigInt(before.at as string) : undefined;
        expect(e.durationNs && BigInt(e.durationNs as string)).toBe(since);
        if (e.from === 'syn-sent' && since !== undefined) expect(since).toBeLessThan(took[i] as bigint);
        expect(e.cookie).toBe(list[0]?.cookie);
      }
    }
    // Every change is reported, or that it was lost: the kernel had no room for it, or passed the program over.
    if (gaps > 0) console.log(`${gaps} changes of state missing; lost: ${lostOf(kernel, 'states')}`);
    await kernel.until(`${gaps} lost`, () => lostOf(kernel, 'states') >= gaps);
    // The server's sockets are this user's too; nobody watches them.
    expect(new Set(kernel.all('event').map((e) => e.id)).size).toBeGreaterThanOrEqual(100 - gaps);
  });

  test('events that the helper had no room for until their connection was watched are reported as lost', async () => {
    using kernel = new Kernel({ features });
    const { pid } = await kernel.hello();
    const server = createServer((s) => s.resume().on('end', () => s.end())).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    // What a busy machine does to it: it reads its rings late, and each other connection has more than eight events.
    process.kill(pid, 'SIGSTOP');
    const s = connect(port, '127.0.0.1');
    await new Promise((resolve) => s.once('connect', resolve));
    for (let i = 0; i < 600; i++)
      await new Promise((resolve) => {
        const other = connect(port, '127.0.0.1', () => other.end());
        other.resume().once('close', resolve);
      });
    process.kill(pid, 'SIGCONT');
    // As many as it takes at once, twice.
    await kernel.settled();
    await kernel.settled();
    kernel.watch('c', s);
    s.end();
    await new Promise((resolve) => s.resume().once('close', resolve));
    const states = () => kernel.events('c', 'state').map((e) => `${e.from} ${e.to}`);
    await kernel.until('the end', () => states().at(-1)?.endsWith(' close'));
    await kernel.settled();
    const missing = ['close syn-sent', 'syn-sent established'].filter((state) => !states().includes(state));
    expect(missing.length).toBeGreaterThan(0);
    const lost = kernel.all('lost').findLast((m) => m.feature === 'states')?.lost;
    expect(lost).toMatchObject({ overflow: missing.length });
    server.close();
  });

  test('resets, by whom; a refused connection', async () => {
    using kernel = new Kernel({ features });
    await kernel.hello();
    using a = await pair();
    using b = await pair();
    kernel.watch('a', a.ours);
    kernel.watch('b', b.ours);
    await kernel.until('watched', () => kernel.all('watched').length === 2);
    a.theirs.resetAndDestroy();
    b.ours.resetAndDestroy();
    await kernel.until('reset', () => kernel.events('a', 'resetReceived')[0]);
    await kernel.until('reset', () => kernel.events('b', 'resetSent')[0]);
    expect(kernel.events('a', 'resetReceived')).toMatchObject([{ tcpState: 'established' }]);
    expect([...kernel.events('a', 'resetSent'), ...kernel.events('b', 'resetReceived')]).toEqual([]);
    expect(kernel.events('a', 'error')).toMatchObject([{ errno: 104, soft: false }]);
    // Refused: it was over before anybody could watch it, and is reported all the same.
    const localPort = await freePort();
    const refused = connect({ port: 9, host: '127.0.0.1', localPort });
    await new Promise((resolve) => refused.once('error', resolve));
    kernel.watch('r', { localAddress: '127.0.0.1', localPort, remoteAddress: '127.0.0.1', remotePort: 9 });
    await kernel.until('refused', () => kernel.events('r', 'error')[0]);
    expect(kernel.events('r', 'error')).toMatchObject([{ errno: 111 }]);
    expect(kernel.events('r', 'state').map((e) => `${e.from} ${e.to}`)).toEqual(['close syn-sent', 'syn-sent close']);
    expect(kernel.events('r', 'resetReceived')).toMatchObject([{ tcpState: 'syn-sent' }]);
  });

  test('an answer that lay in the socket while the program was busy; when its first byte came', async () => {
    using kernel = new Kernel({ features });
    await kernel.hello();
    using server = new Talker(
      `require('net').createServer((s) => s.on('data', () => setTimeout(() => s.write('answer'), 30)))
         .listen(0, '127.0.0.1', function () { console.log(this.address().port); });`,
    );
    const s = connect(Number(await server.line()), '127.0.0.1');
    await new Promise((resolve) => s.once('connect', resolve));
    kernel.watch('c', s);
    await kernel.until('watched', () => kernel.all('watched')[0]);
    const written = process.hrtime.bigint();
    await new Promise((sent) => s.write('question', sent));
    // Busy until the answer has lain in the socket for 150 ms.
    const limit = performance.now() + 20_000;
    const own = `0100007F:${hex(s.localPort)} 0100007F:${hex(s.remotePort)} 01 00000000:00000006 `;
    while (!readFileSync('/proc/net/tcp', 'utf8').includes(own) && performance.now() < limit);
    const lies = process.hrtime.bigint();
    while (process.hrtime.bigint() - lies < 150_000_000n);
    const read = await new Promise<bigint>((resolve) => s.once('data', () => resolve(process.hrtime.bigint())));
    const delay = await kernel.until('the delay', () => kernel.events('c', 'delay')[0]);
    expect(delay).toMatchObject({ bytes: 6, arrivals: 1, pid: process.pid });
    expect(BigInt(delay.durationNs as number)).toBeGreaterThan(150_000_000n);
    expect(BigInt(delay.durationNs as number)).toBeLessThan(read - written);
    expect(BigInt(delay.at as string)).toBeLessThan(read);
    const [first] = kernel.events('c', 'firstByte');
    expect(first).toMatchObject({ bytes: 6 });
    expect(Number(first?.durationNs) / 1e6).toBeGreaterThan(29);
    // It came to the network layer a little before it came to the socket.
    const apart = BigInt(delay.arrivedAt as string) - BigInt(first?.at as string);
    expect([apart >= 0n, BigInt(delay.arrivedAt as string) <= lies]).toEqual([true, true]);
    s.destroy();
  });

  test('sizes of what was sent and received in buckets; packets and bytes as the kernel counts them', async () => {
    using kernel = new Kernel({ features });
    await kernel.hello();
    using p = await pair();
    kernel.watch('c', p.ours);
    await kernel.until('watched', () => kernel.all('watched')[0]);
    p.theirs.resume();
    p.ours.resume();
    for (let i = 1; i <= 10; i++) {
      p.ours.write(Buffer.alloc(100));
      await until('the write has arrived', () => p.theirs.bytesRead === i * 100);
    }
    p.theirs.write(Buffer.alloc(1000));
    await until('the answer has arrived', () => p.ours.bytesRead === 1000);
    p.ours.end();
    p.theirs.end();
    const { totals } = await final(kernel, 'c');
    await kernel.settled();
    const sizes = kernel.all('sizes', 'c').at(-1);
    expect(sizes).toMatchObject({ sendSizes: [0, 0, 0, 0, 0, 0, 10], pid: process.pid });
    expect((sizes?.receiveSizes as number[] | undefined)?.[9]).toBe(1);
    const traffic = kernel.all('traffic', 'c').at(-1);
    expect(traffic).toMatchObject({ packetsSent: totals.segmentsSent, packetsReceived: totals.segmentsReceived });
    // 20 bytes of IP, 32 of TCP with time stamps; 40 in the SYN.
    expect(traffic?.ipBytesSent).toBe(1000 + 52 * (totals.segmentsSent as number) + 8);
    expect(traffic?.ecnMarks).toBe(0);
  });

  test('datagrams that found no room; a queue of connections that was full', async () => {
    using kernel = new Kernel({ features: [...features, 'listeners'] });
    await kernel.hello();
    const one = createSocket({ type: 'udp4', recvBufferSize: 2304 });
    const two = createSocket('udp4');
    for (const s of [one, two]) await new Promise<void>((resolve) => s.bind(0, '127.0.0.1', resolve));
    const local = { localAddress: '127.0.0.1', localPort: one.address().port };
    one.connect(two.address().port, '127.0.0.1');
    await new Promise((resolve) => one.once('connect', resolve));
    kernel.watch('u', { ...local, remoteAddress: '127.0.0.1', remotePort: two.address().port }, { protocol: 'udp' });
    await kernel.until('watched', () => kernel.all('watched')[0]);
    await new Promise<void>((resolve) => {
      for (let i = 0; i < 10; i++)
        two.send(Buffer.alloc(1000), one.address().port, '127.0.0.1', i === 9 ? () => resolve() : undefined);
    });
    const full = await kernel.until('no room', () => kernel.events('u', 'udpError')[0]);
    expect(full).toMatchObject({ errno: 12 });
    one.close();
    two.close();
    using server = new Talker(
      `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
         console.log(this.address().port); while (true); });`,
    );
    const port = Number(await server.line());
    const sockets = Array.from({ length: 6 }, () => connect(port, '127.0.0.1').on('error', () => {}));
    const overflow = await kernel.until('overflow', () => kernel.all('listenOverflow')[0]);
    expect(overflow).toMatchObject({ local: { address: '127.0.0.1', port }, waiting: 2, backlog: 1 });
    for (const s of sockets) s.destroy();
  });

  test('messages of routers: a smaller way; what a device’s queue holds back', async () => {
    using spaces = new Spaces();
    spaces.ip('router', `link set ${spaces.towardsServer} mtu 1200`);
    spaces.run(
      'client',
      'tc',
      ...`qdisc add dev ${spaces.device('client')} root tbf rate 8mbit burst 4k latency 900ms`.split(' '),
    );
    using server = new Talker(reader(spaces.server, 8080), spaces.in('server'));
    await server.line();
    using kernel = new Kernel({ features: [...features, 'icmp'], wrap: spaces.in('client') });
    await kernel.hello();
    using ours = new Talker(writer(spaces.server, 8080, 100_000), spaces.in('client'));
    await watchProgram(kernel, ours, spaces);
    ours.writeLine('go');
    expect(await server.line()).toBe('100000');
    await final(kernel, 'c');
    await kernel.settled();
    const [icmp] = kernel.events('c', 'icmp');
    expect(icmp?.icmp).toEqual({ version: 4, type: 3, code: 4, mtu: 1200, from: '10.91.1.1' });
    // Each message is of one dropped packet, which there is too, or it is reported as lost.
    const tooBig = kernel.events('c', 'drop').filter((e) => e.reason === 'PKT_TOO_BIG').length;
    const messages = kernel.events('c', 'icmp').length;
    expect(tooBig).toBeGreaterThan(0);
    expect(tooBig).toBeLessThanOrEqual(messages);
    expect(tooBig + lostOf(kernel, 'drops')).toBeGreaterThanOrEqual(messages);
    // What is sent again as it was too large is no timeout.
    const again = kernel.events('c', 'retransmit');
    expect(again.length).toBeGreaterThan(0);
    expect(again[0]).not.toHaveProperty('retransmitKind');
    const queue = kernel.all('queue', 'c').at(-1);
    // 100 kB at 8 Mbit/s take 100 ms.
    expect(Number(queue?.longestNs) / 1e6).toBeGreaterThan(5);
    expect(queue?.packets).toBeGreaterThan(20);
  });

  test('packets that a router marked for congestion', async () => {
    using spaces = new Spaces();
    for (const at of ['client', 'server'] as const) spaces.set(at, 'ipv4/tcp_ecn', '1');
    const rule = 'tcp sport 8080 ip ecn ect0 counter ip ecn set ce';
    spaces.rules('router', `table ip n {\n chain f {\n type filter hook forward priority 0;\n ${rule}\n }\n}\n`);
    using server = new Talker(
      `require('net').createServer((s) => s.resume().on('end', () => s.end(Buffer.alloc(100_000)))).listen(8080, '${spaces.server}', () => console.log('up'));`,
      spaces.in('server'),
    );
    expect(await server.line()).toBe('up');
    using kernel = new Kernel({ features, wrap: spaces.in('client') });
    await kernel.hello();
    using ours = new Talker(writer(spaces.server, 8080, 10), spaces.in('client'));
    const localPort = Number(await ours.line());
    const ends = { localAddress: spaces.client, localPort, remoteAddress: spaces.server, remotePort: 8080 };
    kernel.watch('c', ends, { pid: ours.pid });
    await kernel.until('watched', () => kernel.all('watched')[0]);
    ours.writeLine('go');
    expect(await ours.line()).toBe('closed');
    await final(kernel, 'c');
    await kernel.settled();
    const marked = Number(/counter packets (\d+)/.exec(spaces.run('router', 'nft', 'list', 'ruleset'))?.[1]);
    expect(marked).toBeGreaterThan(10);
    expect(kernel.all('traffic', 'c').at(-1)).toMatchObject({ ecnMarks: marked });
  });

  test('a connection that is taken: from the first answer on', async () => {
    using kernel = new Kernel({ features });
    await kernel.hello();
    using p = await pair();
    kernel.watch('taken', p.theirs);
    const states = () => kernel.events('taken', 'state').map((e) => `${e.from} ${e.to}`);
    await kernel.until('established', () => states().length > 1);
    expect(states()).toEqual(['listen syn-recv', 'syn-recv established']);
    p.ours.end();
    p.theirs.resume().end();
    await kernel.until('the end', () => states().at(-1)?.endsWith(' close'));
  });

  test('only the user’s events are reported, never those of root’s connections to the same server', async () => {
    const nobody = 65534;
    using kernel = new Kernel({ features: [...features, 'conntrack'], forUser: nobody });
    expect((await kernel.hello()).uid).toBe(nobody);
    const server = createServer((s) => s.resume().on('end', () => s.end('x'))).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    using theirs = new Talker(writer('127.0.0.1', port, 1000), [
      'setpriv',
      '--reuid',
      `${nobody}`,
      '--regid',
      `${nobody}`,
      '--clear-groups',
    ]);
    const localPort = Number(await theirs.line());
    const ends = { localAddress: '127.0.0.1', remoteAddress: '127.0.0.1', remotePort: port };
    kernel.watch('theirs', { ...ends, localPort }, { pid: theirs.pid });
    for (let i = 0; i < 20; i++) {
      const s = connect(port, '127.0.0.1');
      await new Promise((resolve) => s.once('connect', resolve));
      const mine = { ...ends, localPort: s.localPort as number };
      if (i % 2) kernel.watch(`mine${i}`, mine);
      s.end();
      await new Promise((resolve) => s.resume().once('close', resolve));
      // Over already: whose it was, the kernel does not say any more.
      if (i % 2 === 0) kernel.watch(`mine${i}`, mine);
    }
    theirs.writeLine('go');
    expect(await theirs.line()).toBe('closed');
    await kernel.until('their end', () => kernel.events('theirs', 'state').at(-1)?.to === 'close');
    await kernel.settled();
    const reported = kernel.said.filter((m) =>
      ['event', 'traffic', 'sizes', 'queue', 'conntrack', 'delay'].includes(m.t),
    );
    expect(reported.filter((m) => m.id !== 'theirs' && m.missing === undefined)).toEqual([]);
    expect(kernel.events('theirs', 'state').length).toBeGreaterThanOrEqual(4);
    server.close();
  });

  test('without the file of type information: reasons have no names, as is said; the rest works', async () => {
    const wrap = ['unshare', '-m', 'sh', '-c', 'mount -t tmpfs none /sys/kernel/btf && exec "$0" "$@"'];
    using kernel = new Kernel({ wrap });
    const hello = await kernel.hello();
    expect(hello.features.filter((f) => f.state !== 'available')).toEqual([]);
    const reason = 'reasons are numbers alone: /sys/kernel/btf/vmlinux does not name them';
    expect(hello.features.filter((f) => f.reason)).toMatchObject([{ name: 'drops', reason }]);
    using p = await pair();
    kernel.watch('c', p.ours);
    await kernel.until('states', () => kernel.events('c', 'state')[1]);
  });
});
