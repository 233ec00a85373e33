/** The files asked for with -o: proved before the program starts, written after it has ended. */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import {
  formatOf,
  hasSqlite,
  isLossless,
  isPacketFile,
  noSqlite,
  packetSuffix,
  type Spill,
  suffixes,
  writeTrace,
} from '../../formats';
import { alternatives, messageOf } from '../../model/base/text';
import type { Trace } from '../../model/records';
import type { Saved, SaveResult } from '../summary/saved';
import { UsageError } from '../terminal/say';

/** The paths, absolute. Throws UsageError for the first that will not do: better now than after an hour's run. */
export async function proveOutputs(asked: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  const files = new Set<string>();
  for (const name of asked) {
    const path = resolve(name);
    if (formatOf(name) === undefined && !isPacketFile(name)) {
      const known = alternatives([...Object.values(suffixes), packetSuffix]);
      throw new UsageError(`${name}: unknown file extension. Use ${known}.`);
    }
    if (formatOf(name) === 'database' && !hasSqlite()) throw new UsageError(`${name}: ${noSqlite}`);
    const real = await realPath(path);
    if (files.has(real)) throw new UsageError(`${name} is given twice.`);
    await proveWritable(name, path);
    files.add(real);
    paths.push(path);
  }
  return paths;
}

/** The file behind links; what is not there yet, by its folder. */
async function realPath(path: string): Promise<string> {
  const target = await fs.readlink(path).catch(() => undefined);
  const file = target === undefined ? path : resolve(dirname(path), target);
  const whole = await fs.realpath(file).catch(() => undefined);
  return whole ?? join(await fs.realpath(dirname(file)).catch(() => dirname(file)), basename(file));
}

async function proveWritable(name: string, path: string): Promise<void> {
  const there = await fs.stat(path).catch(() => undefined);
  if (there && !there.isFile()) throw new UsageError(`${name} is not a regular file.`);
  // A rename into place needs the folder, so the folder is tried as it will be used.
  const probe = join(dirname(path), `.nettrace-${randomUUID()}`);
  try {
    await (await fs.open(probe, 'wx', 0o600)).close();
  } catch (error) {
    throw new UsageError(`${name} cannot be written: ${await reasonOf(error, dirname(path))}.`);
  } finally {
    await fs.rm(probe, { force: true }).catch(() => {});
  }
}

async function reasonOf(error: unknown, folder: string): Promise<string> {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      // Some folders are there, but no file can be made in them: /proc.
      return (await fs.stat(folder).catch(() => undefined)) === undefined
        ? `the folder ${folder} does not exist`
        : `no file can be made in ${folder}`;
    case 'ENOTDIR':
      return `${folder} is not a folder`;
    case 'EACCES':
    case 'EPERM':
      return `no right to write in ${folder}`;
    case 'EROFS':
      return `${folder} is read-only`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `no space is left in ${folder}`;
    default:
      return messageOf(error);
  }
}

/** `spill`: what was let go of the trace. `before` is called with each path before it is written. */
export async function saveAll(
  trace: Trace,
  paths: readonly string[],
  spill: Spill | undefined,
  before: (path: string) => void = () => {},
): Promise<SaveResult> {
  const options = spill ? { spill } : {};
  const files: Saved[] = [];
  for (const path of paths) {
    before(path);
    try {
      await writeTrace(trace, path, options);
      files.push({ path, bytes: (await fs.stat(path)).size });
    } catch (error) {
      files.push({ path, error: messageOf(error) });
    }
  }
  if (!files.some((f) => f.error !== undefined)) return { files };
  const whole = files.find((f) => f.error === undefined && isLossless(f.path));
  const kept = whole?.path ?? (await keepElsewhere(trace, options));
  return kept === undefined ? { files } : { files, kept };
}

/** What was recorded must not be lost to a full disk: any other place that takes it will do. */
async function keepElsewhere(trace: Trace, options: { spill?: Spill }): Promise<string | undefined> {
  const stamp = trace.beginTime.slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  const name = `trace-${stamp}-${trace.id.slice(0, 8)}${suffixes.native}`;
  for (const folder of [tmpdir(), homedir(), process.cwd(), '/var/tmp', '/dev/shm']) {
    try {
      const path = join(folder, name);
      await writeTrace(trace, path, options);
      return path;
    } catch {
      // Next place.
    }
  }
  return undefined;
}
