import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratch } from '../../src/session/testing/scratch';
import { until } from '../support/clock';
import { asNobody, nobody, whyNot } from './testing/helper';
import { freePort, Kernel, type Packet, pair, type Said, Talker, watchProgram } from './testing/kernel';
import { Spaces } from './testing/spaces';

const why = whyNot('packet capture', { root: true, programs: ['ip', 'nsenter', 'tcpdump'] });
const features = ['route', 'inetDiag', 'tcpDestroy', 'capture'];

const begin = async (kernel: Kernel, options: object = {}): Promise<Said> => {
  kernel.send({ cmd: 'capture', ...options });
  return kernel.until('capturing', () => kernel.all('capture').at(-1));
};
const stop = async (kernel: Kernel): Promise<Said> => {
  kernel.send({ cmd: 'captureStop' });
  return kernel.until('the end', () => kernel.all('captureEnd').at(-1), 20_000);
};

/** Of IPv4 with TCP or UDP on Ethernet. */
const of = ({ bytes }: Packet) => ({
  from: bytes.readUInt16BE(34),
  to: bytes.readUInt16BE(36),
  flags: bytes[47] as number,
  payload: bytes.subarray(34 + ((bytes[46] as number) >> 4) * 4),
});
const isOf = (p: Packet, port: number | undefined) => of(p).from === port || of(p).to === port;

/** Sends datagrams of 200 bytes, so many a second for so long; says its port first, and at the end how many it sent. */
const flood = (to: string, port: number, perSecond: number, seconds: number) => `
  const s = require('dgram').createSocket('udp4');
  s.connect(${port}, '${to}', () => { console.log(s.address().port); process.stdin.once('data', () => {
    const text = Buffer.alloc(200), begin = performance.now(); let sent = 0, failed = 0, back = 0;
    const all = ${perSecond * seconds};
    const go = () => {
      const due = Math.min(all, Math.floor((performance.now() - begin) * ${perSecond / 1000}));
      for (let n = 0; sent < due && n < 2000; n++) { sent++; s.send(text, (e) => { back++; if (e) failed++; if (back === all) done(); }); }
      if (sent < all) setImmediate(go);
    };
    const done = () => { console.log(sent - failed, performance.now() - begin); process.exit(); };
    go();
  }); });`;

