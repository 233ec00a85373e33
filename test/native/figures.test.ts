import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../support/clock';
import { Asked, nobody, root, whyNot } from './testing/helper';

const why = whyNot('figures of a connection', { programs: ['ss'] });

/** A pair of connected sockets of this process: ours, and the server's. */
async function pair(host: string, ours: object = {}): Promise<{ socket: Socket; peer: Socket; server: Server }> {
  const server = createServer({ pauseOnConnect: true });
  const taken = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const socket = connect({ port: (server.address() as { port: number }).port, host, ...ours });
  await new Promise((resolve) => socket.once('connect', resolve));
  const peer = await taken;
  open.push(socket, peer);
  server.unref();
  return { socket, peer, server };
}

/** An end that no other program has: its port is below those that the system gives out, its address has few users. */
const ownEnd = () => ({ localAddress: '127.0.0.2', localPort: 20_000 + Math.floor(Math.random() * 12_000) });

/** A second socket between the same two ends. */
async function again({ local, remote }: ReturnType<typeof watching>): Promise<Socket> {
  const own = { localAddress: local.address, localPort: local.port };
  const socket = connect({ host: remote.address, port: remote.port, ...own });
  open.push(socket);
  await once(socket, 'connect');
  return socket;
}

const open: Socket[] = [];
afterEach(() => {
  for (const s of open.splice(0)) s.destroy();
});

const watching = (id: string, s: Socket) =>
  ({
    cmd: 'watch',
    id,
    local: { address: s.localAddress as string, port: s.localPort as number },
    remote: { address: s.remoteAddress as string, port: s.remotePort as number },
  }) as const;

/** Of `ss`, the line of figures of one socket as a map: `rtt:1.2/0.5` → rtt = 1.2/0.5. */
function ssOf(port: number): { line: string; of: (name: string) => string | undefined } {
  const line = execFileSync('ss', ['-tineHm', `sport = :${port}`], { encoding: 'utf8' });
  return { line, of: (name) => line.match(new RegExp(`[ \\t]${name}:(\\S+)`))?.[1] };
}

