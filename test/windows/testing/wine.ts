/**
 * Programs of Windows under wine. Its standard streams must be files: what a program writes to a pipe of the host does not
 * arrive. What wine cannot show is in docs/platforms.md.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratch } from '../../../src/session/testing/scratch';
import { repository } from '../../support/programs/nodes';
import { cleanEnvironment } from '../../support/programs/program';

/** The wrapper `wine` asks for 32-bit parts that nothing here needs. */
const wine = '/usr/lib/wine/wine64';

/** Node for Windows, by its major version: those that run under this wine. */
export const majors = [20, 22] as const;
export const nodeOf = (major: number): string =>
  join(repository, `test/windows/node_modules/node${major}/bin/node.exe`);

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

let home: string | undefined;

/** Runs `node.exe ARGS` in a folder. */
export function runNode(
  major: number,
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Record<string, string> },
): Promise<Ended> {
  // One for all runs of a file: its first start takes seconds.
  home ??= scratch('wine');
  const output = scratch('output');
  const files = ['stdout', 'stderr'].map((name) => join(output, name));
  const [out, err] = files.map((file) => openSync(file, 'w')) as [number, number];
  const child = spawn(wine, [nodeOf(major), ...args], {
    cwd,
    stdio: ['ignore', out, err],
    env: {
      ...cleanEnvironment(),
      WINEPREFIX: join(home, 'prefix'),
      WINEARCH: 'win64',
      WINEDEBUG: '-all',
      // wine says that it is an older Windows.
      NODE_SKIP_PLATFORM_CHECK: '1',
      ...env,
    },
  });
  for (const fd of [out, err]) closeSync(fd);
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('exit', (code) => {
      const [stdout, stderr] = files.map((file) => readFileSync(file, 'utf8')) as [string, string];
      resolve({ code, stdout, stderr });
    });
  });
}

/** As Windows sees a path of the host. */
export const onDrive = (path: string): string => `Z:${path.replaceAll('/', '\\')}`;
