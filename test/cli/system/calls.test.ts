/**
 * What Net Trace asks of the kernel, by strace: the command and the session in it, the hook in the traced program, its
 * worker and its child. No connection of their own, files written in their own folders only, and nothing read but what
 * is listed here.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratch } from '../../../src/session/testing/scratch';
import { repository } from '../../support/programs/nodes';
import { cleanEnvironment, runCommand } from '../../support/programs/program';
import { Nettrace, programs } from '../testing/nettrace';
import { accessesOf, addressesOf, namesOf, type Process, strace, whyNoStrace } from './strace';

const noStrace = whyNoStrace();
const nettrace = new Nettrace();
const program = join(programs, 'system.cjs');
const node = process.execPath;
const bundles = ['extension.cjs', 'work.cjs', 'hook.cjs', 'cli.cjs'];

/** What Node, V8 and the C library read in any program. */
const ofNode =
  /^(?:\/proc\/(?:self\/|meminfo$|cpuinfo$|stat$|version_signature$|sys\/vm\/)|\/sys\/|\/(?:usr\/)?lib|\/etc\/(?:ld\.so|ssl\/|localtime$)|\/dev\/(?:null|tty|pts\/)|\/usr\/share\/(?:zoneinfo|locale))/;
/** Settings of name servers, which Node’s `dns` reads when it is loaded; that nothing is asked of them is seen by the addresses. */
const ofNames = /^\/etc\/(?:resolv|nsswitch|host)\.conf$|^\/etc\/hosts$/;
/** What the host looks at besides: the machine’s start, and which processes belong to the program. */
const ofHost =
  /^\/proc\/(?:sys\/kernel\/random\/boot_id$|\d+(?:\/(?:cmdline|stat|status|task|comm|environ|cwd|exe)(?:\/|$)|$))/;

/** Calls that the hook adds: its folder is listed, paths are made whole, kept code moved into place, who the parent is, processor time. */
const addedByHook = [
  'getcwd',
  'getdents64',
  'getpeername',
  'getppid',
  'getrusage',
  'rename',
  'fchmod',
  'ftruncate',
  'unlink',
];
/** Calls that memory, threads and signals of V8 make or not, as they come. */
const ofEngine =
  /^(?:madvise|munmap|mremap|mprotect|futex|sched_yield|rt_sigreturn|restart_syscall|brk|membarrier|clock_\w+|epoll_\w+|write|writev|read|readv|pread64|lseek|close|exit|exit_group|tgkill)$/;
/** What no part of the command may call: it is not there to listen, to connect or to become someone else. */
const refused =
  /^(?:connect|listen|accept4?|sendmsg|sendmmsg|set(?:res|re)?[ug]id|setgroups|ptrace|mount|umount2?|bpf|perf_event_open|init_module|unshare|setns|chroot|symlink(?:at)?|link(?:at)?|mknod(?:at)?|process_vm_\w+)$/;

const isIn = (path: string, folder: string) => path === folder || path.startsWith(folder + sep);
const commandOf = (all: readonly Process[], ...words: string[]): Process => {
  const found = all.find(({ command }) => words.every((word) => command.includes(word)));
  if (found === undefined)
    throw new Error(`no process ${words.join(' ')}: ${all.map((one) => one.command).join('\n')}`);
  return found;
};

/** The command, the program, its child; `folder` is where files are saved. */
async function traced(options: readonly string[]) {
  const folder = scratch();
  const log = strace();
  const result = await nettrace.run(['run', ...options, '--', node, program], { wrap: log.wrap, cwd: folder });
  expect(result.code, result.stderr).toBe(0);
  expect(result.stderr).toContain('6 requests');
  const all = log.processes();
  return { folder, all, ...split(all) };
}

function split(all: readonly Process[]) {
  const ofProgram = all.filter(({ command }) => command.includes('system.cjs"') && !command.includes('nettrace.cjs'));
  return { main: commandOf(ofProgram, 'system.cjs"]'), child: commandOf(ofProgram, 'system.cjs", "http') };
}

