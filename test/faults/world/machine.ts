/** What this machine allows. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NotRun } from './scenario';

/** Runs the rest of its arguments in a mount namespace of its own, after this script. */
export const mounted = (script: string): string[] => ['unshare', '-m', 'sh', '-c', `${script} && exec "$@"`, 'sh'];

/** Absent: mounts can be made. */
export function withoutMounts(): NotRun | undefined {
  const { status } = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']);
  return status === 0 ? undefined : { notRun: 'mounts in a namespace of its own need root and util-linux on Linux' };
}

/** Absent: another user can be taken. */
export function withoutUsers(): NotRun | undefined {
  const { status } = spawnSync('setpriv', ['--reuid=65534', '--clear-groups', 'true']);
  return status === 0 ? undefined : { notRun: 'another user can be taken by root only, with setpriv' };
}

/** The library that steps the clock of one process. */
export const faketime = (): string | undefined =>
  ['x86_64-linux-gnu', 'aarch64-linux-gnu']
    .map((arch) => `/usr/lib/${arch}/faketime/libfaketimeMT.so.1`)
    .find((file) => existsSync(file));

/** Descriptors that one process may have. */
export const descriptors = (): number =>
  Number(spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).stdout.trim()) || 1024;

/** A cgroup with a bound of memory; `undefined` where none can be made. */
export class MemoryGroup {
  readonly #folder: string;
  readonly #peak: string;

  private constructor(folder: string, peak: string) {
    this.#folder = folder;
    this.#peak = join(folder, peak);
  }

  static create(bytes: number): MemoryGroup | undefined {
    const name = `nettrace-faults-${process.pid}`;
    for (const [base, limit, peak] of [
      ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes', 'memory.max_usage_in_bytes'],
      ['/sys/fs/cgroup', 'memory.max', 'memory.peak'],
    ] as const) {
      const folder = join(base, name);
      try {
        mkdirSync(folder);
      } catch {
        continue;
      }
      try {
        writeFileSync(join(folder, limit), String(bytes));
        readFileSync(join(folder, peak));
        return new MemoryGroup(folder, peak);
      } catch {
        rmdirSync(folder);
      }
    }
    return undefined;
  }

  /** Runs the rest of its arguments in the group. */
  get words(): string[] {
    return ['sh', '-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', this.#folder];
  }

  /** Most bytes that were in use since the last call. */
  peak(): number {
    const bytes = Number(readFileSync(this.#peak, 'utf8'));
    try {
      writeFileSync(this.#peak, '0');
    } catch {
      // The second version of cgroups keeps the peak of all.
    }
    return bytes;
  }

  remove(): void {
    rmdirSync(this.#folder);
  }
}