describe.skipIf(why)('packet capture', () => {
  test('50,000 a second for 3 s: what the host got and what was dropped is what was sent, as tcpdump says too', async () => {
    using spaces = new Spaces();
    using sink = new Talker(
      `const s = require('dgram').createSocket('udp4'); s.bind(9999, '127.0.0.1', () => console.log('up'));`,
      spaces.in('client'),
    );
    await sink.line();
    const [file = '', ...args] = spaces.in(
      'client',
      'tcpdump',
      '-i',
      'lo',
      '-n',
      '-B',
      '32768',
      '-w',
      '/dev/null',
      'udp dst port 9999',
    );
    const tcpdump = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let words = '';
    tcpdump.stderr.on('data', (d: Buffer) => {
      words += d.toString();
    });
    await until('tcpdump listens', () => words.includes('listening'));
    using kernel = new Kernel({ features, wrap: spaces.in('client') });
    await kernel.hello();
    using sender = new Talker(flood('127.0.0.1', 9999, 50_000, 3), spaces.in('client'));
    const port = Number(await sender.line());
    kernel.watch(
      'u',
      { localAddress: '127.0.0.1', localPort: port, remoteAddress: '127.0.0.1', remotePort: 9999 },
      { protocol: 'udp' },
    );
    expect(await begin(kernel, { snaplen: 96 })).toMatchObject({ state: 'on', snaplen: 96 });
    sender.writeLine('go');
    const [sent = 0, ms] = (await sender.line(60_000)).split(' ').map(Number);
    // Taken by the sink or dropped before it: nothing is on the way any more.
    const arrived = () => {
      const [names = [], values = []] = spaces
        .run('client', 'cat', '/proc/net/snmp')
        .split('\n')
        .filter((line) => line.startsWith('Udp:'))
        .map((line) => line.split(' '));
      const count = (name: string) => Number(values[names.indexOf(name)]);
      return count('InDatagrams') + count('InErrors');
    };
    await until('all datagrams', () => arrived() >= sent);
    const end = await stop(kernel);
    tcpdump.kill('SIGINT');
    await once(tcpdump, 'close');
    console.log(`capture: ${sent} packets in ${Math.round(ms as number)} ms: ${JSON.stringify(end)}`);
    expect(sent).toBe(150_000);
    const n = (name: string) => end[name] as number;
    expect(n('sentPackets')).toBe(kernel.packets.length);
    expect(n('sentPackets') + n('dropped') + n('unread')).toBe(sent);
    // Nothing else was on that loopback but the port's refusals, which there are none of.
    expect(n('received')).toBe(n('sentPackets') + n('unread'));
    const seen = Number(/(\d+) packets? received by filter/.exec(words)?.[1]);
    expect(seen === sent || seen === 2 * sent).toBe(true);
    for (const p of [kernel.packets[0], kernel.packets.at(-1)])
      expect(p).toMatchObject({ captured: 96, original: 242, direction: 1, linkType: 1 });
    for (let i = 1; i < kernel.packets.length; i++)
      if ((kernel.packets[i] as Packet).ns < (kernel.packets[i - 1] as Packet).ns)
        throw new Error(`packet ${i} goes back in time`);
  });

  test('from the SYN to the last acknowledgement, each once, of 50 connections that began before they were watched; no other’s', async () => {
    using spaces = new Spaces();
    using kernel = new Kernel({ features, wrap: spaces.in('client') });
    await kernel.hello();
    await begin(kernel);
    // Both ends in one program; says the two ports of each connection, which ends at once.
    const program = (text: string) => `
      const net = require('net'), server = net.createServer((s) => s.resume().on('end', () => s.end())).listen(0, '127.0.0.1', async () => {
        for (let i = 0; i < 50; i++) await new Promise((resolve) => {
          const s = net.connect(server.address().port, '127.0.0.1', () => { console.log(s.localPort, s.remotePort); s.end('${text} ' + i); });
          s.resume().on('close', resolve); });
        console.log('done'); });`;
    using ours = new Talker(program('hello'), spaces.in('client'));
    using foreign = new Talker(program('foreign'), spaces.in('client'));
    const ports: [number, number][] = [];
    for (let line = await ours.line(); line !== 'done'; line = await ours.line()) {
      const [localPort = 0, remotePort = 0] = line.split(' ').map(Number);
      ports.push([localPort, remotePort]);
      kernel.watch(`c${localPort}`, { localAddress: '127.0.0.1', localPort, remoteAddress: '127.0.0.1', remotePort });
    }
    for (let i = 0; i < 51; i++) await foreign.line();
    // The last acknowledgement was sent before a program saw the end.
    const end = await stop(kernel);
    expect(end).toMatchObject({ dropped: 0, unread: 0, truncated: false, sentPackets: kernel.packets.length });
    const by = ports.map(([port, other]) => ({
      port,
      list: kernel.packets.filter((p) => isOf(p, port) && isOf(p, other)),
    }));
    expect(by.reduce((sum, { list }) => sum + list.length, 0)).toBe(kernel.packets.length);
    for (const { port, list } of by) {
      const flags = list.sort((a, b) => Number(a.ns - b.ns)).map((p) => of(p).flags);
      expect(flags.slice(0, 3), `${port}`).toEqual([0x02, 0x12, 0x10]);
      expect(flags.filter((f) => f & 1).length).toBe(2);
      // Ends with an acknowledgement of a FIN; each is another packet.
      expect((flags.at(-1) as number) & 0x11).toBe(0x10);
      expect(new Set(list.map((p) => p.bytes.toString('hex'))).size).toBe(list.length);
      expect(list.map((p) => p.direction)).toEqual(list.map((p) => (of(p).from === port ? 1 : 0)));
      expect(list.map((p) => of(p).payload.toString()).join('')).toMatch(/^hello \d+$/);
    }
  });

  test('each packet once though it passes a bridge and its port; ICMP and ARP on request only', async () => {
    using spaces = new Spaces();
    const device = spaces.device('client');
    spaces.ip('client', 'link add br0 type bridge');
    spaces.ip('client', `addr del ${spaces.client}/24 dev ${device}`);
    spaces.ip('client', `link set ${device} master br0`);
    spaces.ip('client', `addr add ${spaces.client}/24 dev br0`);
    spaces.ip('client', 'link set br0 up');
    spaces.ip('client', 'route replace default via 10.91.1.1');
    spaces.ip('router', `link set ${spaces.towardsServer} mtu 1200`);
    using server = new Talker(
      `require('net').createServer((s) => s.resume().on('end', () => s.end())).listen(8080, '${spaces.server}', () => console.log('up'));`,
      spaces.in('server'),
    );
    await server.line();
    for (const more of [false, true]) {
      const file = join(scratch(), 'pcap');
      const [tcpdump = '', ...args] = spaces.in(
        'client',
        'tcpdump',
        '-i',
        'br0',
        '-n',
        '--immediate-mode',
        '-U',
        '-Z',
        'root',
        '-w',
        file,
        'tcp port 8080',
      );
      const dumping = spawn(tcpdump, args, { stdio: ['ignore', 'ignore', 'pipe'] });
      await once(dumping.stderr, 'data');
      using kernel = new Kernel({ features, wrap: spaces.in('client') });
      await kernel.hello();
      await begin(kernel, { icmp: more, arp: more });
      using ours = new Talker(
        `const s = require('net').connect(8080, '${spaces.server}', () => console.log(s.localPort));
         process.stdin.once('data', () => require('dgram').createSocket('udp4').send('?', 9, '10.91.1.${more ? 78 : 77}', () => s.end(Buffer.alloc(20000))));
         s.resume().on('close', () => { console.log('closed'); process.exit(); });`,
        spaces.in('client'),
      );
      const localPort = await watchProgram(kernel, ours, spaces);
      ours.writeLine('go');
      expect(await ours.line()).toBe('closed');
      const end = await stop(kernel);
      const tcp = kernel.packets.filter((p) => p.bytes.readUInt16BE(12) === 0x800 && p.bytes[23] === 6);
      const icmp = kernel.packets.filter((p) => p.bytes.readUInt16BE(12) === 0x800 && p.bytes[23] === 1);
      const arp = kernel.packets.filter((p) => p.bytes.readUInt16BE(12) === 0x806);
      expect(icmp.length > 0).toBe(more);
      expect(arp.length > 0).toBe(more);
      expect(new Set(arp.map((p) => p.interface)).size).toBe(more ? 1 : 0);
      if (more) expect([icmp[0]?.bytes[34], icmp[0]?.bytes[35]]).toEqual([3, 4]);
      expect(end.duplicates as number).toBeGreaterThanOrEqual(tcp.length);
      const count = () =>
        spawnSync('tcpdump', ['-n', '-r', file, `tcp port ${localPort}`], { encoding: 'utf8' }).stdout;
      const counted = await until('tcpdump has written them', () => {
        const text = count();
        return text.split('\n').length - 1 >= tcp.length && text;
      });
      dumping.kill('SIGINT');
      await once(dumping, 'close');
      expect(tcp.length, JSON.stringify(end)).toBe(counted.split('\n').length - 1);
      expect(tcp.filter((p) => !isOf(p, localPort))).toEqual([]);
      // The second time, the way's size is known: forgotten, so that it is reported again.
      spaces.ip('client', 'route flush cache');
    }
  });

  test('headers alone, a limit of size, an interface that is not there', async () => {
    using kernel = new Kernel({ features });
    await kernel.hello();
    expect(await begin(kernel, { interfaces: ['nowhere0'] })).toMatchObject({
      state: 'off',
      reason: 'there is no such interface',
    });
    await begin(kernel, { headersOnly: true, interfaces: ['lo'] });
    await kernel.until('on', () => kernel.all('capture').at(-1)?.state === 'on');
    using p = await pair();
    kernel.watch('c', p.ours);
    await kernel.until('watched', () => kernel.all('watched')[0]);
    p.theirs.resume();
    p.ours.write(Buffer.alloc(50_000));
    await until('all has arrived', () => p.theirs.bytesRead === 50_000);
    expect(await stop(kernel)).toMatchObject({
      interfaces: [{ index: 1, name: 'lo', linkType: 1, sent: kernel.packets.length }],
    });
    expect(Math.max(...kernel.packets.map((k) => k.captured))).toBeLessThanOrEqual(14 + 20 + 40);
    expect(
      kernel.packets
        .filter((k) => of(k).from === p.ours.localPort)
        .reduce((sum, k) => sum + k.original - k.captured, 0),
    ).toBe(50_000);
    kernel.packets.length = 0;
    kernel.said.length = 0;
    await begin(kernel, { maxBytes: 100_000 });
    for (let i = 0; i < 40; i++) p.ours.write(Buffer.alloc(10_000));
    const end = await kernel.until('the end', () => kernel.all('captureEnd')[0]);
    expect(end).toMatchObject({ truncated: true });
    const bytes = kernel.packets.reduce((sum, k) => sum + k.captured, 0);
    expect(end.sentBytes).toBe(bytes);
    expect(bytes <= 100_000 && bytes > 30_000).toBe(true);
    kernel.send({ cmd: 'captureStop' });
    expect(await kernel.until('refused', () => kernel.all('failed')[0])).toMatchObject({ cmd: 'captureStop' });
  });

  test('one user’s alone: questions to a resolver, connections; root’s to the same servers are not there', async () => {
    using kernel = new Kernel({ features: [...features, 'traffic', 'states', 'resets'], forUser: nobody });
    await kernel.hello();
    const resolver = createSocket('udp4').on('message', (text, from) =>
      resolver.send(Buffer.concat([Buffer.from('answer '), text]), from.port),
    );
    await new Promise<void>((resolve) => resolver.bind(0, '127.0.0.1', resolve));
    const server = createServer((s) => s.resume().on('end', () => s.end())).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const dns = resolver.address().port;
    const http = (server.address() as { port: number }).port;
    await begin(kernel, { dnsServers: [{ address: '127.0.0.1', port: dns }] });
    const nowhere = await freePort();
    const from = BigInt(Date.now()) * 1_000_000n;
    // A socket for each question, gone with the answer; and connections that are over before they are watched.
    const program = (who: string) => `
      const ask = () => new Promise((r) => { const s = require('dgram').createSocket('udp4'); s.on('message', () => s.close(r)).send('${who}', ${dns}, '127.0.0.1'); });
      const get = () => new Promise((r) => { const s = require('net').connect(${http}, '127.0.0.1', () => { console.log(s.localPort); s.end('${who}'); }).resume().on('close', r); });
      const fail = () => new Promise((r) => require('net').connect(${nowhere}, '127.0.0.1').on('error', r));
      (async () => { await fail(); for (let i = 0; i < 20; i++) { await ask(); await get(); } console.log('done'); })();`;
    using theirs = new Talker(program('theirs'), asNobody);
    using mine = new Talker(program('mine'));
    const watchAll = async (talker: Talker, who: string) => {
      for (let line = await talker.line(); line !== 'done'; line = await talker.line())
        kernel.watch(`${who}${line}`, {
          localAddress: '127.0.0.1',
          localPort: Number(line),
          remoteAddress: '127.0.0.1',
          remotePort: http,
        });
    };
    await Promise.all([watchAll(theirs, 'theirs'), watchAll(mine, 'mine')]);
    const toRealtimeNs = String(BigInt(Date.now() + 1) * 1_000_000n);
    const remote = { address: '127.0.0.1', port: nowhere };
    kernel.send({ cmd: 'captureFailed', remote, fromRealtimeNs: String(from), toRealtimeNs });
    // SYN and RST of theirs; mine was refused as well.
    const refused = () => kernel.packets.filter((p) => isOf(p, nowhere));
    await kernel.until('what was refused', () => refused().length >= 2);
    await stop(kernel);
    expect(refused().map((p) => `${of(p).flags} ${p.direction}`)).toEqual(['2 1', '20 0']);
    const texts = kernel.packets.map((p) => p.bytes.toString('latin1'));
    expect(texts.filter((t) => t.includes('mine'))).toEqual([]);
    // Question and answer; the data of each connection.
    expect(texts.filter((t) => t.includes('theirs') && !t.includes('answer')).length).toBe(40);
    expect(texts.filter((t) => t.includes('answer theirs')).length).toBe(20);
    resolver.close();
    server.close();
  });

  test('a port that one user’s datagrams had, and another user’s have next: no packet of those', async () => {
    using kernel = new Kernel({ features: [...features, 'traffic', 'states', 'resets'], forUser: nobody });
    await kernel.hello();
    const resolver = createSocket('udp4').on('message', (text, from) => resolver.send(text, from.port));
    await new Promise<void>((resolve) => resolver.bind(0, '127.0.0.1', resolve));
    const dns = resolver.address().port;
    await begin(kernel, { dnsServers: [{ address: '127.0.0.1', port: dns }] });
    const port = await freePort();
    const asks = (who: string) => `
      const s = require('dgram').createSocket('udp4').on('message', () => s.close(() => console.log('done')));
      s.bind(${port}, '127.0.0.1', () => s.send('${who}', ${dns}, '127.0.0.1'));`;
    const texts = () => kernel.packets.map((p) => p.bytes.toString('latin1'));
    const sent = (who: string) => texts().filter((t) => t.includes(who)).length;
    // The last are the user's again: what came before them is here when they are.
    for (const [who, wrap] of [
      ['first', asNobody],
      ['root', []],
      ['second', asNobody],
    ] as const) {
      using asking = new Talker(asks(who), [...wrap]);
      expect(await asking.line()).toBe('done');
      if (who !== 'root') await kernel.until(who, () => sent(who) === 2);
    }
    await stop(kernel);
    expect([sent('first'), sent('root'), sent('second')]).toEqual([2, 0, 2]);
    resolver.close();
  });

  describe.each(['as it happens', 'read afterwards'])('ends that two users’ sockets have in turn: %s', (how) => {
    const late = how !== 'as it happens';
    const turns = [
      ['root-1', []],
      ['user-1', asNobody],
      ['root-2', []],
      ['user-2', asNobody],
      ['root-3', []],
    ] as const;
    const texts = (kernel: Kernel) => kernel.packets.map((p) => p.bytes.toString('latin1'));
    const had = (kernel: Kernel) =>
      turns.map(([who]) => [who, texts(kernel).filter((t) => t.includes(who)).length] as const);

    test.each([
      ['with the events of the kernel', true],
      ['without', false],
    ])('datagrams, %s', async (_, events) => {
      const more = events ? ['traffic', 'states', 'resets'] : [];
      using kernel = new Kernel({ features: [...features, ...more], forUser: nobody });
      const { pid } = await kernel.hello();
      const resolver = createSocket('udp4').on('message', (text, from) => resolver.send(text, from.port));
      await new Promise<void>((resolve) => resolver.bind(0, '127.0.0.1', resolve));
      const dns = resolver.address().port;
      // No other packets of this machine: they would fill the ring.
      await begin(kernel, { ports: [dns], dnsServers: [{ address: '127.0.0.1', port: dns }] });
      const port = await freePort();
      if (late) process.kill(pid, 'SIGSTOP');
      for (const [who, wrap] of turns) {
        using asking = new Talker(
          `const s = require('dgram').createSocket('udp4').on('message', () => s.close(() => console.log('done')));
           s.bind(${port}, '127.0.0.1', () => s.send('${who}', ${dns}, '127.0.0.1'));`,
          [...wrap],
        );
        expect(await asking.line()).toBe('done');
      }
      if (late) process.kill(pid, 'SIGCONT');
      const { notWatched, others } = await stop(kernel);
      // Nothing but these was asked of it: what the user does not get was another's, or not proved.
      if (events) expect(had(kernel)).toEqual(turns.map(([who]) => [who, who.startsWith('user') ? 2 : 0]));
      else for (const [who, count] of had(kernel)) if (who.startsWith('root')) expect([who, count]).toEqual([who, 0]);
      expect(Number(notWatched) + Number(others)).toBeGreaterThan(0);
      resolver.close();
    });

    test.each([
      ['with the events of the kernel', true],
      ['without', false],
    ])('connections, %s', async (_, events) => {
      const more = events ? ['traffic', 'states', 'resets'] : [];
      using kernel = new Kernel({ features: [...features, ...more], forUser: nobody });
      const { pid } = await kernel.hello();
      const server = createServer((s) => s.on('error', () => {}).pipe(s)).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port: remotePort } = server.address() as { port: number };
      await begin(kernel, { ports: [remotePort] });
      const localPort = await freePort();
      if (late) process.kill(pid, 'SIGSTOP');
      for (const [who, wrap] of turns) {
        using talking = new Talker(
          `const s = require('net').connect({ port: ${remotePort}, host: '127.0.0.1', localPort: ${localPort} }, () => s.write('${who}'));
           s.once('data', () => { console.log('connected'); process.stdin.once('data', () => s.on('close', () => console.log('done')).resetAndDestroy()); });`,
          [...wrap],
        );
        expect(await talking.line()).toBe('connected');
        if (who.startsWith('user')) {
          kernel.watch(who, { localAddress: '127.0.0.1', localPort, remoteAddress: '127.0.0.1', remotePort });
          if (!late) await kernel.until(who, () => kernel.all('watched', who)[0]);
        }
        talking.writeLine('end');
        expect(await talking.line()).toBe('done');
      }
      if (late) process.kill(pid, 'SIGCONT');
      await stop(kernel);
      if (events && !late) expect(had(kernel)).toEqual(turns.map(([who]) => [who, who.startsWith('user') ? 2 : 0]));
      else for (const [who, count] of had(kernel)) if (who.startsWith('root')) expect([who, count]).toEqual([who, 0]);
      server.close();
    });
  });

  test('datagrams of a socket that hears on each address, and has no peer', async () => {
    using kernel = new Kernel({ features });
    await kernel.hello();
    await begin(kernel, { icmp: true });
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, resolve));
    const { port } = socket.address();
    socket.send('before', port, '127.0.0.1');
    await once(socket, 'message');
    kernel.send({ cmd: 'watch', id: 'u', protocol: 'udp', local: { address: '0.0.0.0', port }, pid: process.pid });
    await kernel.until('watched', () => kernel.all('watched')[0]?.found);
    socket.send('after', port, '127.0.0.1');
    await once(socket, 'message');
    const nobodys = createSocket('udp4');
    await new Promise<void>((resolve) => nobodys.bind(0, '127.0.0.1', resolve));
    const closed = nobodys.address().port;
    await new Promise<void>((resolve) => nobodys.close(resolve));
    socket.send('nobody', closed, '127.0.0.1');
    const texts = () => kernel.packets.map((p) => p.bytes.toString('latin1'));
    await kernel.until(
      'the answer that nobody takes it',
      () => texts().filter((t) => t.endsWith('nobody')).length >= 2,
    );
    await stop(kernel);
    for (const word of ['before', 'after', 'nobody'])
      expect(
        texts().some((t) => t.endsWith(word)),
        word,
      ).toBe(true);
    // The datagram, and the answer that nobody takes it.
    expect(texts().filter((t) => t.endsWith('nobody')).length).toBe(2);
    socket.close();
  });
});
