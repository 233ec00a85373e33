/**
 * Builds native/nettrace-helper into dist/native/<platform>/, where there is a C compiler. Everything else works without.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The helper's path, or why there is none: `{ file }` or `{ reason }`. */
export function buildHelper() {
  if (process.platform !== 'linux') return { reason: `there is no helper for ${process.platform}` };
  if (!has('make')) return { reason: 'make is not installed' };
  const target = has('musl-gcc') ? 'musl' : has('cc') ? 'all' : undefined;
  if (target === undefined) return { reason: 'no C compiler is installed' };
  const made = spawnSync('make', ['-s', '-C', join(root, 'native'), target], { encoding: 'utf8' });
  if (made.status !== 0) return { reason: `it does not build:\n${made.stderr.trim().slice(-2000)}` };
  const from = join(root, 'native/build', target === 'musl' ? 'musl' : '', 'nettrace-helper');
  const file = join(root, 'dist/native', `linux-${process.arch}`, 'nettrace-helper');
  if (timeOf(file) >= timeOf(from)) return { file };
  mkdirSync(dirname(file), { recursive: true });
  // A running one cannot be written to, but replaced.
  const beside = `${file}.${process.pid}`;
  copyFileSync(from, beside);
  renameSync(beside, file);
  return { file };
}

const has = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

function timeOf(file) {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}
