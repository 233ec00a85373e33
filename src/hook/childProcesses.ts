/**
 * Child processes that would lose the hook, as they get a NODE_OPTIONS of their own. One that was replaced gets ours in
 * front of it, where it would be had it been set before the program was started. A shell whose command sets the variable finds
 * a `node` first on its PATH that adds ours (src/session/program/shim.ts). What was cleared on purpose stays so. A child that may be
 * lost is written as a `child` line: the session says so if it never reports. So is each worker thread, whose environment
 * is not to be seen.
 *
 * Node publishes asynchronous spawns on a channel, and all synchronous ones (spawnSync, execSync, execFileSync) go through
 * one function of its binding, so that nothing has to be loaded before the program loads it.
 */
import { preloadIn, separated } from './nodeOptions';
import { cutText, line, maskedArguments } from './output/json';
import { push } from './output/queue';
import { apply, existsSync } from './runtime/builtins';
import { now, us } from './runtime/clock';
import { guarded, parts } from './runtime/guard';
import { bindingOf, whenSeen } from './runtime/nodeModules';
import { subscribe } from './runtime/patches';
import { type AnyFunction, wrap } from './runtime/wrap';

/** What `ChildProcess.prototype.spawn` is given. */
interface SpawnOptions {
  file?: unknown;
  args?: unknown;
  envPairs?: unknown;
}

interface Plan {
  options: SpawnOptions;
  /** Absent: nothing to write. */
  why?: 'replaced' | 'cleared' | 'script';
}

const isShell = /^(?:sh|bash|dash|zsh|ksh|ash|env)$/;
const isNode = /^node(?:js)?[\d.]*(?:\.exe)?$/i;
/** A command that sets the variable, or that starts with its own environment. */
const setsOptions = /\bNODE_OPTIONS=|\benv +-/;
const variable = 'NODE_OPTIONS=';

/** The option that loads the hook, as written in NODE_OPTIONS, and the session's folder. */
let preload = '';
let spool = '';
let seen = false;

/** A program that was attached to has no preload that its children could lose. */
export function installChildren(folder: string): void {
  spool = folder;
  preload = preloadIn(process.env.NODE_OPTIONS ?? '', __dirname) ?? '';
  if (preload === '') return;
  whenSeen('child_process', () => {
    subscribe('child_process', onChild as never);
    const binding = bindingOf('spawn_sync');
    if (binding) wrap(binding, 'spawn', (original) => syncSpawn(original));
  });
  whenSeen('worker_threads', () => subscribe('worker_threads', onWorker as never));
}

/** One with an environment of its own may not have the hook: the session says so if it never reports. Not on Node 18. */
const onWorker = guarded(parts.children, 'children.worker', ({ worker }: { worker: { threadId: number } }) => {
  const { threadId } = worker;
  push(line({ k: 'child', at: us(now()), pid: process.pid, threadId, argv: [], why: 'worker' }));
});

const syncSpawn = (original: AnyFunction): AnyFunction =>
  function spawn(this: unknown, options: SpawnOptions) {
    const found = planned(options);
    const result = apply(original, this, [found?.options ?? options]) as { pid?: number } | undefined;
    // The number of a process that could not be started is 0.
    if (found?.why !== undefined) report(result?.pid || undefined, found);
    return result;
  };

const onChild = guarded(parts.children, 'children', ({ process: child }: { process: object }) => {
  if (seen) return;
  seen = true;
  // Published when the object is made: its own `spawn` is called next.
  wrap(
    Object.getPrototypeOf(child) as object,
    'spawn',
    (original) =>
      function spawn(this: { pid?: number }, options: SpawnOptions) {
        const found = planned(options);
        const result: unknown = apply(original, this, [found?.options ?? options]);
        if (found?.why !== undefined) report(this.pid, found);
        return result;
      },
  );
});

const planned = guarded(parts.children, 'children.spawn', (options: SpawnOptions): Plan | undefined => {
  const { file, envPairs } = options;
  if (typeof file !== 'string' || !isTexts(envPairs)) return undefined;
  const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  const node = isNode.test(name) || file === process.execPath;
  const at = envPairs.findIndex((pair) => pair.startsWith(variable));
  const value = at < 0 ? '' : (envPairs[at] as string).slice(variable.length);
  const apart = separated(value, preload);
  if (preloadIn(apart, __dirname) !== undefined) {
    if (apart !== value.replace(/^ +/, '')) return { options: withPair(options, envPairs, at, `${variable}${apart}`) };
    if (!isShell.test(name) || !setsOptions.test(wordsOf(options).join(' '))) return undefined;
    return { options: withShim(options, envPairs, `${spool}/bin`), why: 'script' };
  }
  if (value.trim() !== '' && envPairs.includes(`NETTRACE_SPOOL=${spool}`)) {
    const changed = withPair(options, envPairs, at, `${variable}${preload} ${value}`);
    return { options: changed, ...(node ? { why: 'replaced' } : {}) };
  }
  return node ? { options, why: 'cleared' } : undefined;
});

/** The program's own objects stay as they are. */
function withPair(options: SpawnOptions, pairs: readonly string[], at: number, pair: string): SpawnOptions {
  const copy = [...pairs];
  copy[at] = pair;
  return { ...options, envPairs: copy };
}

/** The session puts the folder there where it can be of use: not on Windows, not where programs may not be started. */
function withShim(options: SpawnOptions, pairs: readonly string[], folder: string): SpawnOptions {
  const at = pairs.findIndex((pair) => pair.startsWith('PATH='));
  if (at < 0 || !existsSync(`${folder}/node`)) return options;
  return withPair(options, pairs, at, `PATH=${folder}:${(pairs[at] as string).slice('PATH='.length)}`);
}

const report = guarded(parts.children, 'children.report', (pid: number | undefined, { options, why }: Plan): void => {
  if (pid === undefined) return; // it could not be started
  const argv = maskedArguments(wordsOf(options)).slice(0, 32);
  push(line({ k: 'child', at: us(now()), pid, argv: argv.map((word) => cutText(word, 256)), why }));
});

const isTexts = (v: unknown): v is string[] => Array.isArray(v) && v.every((x) => typeof x === 'string');
const wordsOf = ({ args }: SpawnOptions): string[] => (isTexts(args) ? args : []);
