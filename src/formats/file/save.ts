/**
 * Writes a file whole or not at all: the text goes to a temporary file in the same folder, is flushed to the disk, and
 * replaces the old file in one step. After any failure the old file is unchanged and the temporary one is deleted.
 */
import { randomBytes } from 'node:crypto';
import fs, { type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FormatError } from './error';

/** Characters gathered before a write. */
const batch = 1 << 20;

interface SaveOptions {
  /** Only this user may read the file, whatever stood there before. */
  private?: boolean;
}

/** `pieces` is called once the file can be written; what it throws leaves the old file as it was, too. */
export const saveAtomically = (
  path: string,
  pieces: () => Iterable<string | Uint8Array>,
  options: SaveOptions = {},
): Promise<void> => replaceAtomically(path, (_, file) => writeAll(file, pieces()), options);

/** `fill` writes the temporary file, by its name or its handle. */
export async function replaceAtomically(
  path: string,
  fill: (temporary: string, file: FileHandle) => Promise<void>,
  options: SaveOptions = {},
): Promise<void> {
  let temporary: string | undefined;
  try {
    const target = await targetOf(path);
    if (options.private) target.mode = 0o600;
    // Short whatever the target's name: a name of 255 bytes must stay possible.
    const name = join(dirname(target.path), `.nettrace-${randomBytes(6).toString('hex')}.tmp`);
    const file = await fs.open(name, 'wx', target.mode);
    temporary = name;
    try {
      await fill(name, file);
      // `open` applies the umask; a file that is replaced keeps the permissions it had.
      if (target.exists || options.private) await file.chmod(target.mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(name, target.path);
    temporary = undefined;
    await syncFolder(dirname(target.path));
  } catch (e) {
    if (temporary !== undefined) await fs.unlink(temporary).catch(() => undefined);
    throw e instanceof FormatError ? e.of(path) : new FormatError('file', writeText(e), { file: path, cause: e });
  }
}

/** The file's real path (symbolic links resolved) and permissions. */
async function targetOf(path: string): Promise<{ path: string; mode: number; exists: boolean }> {
  const link = await fs.lstat(path).catch(() => undefined);
  if (!link) return { path, mode: 0o666, exists: false };
  const real = await fs.realpath(path);
  const stats = await fs.stat(real);
  if (!stats.isFile())
    throw new FormatError(
      'file',
      `is ${stats.isDirectory() ? 'a folder' : 'no regular file'}. Give the name of a file.`,
    );
  return { path: real, mode: stats.mode & 0o777, exists: true };
}

async function writeAll(file: FileHandle, pieces: Iterable<string | Uint8Array>): Promise<void> {
  let waiting: (string | Uint8Array)[] = [];
  let size = 0;
  for (const piece of pieces) {
    waiting.push(piece);
    size += piece.length;
    if (size < batch) continue;
    await file.writeFile(joined(waiting));
    waiting = [];
    size = 0;
  }
  await file.writeFile(joined(waiting));
}

/** All text, or all bytes. */
function joined(pieces: readonly (string | Uint8Array)[]): string | Uint8Array {
  if (pieces.every((p) => typeof p === 'string')) return pieces.join('');
  return Buffer.concat(pieces.map((p) => (typeof p === 'string' ? Buffer.from(p) : p)));
}

/** So that the new name survives a power failure too; not possible everywhere, and not worth failing for. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await fs.open(path, 'r');
    await folder.sync().finally(() => folder.close());
  } catch {
    // Windows, and some network file systems, do not sync folders.
  }
}

/** What went wrong with writing, and what to do, in words. */
function writeText(e: unknown): string {
  const code = (e as NodeJS.ErrnoException | null)?.code;
  const kept = 'Nothing was changed: a file of that name is as it was.';
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return `could not be saved: no space is left on the disk (${code}). ${kept} Make room, or choose another disk.`;
    case 'EACCES':
    case 'EPERM':
      return `could not be saved: no right to write in that folder (${code}). ${kept} Choose another folder.`;
    case 'EROFS':
      return `could not be saved: the disk is read-only (${code}). ${kept} Choose another disk.`;
    case 'ENOENT':
    case 'ENOTDIR':
      return `could not be saved: the folder does not exist (${code}). ${kept} Make the folder, or choose another.`;
    case 'ENAMETOOLONG':
      return `could not be saved: the name is too long (${code}). ${kept} Choose a shorter name.`;
    case 'ELOOP':
      return `could not be saved: the name is a symbolic link that leads nowhere (${code}). ${kept} Choose another name.`;
    default:
      return `could not be saved: ${e instanceof Error ? e.message : String(e)}. ${kept}`;
  }
}