describe.skipIf(why)('figures of a connection', () => {
  test.each(['127.0.0.1', '::1'])('equal those of ss at the same moment: %s', async (host) => {
    using helper = new Asked();
    const { socket, peer } = await pair(host);
    peer.resume();
    socket.resume();
    socket.write(Buffer.alloc(300_000));
    peer.write(Buffer.alloc(70_000));
    await until('all has arrived', () => peer.bytesRead === 300_000 && socket.bytesRead === 70_000);
    const asked = process.hrtime.bigint();
    helper.send(watching('c', socket));
    const { at } = await helper.until((m) => m.t === 'sample' && m);
    // One moment: what was said before ss looked is said after it too.
    let before = await helper.sampleWith('c', ({ bytesAcked = 0 }) => bytesAcked >= 300_000);
    let ss = ssOf(socket.localPort as number);
    for (let i = 1; i < 50; i++) {
      const after = await helper.sample('c', `try ${i}`);
      if (JSON.stringify(after.totals) === JSON.stringify(before.totals)) break;
      before = after;
      ss = ssOf(socket.localPort as number);
    }
    const t = before.totals;
    const [rtt, variance] = (ss.of('rtt') ?? '').split('/').map((ms) => Math.round(Number(ms) * 1000));
    expect({ rtt: t.rtt, rttVariance: t.rttVariance, minRtt: t.minRtt }, ss.line).toEqual({
      rtt,
      rttVariance: variance,
      minRtt: Math.round(Number(ss.of('minrtt')) * 1000),
    });
    const same = {
      mss: 'mss',
      pathMtu: 'pmtu',
      congestionWindow: 'cwnd',
      bytesSent: 'bytes_sent',
      bytesAcked: 'bytes_acked',
      bytesReceived: 'bytes_received',
      segmentsSent: 'segs_out',
      segmentsReceived: 'segs_in',
      dataSegmentsSent: 'data_segs_out',
      dataSegmentsReceived: 'data_segs_in',
      sendWindow: 'snd_wnd',
    } as const;
    for (const [ours, theirs] of Object.entries(same))
      expect(t[ours as keyof typeof same], `${ours}: ${ss.line}`).toBe(Number(ss.of(theirs)));
    const algorithm = readFileSync('/proc/sys/net/ipv4/tcp_congestion_control', 'utf8').trim();
    expect(t.congestionControl).toBe(algorithm);
    expect(ss.line).toContain(` ${algorithm} `);
    expect((t.bytesSent ?? 0) - (t.bytesRetransmitted ?? 0)).toBe(300_000);
    const watched = helper.all('watched')[0];
    expect(watched).toMatchObject({ found: true, uid: process.getuid?.() ?? 0, inode: Number(ss.of('ino')) });
    expect(BigInt(watched?.cookie ?? 0).toString(16)).toBe(ss.of('sk'));
    expect(ss.of('skmem')).toContain(`rb${t.memory?.receiveBuffer},`);
    // Taken before it was reported, on the clock of the host.
    const { arrived } = helper.said.find(({ message }) => message.t === 'sample') ?? { arrived: 0n };
    expect(BigInt(at)).toBeLessThan(arrived);
    expect(BigInt(at)).toBeGreaterThan(asked);
  });

  test('a reader that takes nothing: the time held up by its window, the window 0; then what lies unread', async () => {
    using helper = new Asked();
    const { socket, peer } = await pair('127.0.0.1');
    helper.send(watching('c', socket), watching('p', peer));
    socket.write(Buffer.alloc(8_000_000));
    // Counted on by the kernel, however late it is asked.
    const held = await helper.sampleWith('c', (t) => (t.rwndLimitedDuration ?? 0) > 200_000);
    const { busyDuration = 0, rwndLimitedDuration = 0, sendWindow, notSentBytes } = held.totals;
    expect(rwndLimitedDuration).toBeGreaterThan(busyDuration / 2);
    expect(sendWindow).toBeLessThan(40_000); // less than one segment of loopback
    expect(notSentBytes).toBeGreaterThan(0);
    const unread = await helper.sample('p', 'requestEnd');
    expect(unread.totals.receiveQueueBytes).toBeGreaterThan(100_000);
  });

  test('an idle connection gives no more samples; a watched end gives the last one', async () => {
    using helper = new Asked();
    helper.send({ cmd: 'configure', intervalMs: 20 });
    const { socket, peer } = await pair('127.0.0.1');
    helper.send(watching('c', socket));
    await helper.until((m) => m.t === 'sample');
    // Meanwhile one that is busy gives many.
    const busy = await pair('127.0.0.1');
    busy.peer.resume();
    helper.send(watching('busy', busy.socket));
    await until('20 samples', () => {
      busy.socket.write('x');
      return helper.all('sample').filter((s) => s.id === 'busy').length >= 20;
    });
    expect(helper.all('sample').filter((s) => s.id === 'c').length).toBeLessThanOrEqual(2);
    peer.resume();
    peer.on('end', () => peer.end());
    socket.resume();
    socket.write('x');
    await helper.until((m) => m.t === 'sample' && m.id === 'c' && m.trigger === 'interval' && m.totals.bytesSent === 1);
    socket.end();
    const last = await helper.until((m) => m.t === 'sample' && m.final && m);
    expect(last).toMatchObject({ trigger: 'close', totals: { state: 'close', bytesSent: 1, bytesAcked: 3 } });
    const own = helper.all('sample').filter((s) => s.id === 'c');
    const ats = own.map((s) => BigInt(s.at));
    expect(ats).toEqual([...ats].sort((a, b) => (a < b ? -1 : 1)));
  });

  test('every tenth of 1,000 in detail, each with its first and last figures; without an interval, those alone', async () => {
    using helper = new Asked();
    const sampled = new Map<string, Set<string>>();
    let ofOne = 0;
    helper.client.listen({
      message: (m) => {
        if (m.t !== 'sample') return;
        sampled.set(m.trigger, (sampled.get(m.trigger) ?? new Set()).add(m.id));
        if (m.id === 'c9' && m.trigger === 'interval') ofOne++;
      },
    });
    helper.send({ cmd: 'configure', intervalMs: 10, modulus: 10 });
    const server = createServer((s) => open.push(s.resume())).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const sockets: Socket[] = [];
    for (let i = 0; i < 1000; i++) {
      const s = connect({ port, host: '127.0.0.1' });
      await once(s, 'connect');
      sockets.push(s);
      open.push(s);
      helper.send(watching(`c${i}`, s));
    }
    const every = (n: number) => sockets.flatMap((_, i) => ((i + 1) % n === 0 ? [`c${i}`] : []));
    await expect.poll(() => sampled.get('connect')?.size).toBe(1000);
    // Several intervals of one of them: none of the others comes.
    for (const s of sockets) s.write('x');
    const before = ofOne;
    await until('five intervals', () => {
      sockets[9]?.write('x');
      return ofOne >= before + 5;
    });
    await expect.poll(() => sampled.get('interval')?.size).toBe(100);
    expect([...(sampled.get('interval') ?? [])].sort()).toEqual(every(10).sort());
    helper.send({ cmd: 'configure', intervalMs: 0, modulus: 1 });
    await helper.client.settled(20_000);
    sampled.clear();
    for (const s of sockets) s.end('x');
    await expect.poll(() => sampled.get('close')?.size).toBe(1000);
    expect([...sampled.keys()]).toEqual(['close']);
    server.close();
  });

  test('a socket that its own program resets has no last figures', async () => {
    using helper = new Asked();
    const { socket } = await pair('127.0.0.1');
    helper.send(watching('c', socket));
    await helper.until((m) => m.t === 'sample');
    socket.resetAndDestroy();
    expect(await helper.until((m) => m.t === 'ended' && m)).toMatchObject({ id: 'c' });
    expect(helper.all('sample').filter((s) => s.final)).toEqual([]);
  });

  test('the same two ends again: each socket has its own figures', async () => {
    using helper = new Asked();
    await helper.client.hello();
    const born = process.hrtime.bigint().toString();
    const first = await pair('127.0.0.1', ownEnd());
    const command = watching('first', first.socket);
    first.peer.resume();
    first.socket.write(Buffer.alloc(111));
    await until('it has arrived', () => first.peer.bytesRead === 111);
    first.peer.resetAndDestroy(); // no TIME_WAIT: the port is free at once
    await new Promise((resolve) => first.socket.on('error', () => {}).once('close', resolve));
    await wait(50); // the program's own time between the two
    const bornAgain = process.hrtime.bigint().toString();
    const second = await again(command);
    await new Promise((sent) => second.write(Buffer.alloc(222), sent));
    helper.send({ ...command, bornNs: born }, { ...command, id: 'second', bornNs: bornAgain });
    const now = await helper.until((m) => m.t === 'sample' && m.id === 'second' && m);
    const then = await helper.until((m) => m.t === 'sample' && m.id === 'first' && m);
    expect([then.final, then.totals.bytesSent]).toEqual([true, 111]);
    expect([now.final, now.totals.bytesSent]).toEqual([undefined, 222]);
  });

  test('a family that is off, an unknown socket, ends that are none', async () => {
    using helper = new Asked();
    helper.send({ cmd: 'configure', families: [6] });
    const { socket } = await pair('127.0.0.1');
    helper.send(watching('off', socket));
    expect(await helper.until((m) => m.t === 'failed' && m)).toMatchObject({ cmd: 'watch', id: 'off' });
    helper.send({ cmd: 'configure', families: [4, 6] });
    const nowhere = { address: '127.0.0.1', port: 1 };
    helper.send({ cmd: 'watch', id: 'none', local: nowhere, remote: nowhere });
    expect(await helper.until((m) => m.t === 'watched' && m)).toMatchObject({ id: 'none', found: false });
    helper.send({ cmd: 'watch', id: 'bad', local: { address: 'x', port: 1 }, remote: nowhere });
    expect(await helper.until((m) => m.t === 'failed' && m.id === 'bad' && m)).toMatchObject({ reason: 'local' });
    expect((await helper.client.settled(20_000))?.t).toBe('stats');
  });

  test.skipIf(!root)('another user’s socket is refused', async () => {
    using helper = new Asked({ user: nobody });
    expect((await helper.client.hello()).uid).toBe(nobody);
    const { socket } = await pair('127.0.0.1');
    helper.send(watching('c', socket));
    expect(await helper.until((m) => m.t === 'failed' && m)).toMatchObject({ id: 'c', errno: 1 });
    expect(helper.all('sample')).toEqual([]);
  });

  test('a socket for datagrams: what it dropped', async () => {
    const { createSocket } = await import('node:dgram');
    const sender = createSocket('udp4');
    const receiver = createSocket({ type: 'udp4', recvBufferSize: 4096 });
    await new Promise<void>((resolve) => receiver.bind(0, '127.0.0.1', resolve));
    await new Promise<void>((resolve) => sender.bind(0, '127.0.0.1', resolve));
    using helper = new Asked();
    const to = receiver.address();
    const writeLine = () =>
      new Promise<void>((resolve) => sender.send(Buffer.alloc(2000), to.port, to.address, () => resolve()));
    helper.send({ cmd: 'watch', id: 'u', protocol: 'udp', local: { address: to.address, port: to.port } });
    const first = await helper.until((m) => m.t === 'sample' && m);
    expect(first.totals.memory?.drops).toBe(0);
    // The loop is held, so that nothing is read: what finds no room is dropped.
    await Promise.all(Array.from({ length: 40 }, writeLine));
    const { totals } = await helper.sample('u', 'interval2');
    const table = readFileSync('/proc/net/udp', 'utf8');
    const port = to.port.toString(16).toUpperCase().padStart(4, '0');
    const drops = Number(table.match(new RegExp(`:${port} .* (\\d+)\\s*$`, 'm'))?.[1]);
    expect(drops).toBeGreaterThan(0);
    expect(totals.memory?.drops).toBe(drops);
    sender.close();
    receiver.close();
  });
});
