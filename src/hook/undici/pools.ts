/**
 * Waiting in a pool of undici: while all its connections are busy, a pool keeps what it was given, and makes the request
 * only when one is free. The row begins with the program's call, so it is made at `dispatch` and handed on with the
 * handler, which is the one thing that both calls have.
 */
import module from 'node:module';
import type { ParsedUrlQueryInput } from 'node:querystring';
import { plainly } from '../request/refused';
import { watchRetries } from '../request/retries';
import { fail } from '../request/steps';
import { apply, nodeModule } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { link, linked } from '../runtime/links';
import { whenRemoved } from '../runtime/patches';
import { frameGone, roomForFrame } from '../runtime/stackLimit';
import { type AnyFunction, wrap } from '../runtime/wrap';
import { type Entered, entered, entry } from '../sites/callSite';
import type { Copy } from './copies';
import { UndiciRecord, type UndiciRequest } from './record';

const part = parts.undici;
const cache = (module as unknown as { _cache: Record<string, { exports?: unknown } | undefined> })._cache;

/** What is to be known of a copy whose pools are watched. */
interface Watched {
  copy(): Copy | undefined;
  /** Begins the row of a call that a pool keeps. */
  begin(r: UndiciRecord): void;
  /** Where a pool has the number of the calls that it keeps. */
  queued?: symbol | undefined;
}

/** `file` is that of the copy's Request class; copies in a bundle have none of their own and stay as they are. */
export const watchPools = guarded(part, 'undici.pools', (file: string, watched: Watched): void => {
  const root = /^(.*[\\/])core[\\/]request\.js$/.exec(file)?.[1];
  if (root === undefined) return;
  // Its name before undici 6.
  for (const name of ['retry-handler.js', 'RetryHandler.js']) {
    const retry = cache[`${root}handler/${name}`]?.exports as { prototype?: object } | undefined;
    if (retry?.prototype) watchRetries(retry.prototype);
  }
  // In its own folder since undici 6.
  for (const folder of [`${root}dispatcher/`, root]) {
    const base = cache[`${folder}dispatcher-base.js`]?.exports as { prototype?: object } | undefined;
    const pools = cache[`${folder}pool-base.js`]?.exports as { PoolBase?: { prototype: object } } | undefined;
    if (!base?.prototype || !pools?.PoolBase) continue;
    const { prototype } = pools.PoolBase;
    const symbols = cache[`${root}core/symbols.js`]?.exports as { kQueued?: symbol } | undefined;
    watched.queued = symbols?.kQueued;
    const keyOf = (name: string) => Object.getOwnPropertySymbols(prototype).find((s) => s.description === name);
    const key = keyOf('dispatch');
    const destroy = keyOf('destroy');
    if (key === undefined) return;
    wrap(base.prototype, 'dispatch', (one) => dispatching(one, watched));
    // Between the two undici 7 puts another handler in place of the program's; undici 6 calls this one past its prototype.
    wrap(prototype, key, (one) => handing(one, watched, true));
    if (destroy !== undefined) wrap(prototype, destroy, destroying);
    return;
  }
});

function dispatching(original: AnyFunction, watched: Watched): AnyFunction {
  const handed = handing(original, watched, false);
  const fresh = entry(handed, false);
  return function dispatch(this: unknown, ...args: unknown[]) {
    const outer = entered.by;
    const earlier = entryOf(args[1]);
    const room = roomForFrame();
    try {
      if (earlier !== undefined) {
        entered.by = earlier;
      } else if (outer === undefined || outer.made !== undefined) return apply(fresh, this, args);
      return apply(handed, this, args);
    } finally {
      entered.by = outer;
      if (room !== 0) frameGone(room);
    }
  };
}

