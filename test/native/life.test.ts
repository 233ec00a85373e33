import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { HelperClient } from '../../src/helper/client';
import { scratch } from '../../src/session/testing/scratch';
import { until } from '../support/clock';
import { Asked, asNobody, helperFile, nobody, root, skipped, whyNot } from './testing/helper';
import { Kernel } from './testing/kernel';

const why = whyNot('life of the helper');
const whyNoTrace = whyNot('system calls of the helper', { programs: ['strace'] });
const whyNoRoot = whyNot('privileges of the helper', { root: true, programs: ['setpriv'] });

const installRoot = '/usr/local/libexec/nettrace';

const statusOf = (pid: number) =>
  Object.fromEntries(
    readFileSync(`/proc/${pid}/status`, 'utf8')
      .split('\n')
      .map((line) => line.split(/:\s+/) as [string, string]),
  );
const ticksOf = (pid: number) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
};
const isThere = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

describe.skipIf(why)('life of the helper', () => {
  test('the helper costs nothing while idle, and has one thread, its own limits and no privilege', async () => {
    // In a separate network namespace no end of another program's socket wakes it.
    const features = ['route', 'inetDiag', 'tcpDestroy', 'counters'];
    using helper = root ? new Kernel({ features, wrap: ['unshare', '--net'] }) : new Asked();
    const { pid } = await helper.client.hello();
    await helper.client.settled(20_000);
    await until('it sleeps', () => statusOf(pid).State?.startsWith('S'));
    const before = statusOf(pid);
    const ticks = ticksOf(pid);
    await wait(1000); // the time in which nothing happens
    const after = statusOf(pid);
    expect(ticksOf(pid) - ticks).toBe(0);
    const woken = Number(after.voluntary_ctxt_switches) - Number(before.voluntary_ctxt_switches);
    if (root) expect(woken).toBeLessThan(5);
    expect(after).toMatchObject({
      Threads: '1',
      NoNewPrivs: '1',
      CapEff: '0000000000000000',
      CapPrm: '0000000000000000',
    });
    expect(Number(after.VmRSS?.split(' ')[0])).toBeLessThan(16_000);
    const limits = readFileSync(`/proc/${pid}/limits`, 'utf8');
    expect(limits).toMatch(/Max open files\s+256\s+256/);
    expect(limits).toMatch(/Max core file size\s+0\s+0/);
    expect(limits).toMatch(/Max data size\s+67108864/);
    expect(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')[16],
    ).toBe(String(Math.max(5, getPriority())));
  });

  test('started by who is nicer than it would be: stays so', () => {
    const said = spawnSync('nice', ['-n', '12', helperFile(), '--stdio', ...(root ? ['--as-root'] : [])], {
      input: '',
      encoding: 'latin1',
    });
    expect({ ...said, output: undefined }).toMatchObject({ status: 0, stderr: '' });
    expect(said.stdout).toContain('"t":"hello"');
  });

  test('its parent killed: it goes by itself', async () => {
    // A process between: it starts the helper, says its pid, and is killed.
    const script = `const c = require('child_process').spawn(process.argv[1], ['--stdio', ...process.argv.slice(2)], { stdio: ['pipe', 'pipe', 'inherit'] });
      c.stdout.once('data', () => console.log(c.pid)); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['-e', script, helperFile(), ...(root ? ['--as-root'] : [])]);
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (t) => resolve(Number(t))));
    expect(isThere(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until('the helper is gone', () => !isThere(pid));
  });

  const unread = 'a host that does not read: messages are dropped and counted, memory stays, commands are dealt with';
  test(unread, { timeout: 240_000 }, async () => {
    using helper = new Asked();
    const { pid } = await helper.client.hello();
    const { input, output } = helper.client.stream;
    input.pause();
    const many = Array.from({ length: 200 }, () => ({ cmd: 'counters', trigger: 'end' }) as const);
    for (let i = 0; i < 40; i++) helper.send(...many);
    // Until it has dealt with all: nothing waits to be taken by it, and it sleeps.
    const isDone = () => output.writableLength === 0 && statusOf(pid).State?.startsWith('S');
    await until('it sleeps', isDone, 120_000);
    const { VmRSS } = statusOf(pid);
    expect(Number(VmRSS?.split(' ')[0])).toBeLessThan(20_000);
    input.resume();
    const lost = await helper.until((m) => m.t === 'lost' && m.feature === 'counters' && m);
    const stats = await helper.client.settled(60_000);
    const sent = helper.all('counters').length;
    const ofCounters = stats?.features.find((f) => (f as { name: string }).name === 'counters') as {
      sent: number;
      lost: { unread: number };
    };
    expect(lost.lost.unread).toBeGreaterThan(0);
    expect(ofCounters.sent).toBe(sent);
    expect(ofCounters.sent + ofCounters.lost.unread).toBe(8000);
  });

  test('more ends of sockets than fit: said, not passed over', async () => {
    using helper = new Asked({ arguments: ['--destroy-buffer=1'] });
    const { pid } = await helper.client.hello();
    process.kill(pid, 'SIGSTOP');
    const server = createServer((s) => s.on('error', () => {}).resume());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const { connect } = await import('node:net');
    const one = () =>
      new Promise((resolve) => {
        const s = connect(port, '127.0.0.1', () => s.destroy());
        s.on('close', resolve);
      });
    for (let i = 0; i < 100; i++) await one();
    // The kernel reports them when it comes to it: it has dropped some at a socket of the helper.
    const sockets = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
    const dropped = () =>
      readFileSync(`/proc/${pid}/net/netlink`, 'utf8')
        .split('\n')
        .map((line) => line.trim().split(/ +/))
        .some(([, , , , , , , , drops, inode]) => Number(drops) > 0 && sockets.includes(`socket:[${inode}]`));
    await until('the kernel drops some', dropped);
    process.kill(pid, 'SIGCONT');
    const lost = await helper.until((m) => m.t === 'lost' && m);
    expect(lost).toMatchObject({ feature: 'tcpDestroy' });
    expect(lost.lost.overflow).toBeGreaterThan(0);
    server.close();
  });

  test('a broken frame ends it; the host of a broken helper goes on', async () => {
    using helper = new Asked();
    await helper.client.hello();
    helper.client.stream.output.write(Buffer.from([0, 0, 0, 0, 1]));
    await expect(helper.until(() => undefined)).rejects.toThrow('ended with code 0');
    const silent = HelperClient.spawn('/bin/cat');
    await expect(silent.hello(20_000)).rejects.toThrow(/ended with code 1/);
  });
});

describe.skipIf(whyNoRoot)('with privilege', () => {
  test('connects out, to a socket of the calling user alone, and becomes that user', async () => {
    const folder = scratch();
    const { chmodSync, chownSync } = await import('node:fs');
    chmodSync(folder, 0o711);
    const path = join(folder, 'socket');
    const start = (file: string, env: NodeJS.ProcessEnv) =>
      spawn(helperFile(), ['--connect', file, '--features', 'inetDiag,tcpDestroy'], {
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
    const codeOf = (child: ReturnType<typeof spawn>) => new Promise((resolve) => child.once('exit', resolve));

    // Of root, while nobody is served.
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    chmodSync(path, 0o600);
    expect(await codeOf(start(path, { SUDO_UID: String(nobody), SUDO_GID: String(nobody) }))).toBe(4);
    // The file says nobody, but the one who listens is root.
    chownSync(path, nobody, nobody);
    expect(await codeOf(start(path, { SUDO_UID: String(nobody) }))).toBe(4);
    // Neither sudo nor pkexec.
    expect(await codeOf(start(path, {}))).toBe(2);
    server.close();

    const theirs = join(scratch(), 'theirs');
    (await import('node:fs')).mkdirSync(theirs);
    chmodSync(join(theirs, '..'), 0o711);
    chownSync(theirs, nobody, nobody);
    const listener = spawn(asNobody[0] as string, [
      ...asNobody.slice(1),
      process.execPath,
      '-e',
      `process.umask(0o177); require('net').createServer((s) => s.on('data', (d) => console.log(d.subarray(5).toString())))
        .listen(process.argv[1], () => console.log('ready'))`,
      join(theirs, 'socket'),
    ]);
    const lines: string[] = [];
    listener.stdout.on('data', (d) => lines.push(...String(d).trim().split('\n')));
    await until('it listens', () => lines[0] === 'ready');
    const helper = start(join(theirs, 'socket'), { SUDO_UID: String(nobody), SUDO_GID: String(nobody) });
    await until('hello', () => lines.length >= 2);
    expect(JSON.parse(lines[1] as string)).toMatchObject({ t: 'hello', uid: nobody });
    const status = statusOf(helper.pid as number);
    expect(status.Uid).toBe([nobody, nobody, nobody, nobody].join('\t'));
    expect(status).toMatchObject({
      CapEff: '0000000000000000',
      CapPrm: '0000000000000000',
      NoNewPrivs: '1',
      Groups: '',
    });
    listener.kill();
    expect(await codeOf(helper)).toBe(0);
  });
});

const whyNoBpf = whyNot('programs of the kernel when the parent is killed', { root: true, programs: ['bpftool'] });
describe.skipIf(whyNoBpf)('what it set up in the kernel', () => {
  test('its parent killed by SIGKILL: programs and maps are gone with it', async () => {
    const script = `const c = require('child_process').spawn(process.argv[1], ['--stdio', '--as-root'], { stdio: ['pipe', 'pipe', 'inherit'] });
      c.stdout.once('data', () => console.log(c.pid)); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['-e', script, helperFile()]);
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (t) => resolve(Number(t))));
    const about = readdirSync(`/proc/${pid}/fdinfo`).map((fd) => readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'));
    const ids = (what: string) => about.flatMap((t) => new RegExp(`^${what}_id:\\s+(\\d+)$`, 'm').exec(t)?.[1] ?? []);
    const there = (kind: string, list: readonly string[]) => {
      const all = JSON.parse(execFileSync('bpftool', ['-j', kind, 'show'], { encoding: 'utf8' })) as { id: number }[];
      return list.filter((id) => all.some((one) => one.id === Number(id)));
    };
    const [programs, maps] = [ids('prog'), ids('map')];
    expect(programs.length).toBeGreaterThan(8);
    expect(there('prog', programs)).toEqual(programs);
    expect(there('map', maps)).toEqual(maps);
    parent.kill('SIGKILL');
    await expect.poll(() => isThere(pid)).toBe(false);
    // The kernel frees them a moment after the last descriptor.
    await expect.poll(() => [...there('prog', programs), ...there('map', maps)]).toEqual([]);
  });
});

