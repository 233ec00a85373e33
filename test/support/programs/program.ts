import { type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import type { NetworkBreakpoint } from '../../../src/model/lines/breakpoints';
import type { RequestControl } from '../../../src/model/lines/control';
import type { NodeVersion } from './nodes';

export interface RunOptions {
  args?: readonly string[];
  /** Arguments of Node itself, before the program. */
  execArgv?: readonly string[];
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** Fields of NETTRACE_CONF beside those that every run has. */
  conf?: Readonly<Record<string, unknown>>;
  /** Trace rules in force; default: one for everything. */
  requests?: readonly RequestControl[];
  /** Network breakpoints that are armed; default: none. */
  breakpoints?: readonly NetworkBreakpoint[];
  /** A script of the test's own that is preloaded before all else, the hook too. */
  before?: string;
  /** Command that gets the whole command line as arguments (a namespace, npm); default: none. */
  wrap?: readonly string[];
  /** It gets a pipe as its input; default: none. */
  stdin?: true;
  /** Runs at the child's start: to kill it, to write to it. */
  started?: (child: ReturnType<typeof spawn>) => void;
  timeoutMs?: number;
  /** Instants of this run are compared with those of another process: the run reports how late both were. */
  compared?: boolean;
}

/** How a program ended, with all it wrote. */
export interface Ending {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly pid: number;
}

/** The test runner's own variables are no business of the programs. */
export function cleanEnvironment(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of ['PATH', 'HOME', 'LANG', 'TMPDIR', 'USER']) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/** Runs a command to its end; kills it after `timeoutMs` (default 20 s), which shows as its signal. */
export function runCommand(
  command: readonly string[],
  options: RunOptions,
  env: Record<string, string>,
): Promise<Ending> {
  const [file = '', ...args] = command;
  const settings: SpawnOptions = {
    env,
    stdio: [options.stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    ...(options.cwd ? { cwd: options.cwd } : {}),
  };
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, settings);
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 20_000);
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (d: string) => {
      stdout += d;
    });
    child.stderr?.setEncoding('utf8').on('data', (d: string) => {
      stderr += d;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ stdout, stderr, code, signal, pid: child.pid ?? 0 });
    });
    options.started?.(child);
  });
}

/**
 * Node 18 and 20 compile all of the WebAssembly that `fetch` loads a second time, with optimization, before the process
 * can end: 50 ms of processor time. Later versions compile what is called often only. Both runs, with and without the
 * hook, get the option. Other programs do not: with an option of V8, Node compiles its own modules again, 15 ms.
 */
export function engineOptions(node: NodeVersion, program: string): string[] {
  if (node.major >= 22 || !statSync(program, { throwIfNoEntry: false })?.isFile()) return [];
  return readFileSync(program, 'utf8').includes('fetch(') ? ['--liftoff-only'] : [];
}

export const commandOf = (node: NodeVersion, program: string, o: RunOptions): string[] => [
  ...(o.wrap ?? []),
  node.binary,
  ...engineOptions(node, program),
  ...(o.execArgv ?? []),
  program,
  ...(o.args ?? []),
];

/** NODE_OPTIONS as a session would set them: the hook in front of what is the user's. */
export function nodeOptions({ before, env }: RunOptions, hook?: string): { NODE_OPTIONS?: string } {
  const preloads = [before, hook].flatMap((path) => (path === undefined ? [] : `--require ${path}`));
  const all = [...preloads, ...(env?.NODE_OPTIONS === undefined ? [] : [env.NODE_OPTIONS])];
  return all.length === 0 ? {} : { NODE_OPTIONS: all.join(' ') };
}

/** Runs a program as its user would, without tracing. */
export function runPlain(node: NodeVersion, program: string, options: RunOptions = {}): Promise<Ending> {
  const env = { ...cleanEnvironment(), ...options.env, ...nodeOptions(options) };
  return runCommand(commandOf(node, program, options), options, env);
}

/** Line (from 1) of the call with `// @<mark>` after it or on the line above: where its call site must be. */
export function lineOf(program: string, mark: string): number {
  const lines = readFileSync(program, 'utf8').split('\n');
  const at = lines.findIndex((l) => new RegExp(`// @${mark}(\\s|$)`).test(l));
  if (at < 0) throw new Error(`${program} has no mark @${mark}`);
  return lines[at]?.trim().startsWith('//') ? at + 2 : at + 1;
}
