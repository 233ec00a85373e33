/**
 * Calls of the global fetch that fail before undici makes a request of them: a port that fetch does not allow, a scheme it
 * does not know, credentials in the URL, a body with GET, a signal that has aborted.
 *
 * Only the promise has the error. A handler on it would keep Node from reporting one that nobody handles, so the error is
 * taken from `util.inspect`, which asks the value of a promise how it wants to be shown. The error's stack is not read.
 */

import { plainly, refused } from '../request/refused';
import { abort, fail } from '../request/steps';
import { ownSignal } from '../request/timers';
import { afterJobs } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import type { Entered } from '../sites/callSite';

const part = parts.undici;

/** Promise jobs after which fetch has rejected: five at most, on Node 18. */
const rounds = 8;

/** After a call of fetch that has made no request. */
export function watchUndispatched(by: Entered, result: unknown): void {
  let left = rounds;
  const next = (): void => {
    if (by.made !== undefined) return;
    if (--left > 0) afterJobs(next);
    else check(by, result);
  };
  afterJobs(next);
}

const check = guarded(part, 'undici.undispatched', (by: Entered, result: unknown) => {
  const { isPromise, isProxy } = (require('node:util') as typeof import('node:util')).types;
  const url = urlOf(by.args?.[0]);
  // Schemes that have nothing to send.
  if (url === undefined || /^(data|blob|about):/i.test(url) || !isPromise(result) || isProxy(result)) return;
  const rejection = rejectionOf(result);
  if (rejection === undefined) return;
  const { error } = rejection;
  const r = refused(by, 'fetch', methodOf(by.args ?? []), url);
  const signal = ownSignal(by.args);
  // A reason that is no error is not shown as one.
  const isReason = error === undefined || error === signal?.reason || error.name === 'AbortError';
  if (signal?.aborted && isReason) abort(r, signal.reason, now());
  else fail(r, error, now());
});

const custom = Symbol.for('nodejs.util.inspect.custom');

/** What a promise was rejected with, if it is an error; undefined: it was not rejected. */
function rejectionOf(promise: Promise<unknown>): { error: (object & { name?: unknown }) | undefined } | undefined {
  const { inspect } = require('node:util') as typeof import('node:util');
  let found: object | undefined;
  let isRejected = false;
  const value = function (this: object): string {
    if (this !== Error.prototype) found = this;
    return '';
  };
  const shown = (): string => '';
  // For this call only. A response is not looked into.
  const before: [object, PropertyDescriptor | undefined][] = [];
  try {
    for (const [prototype, own] of [
      [Error.prototype, value],
      [DOMException.prototype, value],
      [Response.prototype, shown],
    ] as const) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, custom);
      Object.defineProperty(prototype, custom, { value: own, configurable: true });
      before.push([prototype, descriptor]);
    }
    isRejected = inspect(promise, { customInspect: true, depth: 0 }).includes('<rejected>');
  } finally {
    for (const [prototype, descriptor] of before)
      if (descriptor === undefined) Reflect.deleteProperty(prototype, custom);
      else Object.defineProperty(prototype, custom, descriptor);
  }
  return isRejected ? { error: found } : undefined;
}

function urlOf(input: unknown): string | undefined {
  if (typeof input === 'string') return input;
  if (input instanceof URL) return input.href;
  return input instanceof Request ? input.url : undefined;
}

function methodOf([input, init]: readonly unknown[]): string {
  const own = plainly(init)?.method;
  if (typeof own === 'string') return own.toUpperCase();
  return input instanceof Request ? input.method : 'GET';
}
