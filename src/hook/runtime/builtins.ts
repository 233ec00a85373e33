/**
 * What the hook uses of the runtime, captured while the program has not run yet: fake timers, a mocked fs or a patched
 * JSON must not reach us. Nothing here loads a module that Node has not loaded by itself; `net`, `http` and the like are
 * patched when the program loads them (nodeModules.ts).
 */
// By name: with the whole module esbuild would copy its hundred properties.
import { Module as module } from 'node:module';

export const apply = Reflect.apply;

const { getBuiltinModule } = process as { getBuiltinModule?: (id: string) => unknown };
const { _load: loadModule } = module as unknown as {
  _load: (id: string, parent: undefined, isMain: boolean) => unknown;
};

/**
 * A module of Node's own, by Node's own function: what a program puts in front of `require` (a mock, a tool that patches
 * modules) neither sees that it is asked for nor answers in its place.
 */
export const nodeModule = (id: `node:${string}`): unknown =>
  getBuiltinModule?.(id) ?? apply(loadModule, module, [id, undefined, false]);

export const fs = nodeModule('node:fs') as typeof import('node:fs');
export const {
  openSync,
  writeSync,
  closeSync,
  fstatSync,
  existsSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  unlinkSync,
  constants: fsConstants,
} = fs;
export const stringify = JSON.stringify;
export const parse = JSON.parse;
export const ErrorClass = Error;
export const byteLength = Buffer.byteLength;
export const setTimer = setTimeout;
export const clearTimer = clearTimeout;
/** An unref'd timer, so that nothing is woken for it: Node keeps the list that it was in, and wakes for that, unless it is ref'd. */
export const forgetTimer = (timer: NodeJS.Timeout | undefined): void => clearTimer(timer?.ref());
export const setSoon = setImmediate;
export const nextTick = process.nextTick;
export const hrtime = process.hrtime.bigint;
/** Seconds and ns; takes a third of the time of the other. */
export const hrtimeParts: () => [number, number] = process.hrtime;
export const killProcess = process.kill;
export const wallClock = Date.now;
export const pid = process.pid;
export const syncExports = module.syncBuiltinESMExports;
export const { findSourceMap } = module;
export { module };
/** CommonJS modules by the path of their file. */
export const moduleCache = (module as unknown as { _cache?: object })._cache;

const resolved = Promise.resolve();
const { then } = Promise.prototype;
/** `then` itself, for promises of Node's own. */
export const promiseThen = then;
export const PromiseClass = Promise;
/** Runs `f` as a promise job; not through `resolved.then`, which the program may have replaced. */
export const afterJobs = (f: () => void): void => {
  apply(then, resolved, [f]);
};

/** Major version of Node; a runtime that only looks like Node counts as 0. */
export const nodeMajor = Number.parseInt(process.versions.node ?? '0', 10) || 0;

/**
 * Loading `node:worker_threads` costs a main thread 2 ms of its start; a worker has it loaded already. In a worker Node
 * puts functions that throw, marked so, in place of what only a main thread may do.
 */
export const inWorker = [process.abort, process.chdir].some((f) => (f as { disabled?: unknown }).disabled === true);
export const threadId = inWorker
  ? (require('node:worker_threads') as typeof import('node:worker_threads')).threadId
  : 0;
