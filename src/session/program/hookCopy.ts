/**
 * The hook is loaded from a copy named by its content, not from where the product is installed: the path has no space,
 * an update of the product does not change the file under a program that still starts children, and two versions can be
 * in use at once.
 */
import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hookHome, ownFolder } from '../spool/folders';
import { readOwnFile } from '../spool/ownFiles';
import { hookLoader } from './hookLoader';

/** Copies the hook to its place, once for each content. Returns the path to preload. `say`: what the user should know. */
export async function installHook(
  hookFile: string,
  cacheFolder?: string,
  say?: (notice: string) => void,
): Promise<string> {
  const main = await fs.readFile(hookFile);
  // What the hook loads from beside itself: always, and only when it is asked to.
  const requests = await fs.readFile(join(dirname(hookFile), 'requests.cjs')).catch(() => undefined);
  const resolver = await fs.readFile(join(dirname(hookFile), 'resolver.cjs')).catch(() => undefined);
  const hash = createHash('sha256')
    .update(hookLoader)
    .update(main)
    .update(requests ?? '')
    .update(resolver ?? '')
    .digest('hex')
    .slice(0, 16);
  const folder = join(await hookHome(cacheFolder, say), `nettrace-hook-${hash}`);
  await ownFolder(folder);
  await place(folder, 'main.cjs', main);
  if (requests) await place(folder, 'requests.cjs', requests);
  if (resolver) await place(folder, 'resolver.cjs', resolver);
  const entry = await place(folder, 'hook.cjs', Buffer.from(hookLoader));
  // Forward slashes serve on every system and need no escape.
  return process.platform === 'win32' ? entry.replaceAll('\\', '/') : entry;
}

/**
 * Writes the file atomically, so that a program that starts at the same time (or another session) never reads half of
 * it.
 */
async function place(folder: string, name: string, content: Buffer): Promise<string> {
  const path = join(folder, name);
  if ((await readOwnFile(path))?.equals(content)) return path;
  const draft = `${path}.${process.pid}-${randomBytes(6).toString('hex')}`;
  try {
    await fs.writeFile(draft, content, { flag: 'wx', mode: 0o644 });
    await fs.chmod(draft, 0o644); // whatever the umask: children that run as another user must be able to load it
    await fs.rename(draft, path);
  } finally {
    await fs.rm(draft, { force: true });
  }
  return path;
}
