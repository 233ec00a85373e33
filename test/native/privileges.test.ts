import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HelperClient } from '../../src/helper/client';
import { scratch } from '../../src/session/testing/scratch';
import { until } from '../support/clock';
import { asNobody, helperFile, nobody, skipped, whyNot } from './testing/helper';
import { Kernel, pair, Talker } from './testing/kernel';

const native = join(import.meta.dirname, '../../native');
const { version } = JSON.parse(readFileSync(join(native, '../package.json'), 'utf8')) as { version: string };
const installed = `/usr/local/libexec/nettrace/${version}/nettrace-helper`;
const why = whyNot('capabilities of the helper', { root: true, programs: ['setpriv'] });
const whySudo =
  whyNot('installing the helper', { root: true, programs: ['sudo', 'useradd', 'userdel', 'setpriv'] }) ??
  (existsSync(installed) ? 'one is installed here already' : undefined);
const whyArm = whyNot('the helper for arm64', { programs: ['aarch64-linux-gnu-gcc', 'qemu-aarch64'] });
const whyBpf = whyNot('programs of the kernel built anew', { programs: ['clang', 'bpftool'] }) ?? otherTools();

const tier0 = ['route', 'inetDiag', 'tcpDestroy', 'counters', 'listeners'];
const packets = ['capture', 'icmp'];
const events = [
  'states',
  'retransmits',
  'drops',
  'resets',
  'errors',
  'congestion',
  'udpErrors',
  'delays',
  'sizes',
  'queues',
];
const everything = [...tier0, ...packets, 'conntrack', ...events, 'traffic'];
/** A probe of user space: newer kernels want cap_sys_admin for it, which is given to nobody. */
const isRoots = ({ name }: { name: string }): boolean => name === 'lookups';

/** What setpriv runs itself still has root's rights to files. */
const between = ['sh', '-c', 'exec "$0" "$@"'];

