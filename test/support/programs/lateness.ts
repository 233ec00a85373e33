import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { RunOptions } from './program';

const preload = join(import.meta.dirname, 'eventLoopLateness.cjs');

/**
 * Options that make a program measure how late it is (event-loop-lateness.cjs), and what it and this process, which has the servers,
 * were late by together since: µs, to be added to what two processes' instants of one event may differ by.
 */
export function watchLateness(options: RunOptions): { options: RunOptions; done: () => number } {
  const folder = mkdtempSync(join(tmpdir(), 'nettrace-late-'));
  const file = join(folder, 'late');
  const own = monitorEventLoopDelay({ resolution: 5 });
  own.enable();
  const done = () => {
    own.disable();
    const ofProgram = Number(readFileSync(file, 'utf8'));
    rmSync(folder, { recursive: true });
    return Math.max(0, own.max / 1000 - 5000) + ofProgram;
  };
  const execArgv = ['--require', preload, ...(options.execArgv ?? [])];
  return { options: { ...options, execArgv, env: { ...options.env, TEST_LATENESS: file } }, done };
}
