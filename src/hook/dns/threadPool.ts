/**
 * How long a lookup waited for a thread: getaddrinfo runs on libuv's pool, behind whatever the program has put there,
 * and nothing signals when it begins. So another lookup goes right in front of it, of an address in a spelling that the
 * system's library reads by itself (`127.1`): no file, no network, a few µs on a thread. It is in the same queue with
 * the same priority (slow work gets half of the threads), and when it completes, the lookup behind it has begun.
 *
 * Where a thread was free less than a millisecond ago, and no other lookup runs, none goes: a program that looks up one
 * name after the other in a tight loop would pay for each as much again.
 *
 * It completes before the lookup does, so it does not keep the process alive; the program sees it only among async
 * resources. A program that observes `dns` performance entries would see it there too: then it is left out.
 */

import type { Lookup } from '../records/dns/lookup';
import { apply, nextTick, nodeModule } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { utilization } from '../runtime/idle';
import { bindingOf } from '../runtime/nodeModules';
import { type AnyFunction, wrap } from '../runtime/wrap';

const part = parts.dns;
const aside = '127.1';

let lookup: AnyFunction | undefined;
/** When a thread was last found free. */
let freeAt = Number.NEGATIVE_INFINITY;

interface Cares {
  getaddrinfo?: unknown;
}
let cares: Cares | undefined;
/** The system's; undefined: the program's was there first. */
let getaddrinfo: unknown;
const functionText = Function.prototype.toString;

/** The program (a test of Node's own, mostly) has put its own function in place of the system's: no lookup but its own then. */
export const isReplaced = (): boolean => cares !== undefined && cares.getaddrinfo !== getaddrinfo;

/** `original`: the lookup that goes in front. */
export function setUpPool(original: AnyFunction): void {
  cares = bindingOf('cares_wrap') as Cares | undefined;
  // The program may have put its own there before it loaded `dns`.
  const present = cares?.getaddrinfo;
  const isNative = typeof present === 'function' && apply(functionText, present, []).includes('[native code]');
  getaddrinfo = isNative ? present : undefined;
  // Elsewhere it is not known that no name server is asked for such a spelling.
  if (process.platform !== 'linux' && process.platform !== 'darwin') return;
  if (utilization === undefined) return;
  lookup = original;
  const { PerformanceObserver } = nodeModule('node:perf_hooks') as typeof import('node:perf_hooks');
  wrap(
    PerformanceObserver.prototype,
    'observe',
    (observe) =>
      function (this: unknown, ...args: unknown[]) {
        const o = args[0] as { type?: unknown; entryTypes?: unknown } | undefined;
        if (o?.type === 'dns' || (Array.isArray(o?.entryTypes) && o.entryTypes.includes('dns'))) lookup = undefined;
        return apply(observe, this, args);
      },
  );
}

/** Called right before a lookup is put into the pool. */
export const measurePool = guarded(part, 'dns.pool', (note: Lookup) => {
  if (lookup === undefined || utilization === undefined || isReplaced()) return;
  if (note.inFlight === 0 && now() - freeAt < 1) return;
  const w: Wait = { begin: now(), tickEnd: 0, idle: 0 };
  apply(lookup, undefined, [aside, 4, () => onFree(note, w)]);
  nextTick(() => onTickEnd(w));
});

interface Wait {
  begin: number;
  /** When the loop was left to itself after the call, and how long it had been idle till then. */
  tickEnd: number;
  idle: number;
}

const onTickEnd = guarded(part, 'dns.tick', (w: Wait) => {
  w.tickEnd = now();
  w.idle = utilization?.().idle ?? 0;
});

/**
 * Reported by the event loop, so true only if the loop stood still for it, and was not kept for long by anything else since
 * the call; less than 1 ms cannot be distinguished from the way there and back.
 */
const onFree = guarded(part, 'dns.free', (note: Lookup, w: Wait) => {
  const t = now();
  const wait = t - w.begin;
  if (wait < 1) freeAt = t;
  if (note.endAt !== 0 || utilization === undefined || w.tickEnd === 0) return;
  const idle = utilization().idle - w.idle;
  const busy = t - w.tickEnd - idle;
  if (wait >= 1 && idle >= 0.5 && busy <= Math.max(1, wait / 5)) note.poolWait = wait;
});
