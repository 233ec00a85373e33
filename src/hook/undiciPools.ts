/**
 * Waiting in a pool of undici: while all its connections are busy, a pool keeps what it was given, and makes the request
 * only when one is free. Call site and instant are those of the program's call, so they are taken at `dispatch` and
 * handed on with the handler, which is the one thing that both calls have.
 */
import module from 'node:module';
import { watchRetries } from './attempts';
import { apply } from './builtins';
import { type Entered, entered, entry } from './callsite';
import { guarded, parts } from './faults';
import { link, linked } from './hidden';
import { whenRemoved } from './patches';
import { beginRequest } from './request';
import { frameGone, roomForFrame } from './room';
import { ownSignal } from './timers';
import type { Copy } from './undiciCopies';
import { UndiciRecord, type UndiciRequest } from './undiciRecord';
import { type AnyFunction, wrap } from './wrap';

const part = parts.undici;
const cache = (module as unknown as { _cache: Record<string, { exports?: unknown } | undefined> })._cache;

/** `file` is that of the copy's Request class; copies in a bundle have none of their own and stay as they are. */
export const watchPools = guarded(part, 'undici.pools', (file: string, copy: () => Copy | undefined): void => {
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
    wrap(prototype, key, (one) => handing(one, copy));
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
      if (earlier !== undefined) {
        entered.by = earlier;
        if (earlier !== outer) earlier.isLate = true;
      } else if (outer === undefined || outer.made !== undefined) return apply(fresh, this, args);
      return apply(handed, this, args);
    } finally {
      entered.by = outer;
      if (room !== 0) frameGone(room);
    }
  };
}

/** `copyOf`: it is that of a pool, which may keep the request for later. */
function handing(original: AnyFunction, copyOf?: () => Copy | undefined): AnyFunction {
  return function (this: unknown, ...args: unknown[]) {
    const by = entered.by;
    if (copyOf !== undefined && by !== undefined) by.pool = this;
    // Its options have the signal of the program's call.
    if (by !== undefined && by.made === undefined) by.args ??= [args[0]];
    const handler = args[1];
    const noted = by !== undefined && !by.fetch && by.made === undefined && note(handler, by) === true;
    const room = roomForFrame();
    try {
      return apply(original, this, args);
    } finally {
      // A handler that is used again (to retry) makes a request of its own.
      if (noted && by.made !== undefined) note(handler, undefined);
      else if (noted && copyOf !== undefined) keepQueued(by, this, copyOf());
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
  return by?.made === undefined || by.givenUp ? by : undefined;
});

/** Calls with a signal that a pool keeps until a connection is free: no request was made of them yet. */
const queued = new Map<Entered, { signal: AbortSignal; options: UndiciRequest; copy: Copy }>();
const maxQueued = 1024;

whenRemoved(() => queued.clear());

const keepQueued = guarded(part, 'undici.queued', (by: Entered, pool: unknown, copy: Copy | undefined) => {
  const signal = ownSignal(by.args);
  if (signal === undefined || signal.aborted || copy === undefined) return;
  const given = by.args?.[0] as UndiciRequest;
  const options = { ...given, origin: given.origin ?? originOf(pool), method: given.method ?? 'GET' };
  for (const [old] of queued) {
    if (old.made === undefined && queued.size < maxQueued) break;
    queued.delete(old);
  }
  queued.set(by, { signal, options, copy });
});

function originOf(pool: unknown): URL | undefined {
  const key = Object.getOwnPropertySymbols(pool as object).find((s) => s.description === 'url');
  const url = key === undefined ? undefined : (pool as Record<symbol, unknown>)[key];
  return url instanceof URL ? url : undefined;
}

/** Calls that are given up while a pool keeps them: `end` gets the record of each, made now. */
export function giveUpQueued(signal: AbortSignal, end: (r: UndiciRecord) => void): void {
  for (const [by, one] of queued) {
    if (by.made === undefined && one.signal !== signal) continue;
    queued.delete(by);
    if (by.made !== undefined) continue;
    const r = new UndiciRecord(by.at, one.options, one.copy);
    by.made = r;
    by.givenUp = true;
    by.isLate = true;
    r.pool = by.pool;
    const outer = entered.by;
    entered.by = by;
    beginRequest(r);
    entered.by = outer;
    end(r);
  }
}
