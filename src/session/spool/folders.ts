/**
 * Where a session keeps its two things on disk: the spool (secret: what the program sent where) and the copy of the
 * hook that the program loads. Both may be in a folder that other users can write to (/tmp), so each is created by the
 * session or checked for its owner before use: a planted hook would run inside the user's program.
 */
import { lstatSync, mkdirSync, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ownUid } from './ownFiles';

/** A new empty folder that only this user can enter. */
export async function makeSpoolFolder(): Promise<string> {
  const folder = await fs.mkdtemp(resolve(tmpdir(), `nettrace-spool-${process.pid}-`)); // the program may change folders
  await fs.chmod(folder, 0o700); // mkdtemp obeys the umask, which may take the owner's own rights away
  return folder;
}

/** True while a process with this id exists, of any user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * The folder for the hook's copies: the first that can be made, is ours alone to write, and has a plain path. Plain
 * because NODE_OPTIONS is read again by tools that know neither quotes nor escapes (Electron, Parcel). If no place has a
 * plain path the first usable one is taken, quoted.
 */
export async function hookHome(asked?: string, say?: (notice: string) => void): Promise<string> {
  const places = asked === undefined ? defaultPlaces() : [resolve(asked)];
  let spaced: string | undefined;
  let reason: unknown;
  for (const place of places) {
    try {
      await ownFolder(place);
    } catch (error) {
      reason ??= error;
      continue;
    }
    if (isPlain(place)) return place;
    spaced ??= place;
  }
  if (spaced !== undefined) return spaced;
  const why = reason instanceof Error ? reason.message : String(reason);
  const own = asked === undefined ? await privateHome().catch(() => undefined) : undefined;
  if (own === undefined) throw new Error(`no folder for the hook: ${why}`);
  say?.(`${why}; the hook is placed in ${own} instead.`);
  return own;
}

/**
 * A folder under a name that nobody can know before, so that no other user can have it already. It stays, as programs that
 * outlive their run start others with the hook, and is found again by the next run.
 */
async function privateHome(): Promise<string> {
  for (const name of await fs.readdir(tmpdir())) {
    if (!/^nettrace-home-\w{6}$/.test(name)) continue;
    const folder = resolve(tmpdir(), name);
    if (
      await ownFolder(folder).then(
        () => true,
        () => false,
      )
    )
      return folder;
  }
  const folder = await fs.mkdtemp(resolve(tmpdir(), 'nettrace-home-'));
  await fs.chmod(folder, 0o755);
  return folder;
}

function defaultPlaces(): string[] {
  const shared = resolve(tmpdir(), ownUid === undefined ? 'nettrace' : `nettrace-${ownUid}`);
  // root's home is closed to others, but a program that root starts may become another user and start Node again:
  // there a preload that cannot be read would keep that program from starting.
  if (ownUid === 0) return [shared];
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const local = process.env.LOCALAPPDATA;
  const own = resolve(process.platform === 'win32' && local ? local : cache, 'nettrace');
  return [own, shared];
}

export function isPlain(path: string): boolean {
  return /^[\w@%+=:,./\\~-]+$/.test(path);
}

/**
 * Makes the folder if it is not there, and proves it ours: a real folder, owned by us, not writable by others. Readable by
 * others, as it holds nothing but the published hook and must be loaded by children that run as another user.
 */
export async function ownFolder(path: string): Promise<void> {
  await fs.mkdir(path, { recursive: true, mode: 0o755 }).catch(async (error: NodeJS.ErrnoException) => {
    // Of a read-only disk a recursive mkdir says that the path does not exist; a plain one has the reason.
    if (error.code === 'ENOENT') await fs.mkdir(path, { mode: 0o755 });
    else throw error;
  });
  const problem = problemOf(await fs.lstat(path));
  if (problem !== undefined) throw new Error(`${path} ${problem}`);
}

/** The folder of `hookHome` for what one command may lose at any time; undefined where no place is ours alone to write. */
export function cacheFolder(): string | undefined {
  return defaultPlaces().find((place) => {
    try {
      mkdirSync(place, { recursive: true, mode: 0o755 });
      return problemOf(lstatSync(place)) === undefined;
    } catch {
      return false;
    }
  });
}

function problemOf(stat: Stats): string | undefined {
  if (ownUid === undefined) return undefined;
  if (!stat.isDirectory()) return 'is not a folder';
  if (stat.uid !== ownUid) return 'belongs to another user';
  if ((stat.mode & 0o022) !== 0) return 'can be written by other users';
  if ((stat.mode & 0o700) !== 0o700) return 'is not writable';
  return undefined;
}
