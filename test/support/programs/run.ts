import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentOf } from '../../../src/model/document';
import { controlFileName } from '../../../src/model/lines/control';
import type { Trace } from '../../../src/model/records';
import { newHeader, Store } from '../../../src/model/store/store';
import { installHook } from '../../../src/session/program/hookCopy';
import { nowUs } from '../clock';
import { watchLateness } from './lateness';
import { type NodeVersion, repository } from './nodes';
import { cleanEnvironment, commandOf, type Ending, nodeOptions, type RunOptions, runCommand } from './program';
import { foldSpool, readSpool, type SpoolLine } from './spool';

export const hookFile = join(repository, 'dist/hook.cjs');
if (!existsSync(hookFile)) throw new Error('dist/hook.cjs is missing: npm run build');
/** Where the tests' copy of the hook is, and what V8 compiled of it: sessions that are given it start faster. */
export const hookFolder = join(tmpdir(), 'hooks');
/** What programs preload: the hook as a session puts it in its place. */
export const preloaded = await installHook(hookFile, hookFolder);

export interface TracedRun extends Ending {
  readonly trace: Trace;
  readonly store: Store;
  /** Every line of every spool file, in order of file and place. */
  readonly lines: readonly SpoolLine[];
  /** µs on CLOCK_MONOTONIC of the trace's instant 0: adds to instants to compare them with a server's. */
  readonly zero: number;
  /** µs by which an instant here may differ from the server's of the same event; 0 unless `compared`. */
  readonly lateness: number;
}

/** The environment that loads the hook, with the user's own NODE_OPTIONS kept. */
export function hookEnvironment(
  spool: string,
  options: RunOptions,
  trace: string = randomUUID(),
): Record<string, string> {
  const conf = { v: 1, trace, enabled: [randomUUID()], callSites: 'all', headers: 'off', ...options.conf };
  return {
    ...cleanEnvironment(),
    ...options.env,
    ...nodeOptions(options, preloaded),
    NETTRACE_SPOOL: spool,
    NETTRACE_CONF: JSON.stringify(conf),
  };
}

/** Runs a program with the hook and folds its spool into a trace. */
export async function runTraced(node: NodeVersion, program: string, given: RunOptions = {}): Promise<TracedRun> {
  const { options, done } = given.compared ? watchLateness(given) : { options: given, done: () => 0 };
  const spool = mkdtempSync(join(tmpdir(), 'nettrace-spool-'));
  try {
    const zero = Math.floor(nowUs());
    const anchor = { time: new Date().toISOString(), monotonicNs: `${zero}000` };
    const store = new Store(newHeader(randomUUID(), anchor, { name: 'test', version: '0' }));
    const env = hookEnvironment(spool, options, store.header.id);
    if (options.requests || options.breakpoints) {
      const { requests = [{ id: 'all', condition: '' }], breakpoints = [] } = options;
      const control = { v: 1, generation: 1, requests, breakpoints };
      writeFileSync(join(spool, controlFileName), JSON.stringify(control));
    }
    const ending = await runCommand(commandOf(node, program, options), options, env);
    const lines = readSpool(spool);
    foldSpool(store, lines, ending);
    return { ...ending, store, trace: documentOf(store), lines, zero, lateness: done() };
  } finally {
    rmSync(spool, { recursive: true, force: true });
  }
}

/** A part of the hook that switched itself off, as its line says. */
export interface Fault {
  k: string;
  part: string;
  message: string;
}

export const faultsOf = (run: TracedRun): Fault[] =>
  run.lines.filter(({ text }) => text.includes('"reason":"fault"')).map(({ text }) => JSON.parse(text));
