/** Where the helper is: the installed one, which has privileges, before the one that came with us, which has none. */
import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { version } from '../../package.json';

export type Located = { file: string; installed: boolean } | { missing: 'platform' | 'noHelper'; detail: string };

/** Where `install` puts it. Root's alone, so that nobody else can put something there. */
export const installFolder = '/usr/local/libexec/nettrace';
const name = 'nettrace-helper';

export interface Places {
  platform?: string;
  arch?: string;
  installed?: string;
}

export const bundledFile = (folder: string, arch: string): string => join(folder, 'native', `linux-${arch}`, name);

/** `folder`: that of our bundles, which contains `native/`. */
export async function locateHelper(folder: string, places: Places = {}): Promise<Located> {
  const { platform = process.platform, arch = process.arch } = places;
  if (platform !== 'linux') return { missing: 'platform', detail: `There is no helper for ${platform}.` };
  const installed = join(places.installed ?? installFolder, version, name);
  if ((await isRoots(installed)) && (await canRun(installed))) return { file: installed, installed: true };
  const bundled = bundledFile(folder, arch);
  if (await canRun(bundled)) return { file: bundled, installed: false };
  return { missing: 'noHelper', detail: `${bundled} is not there, or cannot be run.` };
}

/** Owned by root, as is its folder, and writable by nobody else. */
async function isRoots(file: string): Promise<boolean> {
  try {
    for (const path of [file, join(file, '..')]) {
      const about = await fs.stat(path);
      if (about.uid !== 0 || (about.mode & 0o022) !== 0) return false;
    }
    return true;
  } catch {
    return false;
  }
}

async function canRun(file: string): Promise<boolean> {
  try {
    await fs.access(file, constants.X_OK);
    return (await fs.stat(file)).isFile();
  } catch {
    return false;
  }
}
