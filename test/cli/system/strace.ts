/** What a command and all that it starts ask of the kernel, by process: calls, files, addresses. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { scratch } from '../../../src/session/testing/scratch';

interface Call {
  readonly name: string;
  /** As strace writes it. */
  readonly rest: string;
}

/** A file that was opened to be written, made, moved, changed or removed; or one that was opened to be read. */
interface Access {
  readonly path: string;
  readonly isWritten: boolean;
  /** Of one that was created, without what the umask takes; of a folder too. */
  readonly mode?: number;
  /** It was not there before: what `mode` is of is this call’s. */
  readonly isNew?: boolean;
}

export interface Process {
  readonly pid: number;
  /** What it executed last, as strace writes the list of arguments; empty: it only was begun. */
  readonly command: string;
  /** After that. */
  readonly calls: readonly Call[];
}

/** Why there is no strace here, printed; where everything can be installed, that is a fault. */
export function whyNoStrace(): string | undefined {
  const why =
    process.platform !== 'linux'
      ? 'strace is for Linux'
      : spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0
        ? undefined
        : 'strace (Debian’s package) is not installed, or may not trace';
  if (why !== undefined && process.env.CI) throw new Error(why);
  if (why !== undefined) console.warn(`system calls: skipped, ${why}`);
  return why;
}

/** To be put before a command, and what it did once it has ended. */
export function strace(): { wrap: string[]; processes: () => Process[] } {
  const folder = join(scratch(), 'strace');
  mkdirSync(folder, { mode: 0o777 });
  return {
    wrap: ['strace', '-ff', '-qq', '-s', '400', '-o', join(folder, 'log')],
    processes: () => processesIn(folder),
  };
}

/** One file for each thread: those of a process are put together. */
function processesIn(folder: string): Process[] {
  const logs = new Map<number, Call[]>();
  for (const name of readdirSync(folder)) {
    const lines = readFileSync(join(folder, name), 'utf8').split('\n');
    const calls = lines.flatMap((line) => {
      const [, call, rest] = /^(\w+)\((.*)$/.exec(line) ?? [];
      return call === undefined ? [] : [{ name: call, rest: rest as string }];
    });
    logs.set(Number(name.slice('log.'.length)), calls);
  }
  const ofProcess = new Map<number, number>();
  for (const [id, calls] of logs)
    for (const { name, rest } of calls) {
      const thread = /CLONE_THREAD.* = (\d+)$/.exec(rest)?.[1];
      if (name.startsWith('clone') && thread !== undefined) ofProcess.set(Number(thread), id);
    }
  const owner = (id: number): number => {
    const next = ofProcess.get(id);
    return next === undefined ? id : owner(next);
  };
  const found: Process[] = [];
  for (const [pid, calls] of logs) {
    if (ofProcess.has(pid)) continue;
    const at = calls.findLastIndex(({ name, rest }) => name === 'execve' && rest.endsWith(' = 0'));
    const threads = [...logs].filter(([id]) => id !== pid && owner(id) === pid).flatMap(([, more]) => more);
    const command = /(\[.*\]), 0x/.exec(calls[at]?.rest ?? '')?.[1] ?? '';
    found.push({ pid, command, calls: [...calls.slice(at + 1), ...threads] });
  }
  return found;
}

export const namesOf = (calls: readonly Call[]): Set<string> => new Set(calls.map(({ name }) => name));

const changing = /^(?:mkdir|rmdir|unlink|rename|link|symlink|chmod|fchmodat|chown|fchownat|truncate|mknod)/;

/** Files that were there or were made; those that a call did not find are left out. */
export function accessesOf(calls: readonly Call[], cwd: string): Access[] {
  const all: Access[] = [];
  for (const { name, rest } of calls) {
    if (/ = -1 E/.test(rest)) continue;
    const paths = [...rest.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((m) => resolve(cwd, m[1] as string));
    const [path = ''] = paths;
    if (/^open(?:at2?)?$|^creat$/.test(name)) {
      const isWritten = /O_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND)/.test(rest);
      const mode = /O_(?:CREAT|TMPFILE)[^,]*, (0\d+)\)/.exec(rest)?.[1];
      const isNew = rest.includes('O_EXCL');
      all.push({ path, isWritten, ...(mode === undefined ? {} : { mode: Number.parseInt(mode, 8), isNew }) });
    } else if (changing.test(name)) {
      const mode = name.startsWith('mkdir') ? / (0\d+)\) += /.exec(rest)?.[1] : undefined;
      for (const one of paths)
        all.push({ path: one, isWritten: true, ...(mode === undefined ? {} : { mode: Number.parseInt(mode, 8) }) });
    }
  }
  return all;
}

/** Families of sockets, and where they were bound, connected or sent to; ports are left out. */
export function addressesOf(calls: readonly Call[]): string[] {
  return calls.flatMap(({ name, rest }) => {
    if (name === 'socket') return [`socket ${rest.split(',', 1)[0]} ${/NETLINK_\w+/.exec(rest)?.[0] ?? ''}`.trim()];
    if (!/^(?:connect|bind|sendto|sendmsg|sendmmsg)$/.test(name)) return [];
    const [, family] = /sa_family=(AF_\w+)/.exec(rest) ?? [];
    if (family === undefined || family === 'AF_NETLINK') return [];
    const address = /inet_addr\("([^"]+)"|inet_pton\(AF_INET6, "([^"]+)"|sun_path=(@?"[^"]*")/.exec(rest);
    return [`${name} ${family} ${address?.[1] ?? address?.[2] ?? address?.[3] ?? ''}`];
  });
}
