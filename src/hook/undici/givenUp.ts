/**
 * Requests of fetch and undici that are given up before they have a connection. fetch has rejected at once, but
 * undici itself looks at such a request only when the connection is made, or has failed: so the signal is watched.
 *
 * A signal that aborts dispatches its event to itself: `dispatchEvent` is an accessor between the prototypes of AbortSignal
 * and EventTarget, so there is no listener, and no frame of the hook under the program's.
 */

import { watchRequestCopies } from '../request/requestCopies';
import { abort } from '../request/steps';
import { abortedAt, noteAbort } from '../request/timers';
import { nodeModule } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { whenRemoved } from '../runtime/patches';
import { patchAccessor, shimAbove } from '../runtime/wrap';
import { entered } from '../sites/callSite';
import { waiting } from './dials';
import { kept } from './pools';

const part = parts.undici;

/** The signal that got a listener last, outside of the global fetch. */
let listened: WeakRef<AbortSignal> | undefined;

whenRemoved(() => {
  listened = undefined;
});

export function installGivenUp(): void {
  const shim = shimAbove(AbortSignal.prototype);
  const { dispatchEvent, addEventListener } = Object.getPrototypeOf(shim) as EventTarget;
  patchAccessor(shim, 'dispatchEvent', function (this: AbortSignal) {
    onDispatch(this);
    return dispatchEvent;
  });
  patchAccessor(shim, 'addEventListener', function (this: AbortSignal) {
    if (!entered.by?.fetch) onListen(this);
    return addEventListener;
  });
}

const onListen = guarded(part, 'undici.listen', (signal: AbortSignal) => {
  if (signal === AbortSignal.prototype) return;
  listened = new WeakRef(signal);
  watchRequestCopies();
});

/**
 * Right before a copy's own fetch makes its request, in the same call, it listens to the signal of the Request that it
 * made for it.
 */
export function signalOfFetch(): AbortSignal | undefined {
  const signal = listened?.deref();
  listened = undefined;
  return signal;
}

/**
 * The signal of a call whose options were not seen, as the first of a copy: in the same call its handler has listened to it,
 * and holds what removes that listener.
 */
export function signalOfHandler(request: object): AbortSignal | undefined {
  if (listened === undefined) return undefined;
  const key = Object.getOwnPropertySymbols(request).find((s) => s.description === 'handler');
  const handler = key && (request as Record<symbol, unknown>)[key];
  const { isProxy } = (nodeModule('node:util') as typeof import('node:util')).types;
  if (typeof handler !== 'object' || handler === null || isProxy(handler)) return undefined;
  const remove: unknown = Object.getOwnPropertyDescriptor(handler, 'removeAbortListener')?.value;
  return typeof remove === 'function' ? signalOfFetch() : undefined;
}

const onDispatch = guarded(part, 'undici.giveUp', (signal: AbortSignal) => {
  if (signal === AbortSignal.prototype || !signal.aborted) return;
  const t = now();
  const reason: unknown = signal.reason;
  noteAbort(reason, t);
  for (const set of [waiting, kept])
    for (const r of set) {
      if (r.callSignal() !== signal) continue;
      set.delete(r);
      abort(r, reason, abortedAt(reason, r) || t);
    }
});
