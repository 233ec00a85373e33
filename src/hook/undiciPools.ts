/**
 * Waiting in a pool of undici: while all its connections are busy, a pool keeps what it was given, and makes the request
 * only when one is free. Call site and instant are those of the program's call, so they are taken at `dispatch` and
 * handed on with the handler, which is the one thing that both calls have.
 */
import module from 'node:module';
import { watchRetries } from './attempts';
import { apply } from './builtins';
import { type Entered, entered, entry, frameGone, roomForFrame } from './callsite';
import { guarded, parts } from './faults';
import { link, linked } from './hidden';
import { type AnyFunction, wrap } from './wrap';

const part = parts.undici;
const cache = (module as unknown as { _cache: Record<string, { exports?: unknown } | undefined> })._cache;

/** `file` is that of the copy's Request class; copies in a bundle have none of their own and stay as they are. */
export const watchPools = guarded(part, 'undici.pools', (file: string): void => {
  const root = /^(.*[\\/])core[\\/]request\.js$/.exec(file)?.[1];
  if (root === undefined) return;
  // Its name before undici 6.
  for (const name of ['retry-handler.js', 'RetryHandler.js']) {
    const retry = cache[`${root}handler/${name}`]?.exports as { prototype?: object } | undefined;
    if (retry?.prototype) watchRetries(retry.prototype);
  }
  // A folder of its own since undici 6.
  for (const folder of [`${root}dispatcher/`, root]) {
    const base = cache[`${folder}dispatcher-base.js`]?.exports as { prototype?: object } | undefined;
    const pools = cache[`${folder}pool-base.js`]?.exports as { PoolBase?: { prototype: object } } | undefined;
    if (!base?.prototype || !pools?.PoolBase) continue;
    const { prototype } = pools.PoolBase;
    const key = Object.getOwnPropertySymbols(prototype).find((s) => s.description === 'dispatch');
    if (key === undefined) return;
    wrap(base.prototype, 'dispatch', dispatching);
    // Between the two undici 7 puts another handler in place of the program's; undici 6 calls this one past its prototype.
    wrap(prototype, key, (one) => handing(one, true));
    return;
  }
});

function dispatching(original: AnyFunction): AnyFunction {
  const handed = handing(original);
  const fresh = entry(handed, false);
  return function dispatch(this: unknown, ...args: unknown[]) {
    const outer = entered.by;
    const earlier = entryOf(args[1]);
    const room = roomForFrame();
    try {
      if (earlier !== undefined) entered.by = earlier;
      else if (outer === undefined || outer.made !== undefined) return apply(fresh, this, args);
      return apply(handed, this, args);
    } finally {
      entered.by = outer;
      if (room !== 0) frameGone(room);
    }
  };
}

function handing(original: AnyFunction, isPool = false): AnyFunction {
  return function (this: unknown, ...args: unknown[]) {
    const by = entered.by;
    if (isPool && by !== undefined) by.pool = this;
    const handler = args[1];
    const noted = by !== undefined && !by.fetch && by.made === undefined && note(handler, by) === true;
    const room = roomForFrame();
    try {
      return apply(original, this, args);
    } finally {
      // A handler that is used again (to retry) makes a request of its own.
      if (noted && by.made !== undefined) note(handler, undefined);
      if (room !== 0) frameGone(room);
    }
  };
}

/** Most connections that a pool may have; 0: no limit, or not known. */
export const limitOf = guarded(part, 'undici.limit', (pool: unknown): number => {
  if (typeof pool !== 'object' || pool === null) return 0;
  // One of the pool's own fields; a Client has none, it is one connection.
  const key = Object.getOwnPropertySymbols(pool).find((s) => s.description === 'connections');
  const limit = key === undefined ? 0 : (pool as Record<symbol, unknown>)[key];
  return typeof limit === 'number' ? limit : 0;
});

const note = guarded(part, 'undici.hand', (handler: unknown, by: Entered | undefined): boolean => {
  if (typeof handler !== 'object' || handler === null) return false;
  link(handler, by);
  return true;
});

/** The call that gave this handler to a pool, where no request has been made of it yet. */
const entryOf = guarded(part, 'undici.handed', (handler: unknown): Entered | undefined => {
  if (typeof handler !== 'object' || handler === null) return undefined;
  const by = linked<Entered>(handler);
  return by?.made === undefined ? by : undefined;
});
