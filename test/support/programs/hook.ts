import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { scratch } from '../../../src/session/testing/scratch';
import { repository } from './nodes';

/** Bundles the hook of this checkout into a temporary folder; the path of the file. */
export function bundleHook(): string {
  const outfile = join(scratch(), 'hook.cjs');
  buildSync({
    absWorkingDir: repository,
    entryPoints: ['src/hook/index.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node18',
  });
  return outfile;
}
