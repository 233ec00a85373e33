/**
 * What a host leaves behind when it is killed: its spool folder. TLS secrets in it are deleted by the traced programs
 * (src/hook/sockets/tlsKeys.ts) or by the next start of Net Trace; the event lines are kept for a day, as a trace can
 * be recovered from them.
 */
import * as fs from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { isAlive } from './folders';
import { isSecretFile } from './keyFiles';
import { ownUid, readOwnFile } from './ownFiles';

const nameOfSpool = /^nettrace-spool-(\d+)-\w{6}$/;
const keptMs = 86_400_000;
/** A host whose process number means nothing here (in a container) still changes the time of this file, each second. */
export const aliveFile = 'alive';
const silentMs = 30_000;

/** Names of all spools of this user, as the temporary folder of the next start may be another. */
const registry = (): string => resolve(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nettrace', 'spools');

/** Never fails: then a spool is found only in its temporary folder. */
export async function register(folder: string): Promise<void> {
  try {
    await fs.mkdir(registry(), { recursive: true, mode: 0o700 });
    await fs.writeFile(join(registry(), basename(folder)), folder, { flag: 'wx', mode: 0o600 });
  } catch {
    // No home to write in.
  }
}

export async function unregister(folder: string): Promise<void> {
  await fs.rm(join(registry(), basename(folder)), { force: true }).catch(() => {});
}

export interface Leftover {
  folder: string;
  /** When something was written there last, ms. */
  at: number;
  /** Files with TLS secrets. */
  secrets: string[];
}

/** Spools of this user whose host is dead. */
export async function leftovers(now = Date.now()): Promise<Leftover[]> {
  const temporary = tmpdir();
  const names = await fs.readdir(temporary).catch(() => []);
  const inTemporary = names.filter((name) => nameOfSpool.test(name)).map((name) => join(temporary, name));
  const registered: string[] = [];
  for (const name of await fs.readdir(registry()).catch(() => [])) {
    const folder = (await readOwnFile(join(registry(), name)))?.toString('utf8');
    if (folder !== undefined && basename(folder) === name) registered.push(folder);
  }
  const found: Leftover[] = [];
  for (const folder of new Set([...inTemporary, ...registered])) {
    const pid = Number(nameOfSpool.exec(basename(folder))?.[1]);
    if (!Number.isSafeInteger(pid) || isAlive(pid)) continue;
    const stat = await fs.lstat(folder).catch(() => undefined);
    if (stat === undefined) await unregister(folder);
    if (!stat?.isDirectory() || (ownUid !== undefined && stat.uid !== ownUid)) continue;
    const sign = await fs.lstat(join(folder, aliveFile)).catch(() => undefined);
    if (sign !== undefined && now - sign.mtimeMs < silentMs) continue;
    const files = await fs.readdir(folder).catch(() => []);
    const secrets = files.filter(isSecretFile).map((name) => join(folder, name));
    found.push({ folder, at: stat.mtimeMs, secrets });
  }
  return found;
}

/** Called at each start of Net Trace. Returns the number of deleted files. Never rejects. */
export async function deleteSecretsLeft(now = Date.now()): Promise<number> {
  const files = (await leftovers(now)).flatMap(({ secrets }) => secrets);
  await deleteAll(files);
  return files.length;
}

/** As well the spools that nobody wrote to for a day. Never rejects. */
export async function sweepSpoolFolders(now = Date.now()): Promise<void> {
  for (const { folder, at, secrets } of await leftovers(now)) {
    await deleteAll(now - at > keptMs ? [folder] : secrets);
    if (now - at > keptMs) await unregister(folder);
  }
}

async function deleteAll(paths: readonly string[]): Promise<void> {
  // Another host may be faster.
  for (const path of paths) await fs.rm(path, { recursive: true, force: true }).catch(() => {});
}
