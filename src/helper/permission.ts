/**
 * Giving the helper its permissions, and taking them back: which command does it, and what it does. The text of what is
 * installed is the helper's own, so that what is shown is what is done.
 */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { version } from '../../package.json';
import { posixWord } from '../model/base/quoting';
import { bundledFile, installFolder, locateHelper } from './locate';

const run = promisify(execFile);

/** Where `install` puts this version's helper. */
export const installedFile = join(installFolder, version, 'nettrace-helper');

/** The one that came with us. `folder`: that of our bundles. */
export const bundledHelper = (folder: string): string => bundledFile(folder, process.arch);

/** Whether there is an installed one that is used. */
export async function isInstalled(folder: string): Promise<boolean> {
  const found = await locateHelper(folder);
  return 'file' in found && found.installed;
}

/** What `install` would do, line by line. Rejects if the helper does not run. `file`: the one that came with us. */
export async function installText(file: string): Promise<string> {
  const { stdout } = await run(file, ['install', '--dry-run'], { env: {}, cwd: '/', timeout: 5000 });
  return stdout.trim();
}

export const uninstallText = `Removes the installed helper of each version from ${installFolder}, and the folder if it is empty then.
Nothing else was changed by installing it. Net Trace goes on with what needs no permission.`;

/** For a shell. `sudo`: who runs it is not root. */
export const installCommand = (file: string, sudo: boolean): string =>
  `${sudo ? 'sudo ' : ''}${posixWord(file)} install`;

export const uninstallCommand = (sudo: boolean): string =>
  `${sudo ? 'sudo ' : ''}${posixWord(installedFile)} uninstall`;

/** Whether a program of this name can be run. */
export async function isOnPath(name: string, path = process.env.PATH ?? ''): Promise<boolean> {
  for (const folder of path.split(delimiter).filter((f) => f !== '')) {
    if (
      await access(join(folder, name), constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return true;
  }
  return false;
}