describe.skipIf(why)('capabilities', () => {
  test.each([
    ['', tier0],
    ['net_raw', [...tier0, ...packets]],
    ['net_admin', [...tier0, 'conntrack']],
    ['net_raw,net_admin', [...tier0, ...packets, 'conntrack']],
    ['bpf', tier0],
    ['bpf,perfmon', [...tier0, ...events]],
    ['bpf,perfmon,net_admin', [...tier0, 'conntrack', ...events, 'traffic']],
    ['bpf,perfmon,net_admin,net_raw', everything],
  ])('%s: exactly what they allow, and none is left', async (set, expected) => {
    const caps =
      set === ''
        ? '-all'
        : set
            .split(',')
            .map((c) => `+${c}`)
            .join(',');
    const wrap = [
      ...asNobody,
      `--inh-caps=${set === '' ? '-all' : `-all,${caps}`}`,
      `--ambient-caps=${set === '' ? '-all' : `-all,${caps}`}`,
      `--bounding-set=${set === '' ? '-all' : `-all,${caps}`}`,
    ];
    using kernel = new Kernel({ wrap });
    const hello = await kernel.hello();
    expect(hello.uid).toBe(nobody);
    expect(
      hello.features
        .filter((f) => f.state === 'available' && !isRoots(f))
        .map((f) => f.name)
        .sort(),
    ).toEqual([...expected].sort());
    for (const f of hello.features)
      if (f.state !== 'available')
        expect(f, f.name).toMatchObject({ errno: 1, reason: expect.stringContaining('needs cap_') });
    const status = readFileSync(`/proc/${hello.pid}/status`, 'utf8');
    for (const name of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'])
      expect(status).toMatch(new RegExp(`^${name}:\\s+0{16}$`, 'm'));
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    expect((await kernel.settled()).t).toBe('stats');
  });
});

/** The file is the helper's; who runs it, and what it may, changes. */
describe.skipIf(whySudo)('installed by sudo', () => {
  const user = `nettest${process.pid}`;
  const rule = `/etc/sudoers.d/${user}`;
  let file: string;
  let uid = 0;
  let asUser: string[];

  beforeAll(() => {
    execFileSync('useradd', ['--no-create-home', '--shell', '/bin/sh', '--user-group', user]);
    uid = Number(execFileSync('id', ['-u', user], { encoding: 'utf8' }));
    // In a folder of the user's, as the extension's is.
    const folder = scratch();
    chmodSync(folder, 0o755);
    file = join(folder, 'nettrace-helper');
    copyFileSync(helperFile(), file);
    for (const f of [folder, file]) chownSync(f, uid, uid);
    chmodSync(file, 0o755);
    writeFileSync(rule, `${user} ALL=(root) NOPASSWD: ${file}, ${installed}\n`, { mode: 0o440 });
    asUser = ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--init-groups', ...between];
  });
  afterAll(() => {
    spawnSync(installed, ['uninstall']);
    rmSync(rule, { force: true });
    // Also while one of its programs is on its way out.
    spawnSync('userdel', ['--force', user]);
  });
  const run = (...command: string[]) => {
    const { status, stdout, stderr } = spawnSync(asUser[0] as string, [...asUser.slice(1), ...command], {
      encoding: 'utf8',
      cwd: '/',
    });
    return { status, out: stdout + stderr };
  };
  const doctor = (program: string) =>
    JSON.parse(run(program, 'doctor', '--json').out) as {
      advice?: string;
      installed: object;
      features: { name: string; state: string }[];
    };

  test('says before what it will do; without root, or for nobody, it does nothing', () => {
    const plan = run('sudo', '-n', file, 'install', '--dry-run');
    expect(plan).toMatchObject({ status: 0 });
    expect(plan.out).toContain(`Copies this program to ${installed}`);
    expect(plan.out).toContain(`owner root, group ${user}, mode 0750`);
    expect(plan.out).toContain('cap_net_raw,cap_net_admin,cap_bpf,cap_perfmon');
    expect(plan.out).toContain(`To undo: sudo ${installed} uninstall`);
    expect(run(file, 'install')).toMatchObject({ status: 5, out: expect.stringContaining('This needs root') });
    expect(spawnSync(file, ['install'], { env: {} }).status).toBe(2);
    expect(spawnSync(file, ['install', '--group', 'root'], { env: {} }).status).toBe(2);
    expect(spawnSync(file, ['install', '--group', 'no-such-group'], { env: {} }).status).toBe(2);
    expect(existsSync(installed)).toBe(false);
    expect(doctor(file)).toMatchObject({
      installed: { there: false },
      advice: expect.stringContaining('sudo nettrace-helper install'),
    });
  });

  test('its own group runs it with all features, others not at all; undone, nothing is left', async () => {
    expect(run('sudo', '-n', file, 'install')).toMatchObject({ status: 0 });
    expect(statSync(installed)).toMatchObject({ uid: 0, gid: uid, mode: 0o100750 });
    expect(readFileSync(file).equals(readFileSync(installed))).toBe(true);
    for (const folder of [join(installed, '..'), join(installed, '../..')])
      expect(statSync(folder)).toMatchObject({ uid: 0, mode: 0o040755 });
    const facts = { there: true, safe: true, usable: true };
    const capabilities = ['cap_net_raw', 'cap_net_admin', 'cap_bpf', 'cap_perfmon'];
    expect(doctor(file)).toMatchObject({
      installed: { ...facts, self: false, capabilities },
      advice: 'Use the installed copy.',
    });
    const own = doctor(installed);
    expect(own).toMatchObject({ installed: { ...facts, self: true } });
    expect(own).not.toHaveProperty('advice');
    expect(own.features.filter((f) => f.state !== 'available' && !isRoots(f))).toEqual([]);
    expect(run(installed, 'doctor').out).toMatch(/events of the kernel.*\n\s+states\s+works/);
    // As the extension starts it; what it opened works when no privilege is left.
    using kernel = new Kernel({ wrap: asUser, file: installed });
    const hello = await kernel.hello();
    expect(hello.uid).toBe(uid);
    expect(hello.features.map((f) => f.name).sort()).toEqual([...everything, 'lookups'].sort());
    expect(readFileSync(`/proc/${hello.pid}/status`, 'utf8')).toMatch(/^CapEff:\s+0{16}$/m);
    kernel.send({ cmd: 'capture' });
    await kernel.until('capturing', () => kernel.all('capture')[0]?.state === 'on');
    using theirs = new Talker(
      `const s = require('net').createServer((c) => c.resume().on('end', () => c.end('x'))).listen(0, '127.0.0.1', () => {
         const c = require('net').connect(s.address().port, '127.0.0.1', () => console.log(c.localPort, s.address().port));
         process.stdin.once('data', () => c.end('hello')); c.resume().on('close', () => { console.log('closed'); process.exit(); }); });`,
      asUser,
    );
    const [localPort = 0, remotePort = 0] = (await theirs.line()).split(' ').map(Number);
    kernel.watch(
      'c',
      { localAddress: '127.0.0.1', localPort, remoteAddress: '127.0.0.1', remotePort },
      { pid: theirs.pid },
    );
    theirs.writeLine('go');
    await kernel.until('its end', () => kernel.events('c', 'state').at(-1)?.to === 'close');
    await kernel.until('its bytes', () => kernel.all('traffic', 'c').at(-1));
    await kernel.until('packets', () => kernel.packets.length >= 8);
    expect(kernel.events('c', 'state')[0]).toMatchObject({ pid: theirs.pid });
    // Another user cannot run it, and root's connection is nobody's business.
    const foreign = spawnSync(asNobody[0] as string, [...asNobody.slice(1), ...between, installed, '--version'], {
      encoding: 'utf8',
    });
    expect(foreign.status).not.toBe(0);
    expect(foreign.stderr).toMatch(/Permission denied/);
    using mine = await pair();
    kernel.watch('mine', mine.ours);
    expect(await kernel.until('refused', () => kernel.all('failed', 'mine')[0])).toMatchObject({ errno: 1 });
    kernel.client.close();

    expect(run('sudo', '-n', installed, 'uninstall')).toMatchObject({ status: 0, out: `Removed ${installed}\n` });
    expect(existsSync(join(installed, '../..'))).toBe(false);
    expect(run('sudo', '-n', file, 'uninstall')).toMatchObject({ status: 0, out: 'Nothing was installed.\n' });
  });

  test('fewer capabilities on request; a folder that others can write to is refused', () => {
    expect(run('sudo', '-n', file, 'install', '--capabilities', 'cap_net_raw')).toMatchObject({ status: 0 });
    const found = doctor(installed);
    expect(
      found.features
        .filter((f) => f.state === 'available')
        .map((f) => f.name)
        .sort(),
    ).toEqual([...tier0, ...packets].sort());
    expect(found.advice).toContain('installed with fewer capabilities');
    expect(run('sudo', '-n', file, 'install', '--capabilities', 'cap_sys_admin')).toMatchObject({ status: 2 });
    expect(run('sudo', '-n', installed, 'uninstall').status).toBe(0);
    const folder = join(installed, '../..');
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    expect(run('sudo', '-n', file, 'install')).toMatchObject({
      status: 1,
      out: expect.stringContaining('others than root can change this folder'),
    });
    rmSync(folder, { recursive: true });
  });

  test('for one run: sudo starts it, it connects out to the user’s socket and serves that user', async () => {
    const folder = scratch();
    chownSync(folder, uid, uid);
    chmodSync(folder, 0o700);
    const socket = join(folder, 'socket');
    using host = new Talker(
      `process.umask(0o177); require('net').createServer((s) => { s.on('data', (d) => { console.log(d.subarray(5).toString()); s.end(); }); })
         .listen('${socket}', () => console.log('ready'));`,
      asUser,
    );
    expect(await host.line()).toBe('ready');
    expect(run('sudo', '-n', file, '--connect', socket)).toMatchObject({ status: 0 });
    const hello = JSON.parse(await host.line()) as { uid: number; features: { name: string; state: string }[] };
    expect(hello.uid).toBe(uid);
    expect(hello.features.filter((f) => f.state !== 'available')).toEqual([]);
  });
});

describe.skipIf(whyArm)('for arm64', () => {
  test('is built, says its version, and finds out what works where it runs', async () => {
    execFileSync('make', ['-s', '-C', native, 'arm64']);
    const file = join(native, 'build/arm64/nettrace-helper');
    const run = (...args: string[]) =>
      execFileSync('qemu-aarch64', [file, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    expect(run('--version').trim()).toBe(version);
    const found = JSON.parse(run('doctor', '--json')) as {
      version: string;
      machine: string;
      features: { name: string }[];
    };
    expect(found).toMatchObject({ version, machine: 'aarch64' });
    expect(found.features.map((f) => f.name).sort()).toEqual([...everything, 'lookups'].sort());
    expect(run('install', '--dry-run')).toContain(installed);
    // Frames, too.
    const start = join(scratch(), 'start');
    writeFileSync(start, `#!/bin/sh\nexec /usr/bin/env qemu-aarch64 ${file} "$@"\n`, { mode: 0o755 });
    const client = HelperClient.spawn(start, { features: ['counters'] });
    const hello = await client.hello(10_000);
    expect(hello).toMatchObject({ version, machine: 'aarch64' });
    client.close();
    await until('it has ended', () => client.ended);
    expect(client.ended).toMatchObject({ text: 'ended with code 0' });
  });
});

describe.skipIf(whyBpf)('programs of the kernel', () => {
  test('are what their sources give', () => {
    const made = spawnSync('make', ['-s', '-C', native, 'verify-bpf'], { encoding: 'utf8' });
    expect(made.stdout + made.stderr).toBe('');
    expect(made.status).toBe(0);
  });
});

/** The generated text is that of these versions. */
function otherTools(): string | undefined {
  const text = (command: string) => spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout ?? '';
  const same = text('clang').includes('clang version 14.') && text('bpftool').includes('v7.1.');
  return same ? undefined : skipped('programs of the kernel built anew', 'needs clang 14 and bpftool 7.1');
}
