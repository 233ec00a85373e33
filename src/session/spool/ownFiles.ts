/**
 * Files in folders in which a traced program, or another program of this user, may have put anything: a pipe that nobody
 * writes to, a link to another file, a device. They are opened without waiting and without following a link, and looked
 * at before they are read; what is written is made again under a name that nobody can know before.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';

/** Our user's number; undefined where the system has none (Windows: the profile's folders are private already). */
export const ownUid = process.getuid?.();

/** Windows has neither links that a plain user can make nor pipes in folders, and lacks both constants. */
const readFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** More than any file that Net Trace's processes write for each other. */
const maxBytes = 16 * 1024 * 1024;

const isOwn = (stat: Stats): boolean => stat.isFile() && (ownUid === undefined || stat.uid === ownUid);
const isOwnAlone = (stat: Stats): boolean => isOwn(stat) && (ownUid === undefined || (stat.mode & 0o022) === 0);

/** Opens the user's own regular file for reading. Rejects if it cannot be opened; undefined if it is anything else. */
export async function openOwnFile(path: string): Promise<{ file: fs.FileHandle; stat: Stats } | undefined> {
  const file = await fs.open(path, readFlags);
  try {
    const stat = await file.stat();
    if (isOwn(stat)) return { file, stat };
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return undefined;
}

/** Text of the user's own regular file that nobody else can write; undefined if it is missing or anything else. */
export async function readOwnFile(path: string): Promise<Buffer | undefined> {
  const opened = await openOwnFile(path).catch(() => undefined);
  if (opened === undefined) return undefined;
  try {
    return isOwnAlone(opened.stat) && opened.stat.size <= maxBytes ? await opened.file.readFile() : undefined;
  } finally {
    await opened.file.close();
  }
}

/** As `readOwnFile`, at once. */
export function readOwnFileSync(path: string): Buffer | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, readFlags);
    const stat = fstatSync(fd);
    return isOwnAlone(stat) && stat.size <= maxBytes ? readFileSync(fd) : undefined;
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/**
 * Size and at most the last `bytes` bytes of the user's own regular file; undefined if it is missing or anything else.
 */
export function readOwnEndSync(path: string, bytes: number): { text: Buffer; size: number } | undefined {
  let fd: number;
  try {
    fd = openSync(path, readFlags);
  } catch {
    return undefined;
  }
  try {
    const stat = fstatSync(fd);
    if (!isOwn(stat)) return undefined;
    const text = Buffer.alloc(Math.min(stat.size, bytes));
    const read = readSync(fd, text, 0, text.length, stat.size - text.length);
    return { text: text.subarray(0, read), size: stat.size };
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}

/** Replaces the file as a whole, in one step; only this user can read it. */
export function writeWhole(folder: string, name: string, value: object): void {
  const draft = join(folder, `.${name}.${randomBytes(8).toString('hex')}`);
  writeFileSync(draft, JSON.stringify(value), { mode: 0o600, flag: 'wx' });
  try {
    renameSync(draft, join(folder, name));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