/** Of the one process there was, which had no address and called nothing refused. */
function quietCalls(all: readonly Process[]): Process['calls'] {
  const started = all.filter(({ command }) => command !== '');
  expect(started).toHaveLength(1);
  const [{ calls }] = started as [Process];
  expect(addressesOf(calls)).toEqual([]);
  expect([...namesOf(calls)].filter((name) => refused.test(name))).toEqual([]);
  return calls;
}

async function plain() {
  const log = strace();
  const env = { ...cleanEnvironment(), TZ: 'UTC', TMPDIR: nettrace.home, XDG_CACHE_HOME: join(nettrace.home, 'cache') };
  const { code, stdout } = await runCommand([...log.wrap, node, program], { cwd: scratch() }, env);
  expect([code, stdout]).toEqual([0, 'hello\n']);
  return split(log.processes());
}

describe.skipIf(noStrace)('system calls', () => {
  // All that the hook can record without a permission.
  const everything = ['--headers', 'values', '--bodies', '10000', '--stacks', '--sockets', '--incoming'];

  test('of the traced program: the same addresses as without the hook, and the spool', async () => {
    const bare = await plain();
    const run = await traced(everything);
    for (const part of ['main', 'child'] as const) {
      const [without, withHook] = [bare[part], run[part]];
      // As many sockets, connections and binds, to the same places.
      expect(addressesOf(withHook.calls).sort()).toEqual(addressesOf(without.calls).sort());
      const names = namesOf(without.calls);
      const added = [...namesOf(withHook.calls)].filter((name) => !names.has(name) && !ofEngine.test(name));
      expect(added.filter((name) => !addedByHook.includes(name))).toEqual([]);
      const files = accessesOf(withHook.calls, run.folder);
      const known = new Set(accessesOf(without.calls, run.folder).map(({ path }) => path));
      const own = (path: string) => isIn(path, nettrace.home) || ofNode.test(path);
      expect(files.filter(({ path, isWritten }) => !own(path) && (isWritten || !known.has(path)))).toEqual([]);
      // Its lines, and the engine's code of the hook beside the hook; what is there of the run’s settings is only read.
      const written = files.filter(({ path, isWritten }) => isWritten && path !== '/dev/null').map(({ path }) => path);
      expect(written.length).toBeGreaterThan(0);
      expect(
        written.filter(
          (path) =>
            !/\/nettrace-spool-[\w-]+\/\d+-\d+-\d+\.\d+\.jsonl$/.test(path) &&
            !/\/nettrace-hook-\w+\/code-[\w.-]+$/.test(path),
        ),
      ).toEqual([]);
      expect(written.some((path) => path.endsWith('.jsonl'))).toBe(true);
    }
  });

  test('of the command and its session: no connection, no listener, files where they belong', async () => {
    const { folder, all } = await traced([...everything, '-o', 'a.nettrace.json', '-o', 'b.har', '-o', 'c.otlp.json']);
    const command = commandOf(all, 'nettrace.cjs');
    // Addresses of the own interfaces are asked of the kernel, which is no connection.
    expect(new Set(addressesOf(command.calls))).toEqual(new Set(['socket AF_NETLINK NETLINK_ROUTE']));
    expect([...namesOf(command.calls)].filter((name) => refused.test(name))).toEqual([]);
    const files = accessesOf(command.calls, folder);
    const install = join(nettrace.bin, '..');
    const read = (path: string) =>
      [install, folder, nettrace.home].some((place) => isIn(path, place)) ||
      path === program ||
      path === node ||
      ofNode.test(path) ||
      ofNames.test(path) ||
      ofHost.test(path);
    expect(files.filter(({ path, isWritten }) => !isWritten && !read(path))).toEqual([]);
    const written = files.filter(({ path, isWritten }) => isWritten && !/^\/dev\/(?:null|tty)$/.test(path));
    expect(written.filter(({ path }) => !isIn(path, folder) && !isIn(path, nettrace.home))).toEqual([]);
    const saved = new Set(written.map(({ path }) => path).filter((path) => isIn(path, folder)));
    const named = ['a.nettrace.json', 'b.har', 'c.otlp.json'].map((name) => join(folder, name));
    for (const path of named) expect(saved).toContain(path);
    // Else only drafts, which are moved into place.
    expect([...saved].filter((path) => !named.includes(path) && !/\/\.nettrace-[\w-]+(?:\.tmp)?$/.test(path))).toEqual(
      [],
    );
    // It starts the program, and nothing else.
    const started = all.filter((one) => one !== command && one.command !== '').map((one) => one.command);
    expect(started.filter((text) => !text.includes('system.cjs'))).toEqual([]);
  });

  test('of commands that read a trace: nothing but this trace, nothing written, nothing started', async () => {
    const { folder } = await traced(['-o', 'a.nettrace.json']);
    writeFileSync(join(folder, 'rules.yml'), 'version: 1\nrules:\n  - id: few\n    assert: { count: "<= 100" }\n');
    for (const args of [
      ['show', 'a.nettrace.json'],
      ['check', 'rules.yml', 'a.nettrace.json'],
      ['diff', 'a.nettrace.json', 'a.nettrace.json'],
    ]) {
      const log = strace();
      const { code, stderr } = await nettrace.run(args, { wrap: log.wrap, cwd: folder });
      expect(code, stderr).toBe(0);
      const files = accessesOf(quietCalls(log.processes()), folder);
      expect(files.some(({ path }) => path === join(folder, 'a.nettrace.json'))).toBe(true);
      const places = [join(nettrace.bin, '..'), folder, nettrace.home];
      const isKnown = (path: string) => places.some((place) => isIn(path, place)) || path === node || ofNode.test(path);
      expect(files.filter(({ path }) => !isKnown(path))).toEqual([]);
      // The engine's code of the command itself is kept in the cache.
      const written = files.filter(({ path, isWritten }) => isWritten && !path.startsWith('/dev/'));
      expect(written.filter(({ path }) => !isIn(path, nettrace.home))).toEqual([]);
    }
  });

  // Without VS Code itself, whose own connections would be seen with it: what the extension does when it is started.
  test('of the extension when it is activated: no connection, no listener, nothing started, nothing written elsewhere', async () => {
    const folder = scratch();
    execFileSync(node, [join(repository, 'scripts/build.mjs'), '--out', join(folder, 'dist'), ...bundles], {
      env: cleanEnvironment(),
    });
    const log = strace();
    const args = [join(folder, 'dist/extension.cjs'), join(folder, 'storage'), join(repository, 'package.json')];
    const env = { ...cleanEnvironment(), TMPDIR: nettrace.home, XDG_CACHE_HOME: join(nettrace.home, 'cache') };
    const command = [...log.wrap, node, join(programs, 'extensionHost.cjs'), ...args];
    const { code, stdout, stderr } = await runCommand(command, { cwd: folder }, env);
    expect(code, stderr).toBe(0);
    expect(Number(/^activated: (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(0);
    const files = accessesOf(quietCalls(log.processes()), folder);
    const isKnown = (path: string) =>
      [folder, nettrace.home, repository].some((place) => isIn(path, place)) || path === node || ofNode.test(path);
    expect(files.filter(({ path }) => !isKnown(path) && !ofNames.test(path))).toEqual([]);
    const written = files.filter(({ path, isWritten }) => isWritten && !path.startsWith('/dev/'));
    const own = [join(folder, 'storage'), nettrace.home];
    expect(written.filter(({ path }) => !own.some((place) => isIn(path, place)))).toEqual([]);
  });

  // Without this the lists above could be empty because nothing is seen.
  test('a connection and a file elsewhere are seen', async () => {
    const log = strace();
    const elsewhere = join(scratch(), 'x');
    const code = `require('fs').writeFileSync(${JSON.stringify(elsewhere)}, '');
      require('net').connect(9, '127.0.0.1').on('error', () => {});`;
    await runCommand([...log.wrap, node, '-e', code], {}, cleanEnvironment());
    const [one] = log.processes();
    expect(addressesOf(one?.calls ?? [])).toContain('connect AF_INET 127.0.0.1');
    expect(accessesOf(one?.calls ?? [], '/')).toContainEqual(
      expect.objectContaining({ path: elsewhere, isWritten: true }),
    );
  });
});
