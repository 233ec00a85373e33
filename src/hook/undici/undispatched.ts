/**
 * Calls of fetch, or of a copy of undici, that fail before undici makes a request of them: a port that fetch does not
 * allow, an unknown scheme, credentials in the URL, a body with GET, a signal that has aborted, a closed client.
 *
 * Only the promise has the error. A handler on it would keep Node from reporting one that nobody handles, so the error is
 * taken from `util.inspect`, which asks the value of a promise how it wants to be shown. The error's stack is not read.
 */

import { plainly, refused } from '../request/refused';
import { abort, fail } from '../request/steps';
import { abortedAt, ownSignal } from '../request/timers';
import { afterJobs, nodeModule } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { whenRemoved } from '../runtime/patches';
import type { Entered } from '../sites/callSite';

const part = parts.undici;

/** What a call was to become. */
export interface Undispatched {
  api: 'fetch' | 'undici';
  method: string;
  url: string;
  signal: AbortSignal | undefined;
  /** `"client":{…},` */
  client?: string;
}

/** Promise jobs after which fetch has rejected: five at most, on Node 18. */
const rounds = 8;

/** Errors of requests that undici has made: those have a row already. */
let reported = new WeakSet<object>();

export function noteReported(error: unknown): void {
  if (typeof error === 'object' && error !== null) reported.add(error);
}

export const isReported = (error: object): boolean => reported.has(error) || reported.has(causeOf(error));

whenRemoved(() => {
  reported = new WeakSet();
});

/** After a call that has made no request. `describe` is called once it has failed; undefined: it would send nothing. */
export function watchUndispatched(by: Entered, result: unknown, describe: () => Undispatched | undefined): void {
  let left = rounds;
  // What fails like this has failed when the call returned, or in the jobs right after it, among which the program's
  // own may take long.
  const t = now();
  const next = (): void => {
    if (by.made !== undefined) return;
    if (--left > 0) afterJobs(next);
    else check(by, result, { describe, t });
  };
  afterJobs(next);
}

const check = guarded(
  part,
  'undici.undispatched',
  (by: Entered, result: unknown, { describe, t }: { describe: () => Undispatched | undefined; t: number }) => {
    const { isPromise, isProxy } = (nodeModule('node:util') as typeof import('node:util')).types;
    if (!isPromise(result) || isProxy(result)) return;
    const call = describe();
    if (call === undefined) return;
    const settled = settledOf(result, call.client === undefined);
    if (typeof settled === 'string') return;
    const { error } = settled;
    // The request was made later than the call. A signal's reason is that of each call that it aborts.
    if (error !== undefined && error !== call.signal?.reason && isReported(error)) return;
    failUndispatched(by, call, error, t);
  },
);

/** Its row. `error` is undefined where it is not known, or no error; `t`: when it failed, unless a signal says it later. */
export function failUndispatched(by: Entered, call: Undispatched, error: object | undefined, t: number): void {
  const r = refused(by, call.api, call.method, call.url, call.client);
  const { signal } = call;
  // A reason that is no error is not shown as one.
  const name = (error as { name?: unknown } | undefined)?.name;
  const isReason = error === undefined || error === signal?.reason || name === 'AbortError';
  if (signal?.aborted && isReason) abort(r, signal.reason, Math.max(t, abortedAt(signal.reason, r)));
  else fail(r, error, t);
}

/** Of the global fetch. */
export function describeFetch(args: readonly unknown[]): Undispatched | undefined {
  const url = urlOf(args[0]);
  if (url === undefined || hasNothingToSend(url)) return undefined;
  return { api: 'fetch', method: methodOf(args), url, signal: ownSignal(args) };
}

export const hasNothingToSend = (url: string): boolean => /^(data|blob|about):/i.test(url);

function causeOf(error: object): object {
  const cause: unknown = Object.getOwnPropertyDescriptor(error, 'cause')?.value;
  return typeof cause === 'object' && cause !== null ? cause : error;
}

const custom = Symbol.for('nodejs.util.inspect.custom');

/** Of a class that Node defines when it is first read: for the program it stays as it was. */
function prototypeOf(name: 'DOMException' | 'Response'): object {
  const before = Object.getOwnPropertyDescriptor(globalThis, name);
  const { prototype } = globalThis[name];
  if (before?.get !== undefined && before.configurable === true) Object.defineProperty(globalThis, name, before);
  return prototype;
}

/** `error` is what it was rejected with, if that is an object. */
export type Settled = 'pending' | 'fulfilled' | { error: object | undefined };

export function settledOf(promise: Promise<unknown>, isGlobal: boolean): Settled {
  const { inspect } = nodeModule('node:util') as typeof import('node:util');
  let found: object | undefined;
  let text: string;
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
      [prototypeOf('DOMException'), value],
      // Not loaded for a copy of undici: it has its own.
      ...(isGlobal ? [[prototypeOf('Response'), shown] as const] : []),
    ] as const) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, custom);
      Object.defineProperty(prototype, custom, { value: own, configurable: true });
      before.push([prototype, descriptor]);
    }
    text = inspect(promise, { customInspect: true, depth: 0 });
  } finally {
    for (const [prototype, descriptor] of before)
      if (descriptor === undefined) Reflect.deleteProperty(prototype, custom);
      else Object.defineProperty(prototype, custom, descriptor);
  }
  // `Promise { <rejected> …`: what follows is the program's.
  const state = /^[^{]*\{\s*<(pending|rejected)>/.exec(text)?.[1];
  return state === 'rejected' ? { error: found } : state === 'pending' ? state : 'fulfilled';
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
