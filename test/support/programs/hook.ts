import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { scratch } from '../../../src/session/testing/scratch';
import { hookFile } from './run';

/** Copies the built hook into a temporary folder, where no helper is beside it; the path of the file. */
export function hookAlone(): string {
  const folder = scratch();
  for (const name of ['hook.cjs', 'requests.cjs', 'resolver.cjs'])
    copyFileSync(join(dirname(hookFile), name), join(folder, name));
  return join(folder, 'hook.cjs');
}
