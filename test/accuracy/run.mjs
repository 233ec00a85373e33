/**
 * Measures the trace against packets and writes docs/accuracy.md: node test/accuracy/run.mjs [requests]. Needs root and
 * tcpdump; takes about five minutes, and wants a quiet machine.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', 'cases', 'test/cases/accuracy.test.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, ACCURACY: process.argv[2] ?? '100' },
});
process.exitCode = status ?? 1;