/** `isPools`: it is that of a pool. A pool that was there before the copy is watched may pass it by. */
function handing(original: AnyFunction, watched: Watched, isPools: boolean): AnyFunction {
  return function (this: unknown, ...args: unknown[]) {
    const by = entered.by;
    const wasKept = by?.kept === true;
    if (by !== undefined && isPools) by.pool = this;
    else if (wasKept) by.pool = undefined;
    // Its options have the signal of the program's call.
    if (by !== undefined && by.made === undefined) by.args ??= [args[0]];
    const handler = args[1];
    const noted = by !== undefined && by.made === undefined && note(handler, by) === true;
    const before = noted ? keptBy(this, watched) : 0;
    const room = roomForFrame();
    try {
      return apply(original, this, args);
    } finally {
      if (noted && by.made === undefined && keptBy(this, watched) > before) {
        by.pool = this;
        keep(by, args, watched);
        // A handler that is used again (to retry) makes a new request.
      } else if (noted && by.made !== undefined && !by.kept) note(handler, undefined);
      if (wasKept && by.kept && by.pool === undefined) refuseKept(by);
      if (room !== 0) frameGone(room);
    }
  };
}

/** How many calls a pool keeps; 0: none, or it is no pool. */
function keptBy(pool: unknown, { queued }: Watched): number {
  const n = queued === undefined ? 0 : (pool as Record<symbol, unknown>)[queued];
  return typeof n === 'number' ? n : 0;
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
  return by?.made === undefined || by.kept ? by : undefined;
});

/** Begun calls that a pool keeps until a connection is free: undici has made no request of them yet. */
export const kept = new Set<UndiciRecord>();

whenRemoved(() => kept.clear());

/** The row begins with the call, as for a request queued in an `http` agent: the process may end while it is queued. */
const keep = guarded(part, 'undici.queued', (by: Entered, args: readonly unknown[], watched: Watched) => {
  const pool = by.pool as object;
  const copy = watched.copy();
  const given = plainly(args[0]);
  if (copy === undefined || typeof given?.path !== 'string') return;
  const query = plainly(given.query) as ParsedUrlQueryInput | undefined;
  const { stringify } = nodeModule('node:querystring') as typeof import('node:querystring');
  const r = new UndiciRecord(
    by.at,
    copy.asRequest(args[1], {
      ...given,
      origin: (given.origin as string | URL | undefined) ?? originOf(pool),
      path: query === undefined ? given.path : `${given.path}?${stringify(query)}`,
      method: typeof given.method === 'string' ? given.method : 'GET',
    }),
    copy,
  );
  by.made = r;
  by.kept = true;
  r.pool = pool;
  r.args = by.args;
  kept.add(r);
  watched.begin(r);
});

export function originOf(pool: object): URL | undefined {
  const key = Object.getOwnPropertySymbols(pool).find((s) => s.description === 'url');
  const url = key === undefined ? undefined : (pool as Record<symbol, unknown>)[key];
  return url instanceof URL ? url : undefined;
}

/** undici makes a request of a call that a pool kept; undefined: the call that is running was not kept. */
export function leavePool(request: UndiciRequest): UndiciRecord | undefined {
  const { by } = entered;
  if (by?.kept !== true) return undefined;
  by.kept = false;
  const r = by.made as UndiciRecord;
  kept.delete(r);
  r.request = request;
  return r;
}

/** A client took it from the queue of a pool, and made no request of it. */
const refuseKept = guarded(part, 'undici.refused', (by: Entered): void => {
  const r = by.made as UndiciRecord;
  by.kept = false;
  kept.delete(r);
  fail(r, undefined, now());
});

/** The pool fails all that it keeps. */
function destroying(original: AnyFunction): AnyFunction {
  return function (this: unknown, ...args: unknown[]) {
    failKept(this, args[0]);
    return apply(original, this, args);
  };
}

const failKept = guarded(part, 'undici.destroyed', (pool: unknown, error: unknown): void => {
  for (const r of kept) {
    if (r.pool !== pool) continue;
    kept.delete(r);
    fail(r, error, now());
  }
});
