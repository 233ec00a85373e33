/**
 * The hook leaves a program that goes on. It writes what is known, reports what still runs as cut, and then removes its
 * patches, subscriptions, globals, descriptor, timers and variables. What cannot be removed is inert: private fields on
 * objects of the program, wrappers that the program has kept, the hook's code until it is collected.
 */
import { ends } from './ends';
import { withoutPreload } from './nodeOptions';
import { line } from './output/json';
import { betweenWrites, flush, push, stopQueue } from './output/queue';
import { closeSpool } from './output/spool';
import { ErrorClass, module } from './runtime/builtins';
import { now, us } from './runtime/clock';
import { hasLeft, removeAll } from './runtime/patches';
import { leaveContext } from './sites/labels';

/** Never throws. `reason`: why it has to leave. */
export function uninstall(reason = 'detached'): void {
  if (!hasLeft()) betweenWrites(() => leave(reason));
}

function leave(reason: string): void {
  if (hasLeft()) return;
  try {
    flush();
    ends.leaveBodies();
    push(line({ k: 'ctl', at: us(now()), enabled: [], reason }));
    flush();
  } catch {
    // The program goes on as it would without us: the rest of the removal matters more than the last lines.
  }
  for (const step of [
    removeAll,
    leaveContext,
    stopQueue,
    closeSpool,
    removeGlobals,
    restoreError,
    forgetPaths,
    restoreEnvironment,
  ]) {
    try {
      step();
    } catch {
      // Likewise.
    }
  }
}

/** Node before 22 has no such property until somebody sets it, as the hook does for a moment. */
const hadPrepare = Object.hasOwn(ErrorClass, 'prepareStackTrace');

function restoreError(): void {
  if (!hadPrepare && ErrorClass.prepareStackTrace === undefined)
    Reflect.deleteProperty(ErrorClass, 'prepareStackTrace');
}

/** Node remembers where it found the file. */
function forgetPaths(): void {
  const { _pathCache: paths } = module as unknown as { _pathCache?: Record<string, string> };
  for (const key of Object.keys(paths ?? {})) if (key.startsWith(__dirname)) delete paths?.[key];
}

function removeGlobals(): void {
  const world = globalThis as unknown as Record<symbol, unknown>;
  for (const name of ['nettrace.hook', 'nettrace.label']) delete world[Symbol.for(name)];
}

/** Children that are started from now on are not traced. */
function restoreEnvironment(): void {
  const { env } = process;
  for (const name of ['NETTRACE_SPOOL', 'NETTRACE_CONF']) delete env[name];
  const options = env.NODE_OPTIONS;
  if (options === undefined) return;
  const rest = withoutPreload(options, __dirname);
  if (rest === '') delete env.NODE_OPTIONS;
  else if (rest !== options) env.NODE_OPTIONS = rest;
}
