/**
 * Files that a trace or a source map names. Whoever wrote it may have named a device, a pipe, or a share of another
 * computer: only regular files are read, only up to a size, and a share is not even looked at, as that alone would send
 * this user's name and the hash of the password to its server.
 */
import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';

/** A share of another computer, or a device of Windows (`\\.\pipe\x`). */
export const isRemote = (path: string): boolean => /^[\\/]{2}/.test(path);

/** The text of a regular file of at most so many bytes, else undefined. Never rejects, never waits for a writer. */
export async function readRegularFile(path: string, maxBytes: number): Promise<string | undefined> {
  let file: fs.FileHandle | undefined;
  try {
    // Looked at before it is opened: opening alone acts upon some devices.
    if (!(await fs.stat(path)).isFile()) return undefined;
    file = await fs.open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stat = await file.stat();
    return stat.isFile() && stat.size <= maxBytes ? await file.readFile('utf8') : undefined;
  } catch {
    return undefined;
  } finally {
    await file?.close().catch(() => {});
  }
}

/** Whether the file is below one of the folders, by its name and by where links lead. What is not by its name is not looked at. */
export async function isBelow(path: string, folders: readonly string[]): Promise<boolean> {
  const whole = resolve(path);
  const named = folders.filter((folder) => contains(resolve(folder), whole));
  if (named.length === 0) return false;
  const real = await fs.realpath(whole).catch(() => undefined);
  if (real === undefined) return false;
  const roots = await Promise.all(folders.map((folder) => fs.realpath(folder).catch(() => undefined)));
  return roots.some((root) => root !== undefined && contains(root, real));
}

function contains(folder: string, path: string): boolean {
  const rest = relative(folder, path);
  return rest !== '' && !/^\.\.(?:[\\/]|$)/.test(rest) && !isAbsolute(rest);
}