describe.skipIf(whyNoTrace)('system calls', () => {
  const callsIn = (log: string) =>
    new Set([...readFileSync(log, 'utf8').matchAll(/^\d+ +(\w+)\(/gm)].map((m) => m[1] as string));
  /** Of a helper that runs to its end. */
  const callsOf = (wrap: string[], ...args: string[]) => {
    const log = join(scratch(), 'strace');
    const [file = '', ...rest] = [...wrap, 'strace', '-f', '-o', log, helperFile(), ...args];
    const { stderr } = spawnSync(file, rest, { input: '', encoding: 'latin1' });
    expect(stderr).toBe('');
    return callsIn(log);
  };
  const text = readFileSync(join(__dirname, '../../docs/privileges.md'), 'utf8');
  const namesIn = (from: string, to: string) =>
    [...text.slice(text.indexOf(from), text.indexOf(to)).matchAll(/`([a-z_0-9]+)`/g)].map((m) => m[1] as string);
  const [heading, verbs] = ['## System calls', '`install`, `uninstall` and `doctor` make'];
  const serving = new Set(namesIn(heading, verbs));
  const all = new Set([...serving, ...namesIn(verbs, '## Tested on')]);
  const not = (seen: Set<string>, listed: Set<string>) => [...seen].filter((name) => !listed.has(name));

  test('of what is run by hand, and with a table of its own', () => {
    const seen = callsOf([], 'doctor', '--json');
    expect(not(seen, all)).toEqual([]);
    if (!root) return;
    const served = callsOf(['unshare', '--net'], '--stdio', '--as-root', '--enable-conntrack');
    expect(not(served, serving)).toEqual([]);
    if (existsSync(installRoot)) return void skipped('system calls of install', 'one is installed here already');
    const done = [callsOf([], 'install', '--group', 'nogroup'), callsOf([], 'uninstall')];
    expect(done.flatMap((calls) => not(calls, all))).toEqual([]);
    expect(existsSync(installRoot)).toBe(false);
  });

  test('are among those that docs/privileges.md lists', async () => {
    const log = join(scratch(), 'strace');
    const { connect } = await import('node:net');
    const child = spawn('strace', [
      '-f',
      '-o',
      log,
      helperFile(),
      '--stdio',
      ...(root ? ['--as-root'] : ['--features', 'route,inetDiag,tcpDestroy,counters,listeners']),
    ]);
    const client = HelperClient.connected(
      (await import('node:stream')).Duplex.from({ readable: child.stdout, writable: child.stdin }),
    );
    await client.hello(20_000);
    const server = createServer((s) => s.resume());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const s = connect((server.address() as { port: number }).port, '127.0.0.1');
    await new Promise((resolve) => s.once('connect', resolve));
    const local = { address: s.localAddress as string, port: s.localPort as number };
    const remote = { address: s.remoteAddress as string, port: s.remotePort as number };
    client.send({ cmd: 'counters', trigger: 'begin' }, { cmd: 'watch', id: 'c', local, remote });
    client.send(
      { cmd: 'configure', intervalMs: 10 },
      { cmd: 'sample', id: 'c', trigger: 'x' },
      { cmd: 'counters', trigger: 'end' },
      { cmd: 'capture', icmp: true },
    );
    const said: { t: string; id?: string; trigger?: string; final?: boolean }[] = [];
    client.listen({ message: (m) => said.push(m as (typeof said)[number]) });
    await client.settled(20_000);
    // An interval in which something was sent, and the end.
    await until('figures at an interval', () => {
      s.write('x');
      return said.some((m) => m.t === 'sample' && m.trigger === 'interval');
    });
    s.end();
    await until('the last figures', () => said.some((m) => m.t === 'sample' && m.final));
    server.close();
    client.close();
    await new Promise((resolve) => child.once('exit', resolve));
    const seen = callsIn(log);
    expect(not(seen, serving)).toEqual([]);
    expect(seen.size).toBeGreaterThan(10);
    expect(execFileSync('grep', ['-c', 'open', log], { encoding: 'utf8' })).not.toBe('0\n');
  });
});
