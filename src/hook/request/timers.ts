/**
 * Which timer ended a request: read from the error that it ended with, where that says so for certain. A socket's own
 * timeout is seen when it fires (`hasTimedOut`).
 *
 * `AbortSignal.timeout` says neither its limit nor where it was called in its error, so its signals are remembered; the
 * error's reason is the very object of its signal.
 */

import type { RequestRecord } from '../records/request';
import type { Wire } from '../records/wire';
import { apply, ErrorClass, nodeModule } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { loadedRequest } from '../runtime/nodeModules';
import { frameGone, roomForFrame } from '../runtime/stackLimit';
import { wrap } from '../runtime/wrap';

const part = parts.timers;

interface Thrown {
  name?: unknown;
  code?: unknown;
  message?: unknown;
  event?: unknown;
  cause?: unknown;
  errors?: unknown;
  config?: { signal?: { reason?: unknown } };
}

const undiciTimers: Record<string, string> = {
  UND_ERR_CONNECT_TIMEOUT: 'connect',
  UND_ERR_HEADERS_TIMEOUT: 'headers',
  UND_ERR_BODY_TIMEOUT: 'body',
};

/** What got's TimeoutError says it was waiting for. */
const gotTimers: Record<string, string> = {
  lookup: 'lookup',
  connect: 'connect',
  secureConnect: 'tls',
  socket: 'socket',
  send: 'send',
  response: 'headers',
  read: 'body',
  request: 'request',
};

/** Names the timer of a request that ends with this error. */
export function nameTimer(r: RequestRecord, error: unknown, t: number): void {
  if (typeof error !== 'object' || error === null) return;
  const e = error as Thrown;
  const reason = signalReason(e);
  if (reason !== undefined) {
    const signal = signalOf(reason);
    set(r, 'signal', signal?.limit ?? 0, abortedAt(reason, r) || t);
    if (signal?.site !== undefined) r.timeoutSite = signal.site;
    return;
  }
  const code = typeof e.code === 'string' ? e.code : '';
  const undici = undiciTimers[code];
  if (undici !== undefined) {
    const said = /timeout: (\d+)ms/.exec(String(e.message))?.[1];
    return set(r, undici, said === undefined ? r.timerLimit(undici) : Number(said), t);
  }
  if (code === 'ETIMEDOUT' && e.name === 'TimeoutError' && typeof e.event === 'string') {
    const limit = Number(/ for (\d+)ms/.exec(String(e.message))?.[1] ?? 0);
    r.timeoutClient = 'got';
    return set(r, gotTimers[e.event] ?? e.event, limit, t);
  }
  // axios says it in words only.
  const axios = e.name === 'AxiosError' ? /^timeout of (\d+)ms exceeded$/.exec(String(e.message))?.[1] : undefined;
  if (axios !== undefined) {
    r.timeoutClient = 'axios';
    return r.timeoutKind === '' ? set(r, 'request', Number(axios), t) : undefined;
  }
  // The resolver's own timer; getaddrinfo has no such code.
  if (code === 'ETIMEOUT') return set(r, 'lookup', 0, t);
  if (code === 'ETIMEDOUT') attemptTimer(r, r.wire ?? r.dial);
}

/** Happy Eyeballs gave up an address for the next one, and that was all there was. */
function attemptTimer(r: RequestRecord, wire: Wire | undefined): void {
  const given = wire?.attempts.find((a) => a.result === 'timedOut');
  if (wire === undefined || given === undefined || wire.connectedAt !== 0) return;
  set(r, 'attempt', wire.attemptLimit / 1000, given.endAt);
}

function set(r: RequestRecord, kind: string, limitMs: number, t: number): void {
  r.timeoutKind = kind;
  r.timeoutLimit = limitMs;
  r.timeoutAt = t;
}

const isTimeout = (v: unknown): boolean =>
  typeof v === 'object' && v !== null && (v as Thrown).name === 'TimeoutError' && (v as Thrown).code === 23;

/** The reason of an `AbortSignal.timeout`: the error itself, the cause of Node's AbortError, or in axios' error. */
function signalReason(e: Thrown): object | undefined {
  if (isTimeout(e)) return e;
  if (isTimeout(e.cause)) return e.cause as object;
  const reason = e.config?.signal?.reason;
  return isTimeout(reason) ? (reason as object) : undefined;
}

interface Timed {
  ref: WeakRef<AbortSignal>;
  limit: number;
  site: Error | undefined;
}

/** Signals that may still fire; the oldest go. */
const timed = new Set<Timed>();
const max = 1024;
let withSites = false;

const remember = guarded(part, 'timers.signal', (signal: AbortSignal, limit: unknown) => {
  if (typeof limit !== 'number') return;
  if (timed.size >= max)
    for (const one of timed) {
      timed.delete(one);
      break;
    }
  timed.add({ ref: new WeakRef(signal), limit, site: withSites ? new ErrorClass() : undefined });
});

function signalOf(reason: object): Timed | undefined {
  for (const one of timed) {
    const signal = one.ref.deref();
    if (signal === undefined) timed.delete(one);
    else if (signal.aborted && signal.reason === reason) return one;
  }
  return undefined;
}

/** Reasons that the program passed to `abort`, and when. A request that rejects with one of these has not failed. */
const reasons = new WeakMap<object, number>();

/** When the program aborted this request with this reason; a client may notice much later. 0: not known. */
export function abortedAt(reason: unknown, r: RequestRecord): number {
  const t = typeof reason === 'object' && reason !== null ? (reasons.get(reason) ?? 0) : 0;
  // One that is given repeatedly says when it was given first.
  return t < r.createdAt ? 0 : t;
}

export const isAbortReason = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && reasons.has(error);

/**
 * A fetch that is given up before it has a connection ends with an AbortError that says nothing: the signal that fetch
 * was called with does. A getter of the program's own is not called.
 */
export function reasonOfSignal(error: unknown, args: unknown[] | undefined): unknown {
  const e = error as Thrown | null | undefined;
  if (args === undefined || typeof e !== 'object' || e?.name !== 'AbortError' || e.cause !== undefined) return error;
  const signal = ownSignal(args);
  return signal?.aborted ? (signal.reason as unknown) : error;
}

/** The signal among what a client was called with: of its options, or of a Request. */
export function ownSignal(args: readonly unknown[] | undefined): AbortSignal | undefined {
  if (args === undefined) return undefined;
  const { isProxy } = (nodeModule('node:util') as typeof import('node:util')).types;
  const known = loadedRequest();
  for (const given of [args[1], args[0]]) {
    if (typeof given !== 'object' || given === null || isProxy(given)) continue;
    const signal: unknown =
      typeof known === 'function' && given instanceof known
        ? given.signal
        : Object.getOwnPropertyDescriptor(given, 'signal')?.value;
    if (signal instanceof AbortSignal && !isProxy(signal)) return signal;
  }
  return undefined;
}

/** The reason of the `abort` that is running: clients hear of it inside. */
let running: unknown;
/** ms of the timer whose callback made that call; 0: none did, or it is not known. */
let runningTimer = 0;

/** ms of the timer that aborts what is aborted now: clients set one for each request (openai, ky, wretch). */
export const abortingTimer = (): number => runningTimer;

/** The resource of what runs is the timer itself in its callback; with an asynchronous step between, it is another. */
const timerOfNow = guarded(part, 'timers.now', (): number => {
  const { executionAsyncResource } = nodeModule('node:async_hooks') as typeof import('node:async_hooks');
  const resource = executionAsyncResource() as { _idleTimeout?: unknown };
  const { _idleTimeout: delay } = resource;
  return resource.constructor?.name === 'Timeout' && typeof delay === 'number' && delay > 0 ? delay : 0;
});

/** What the program gave, where the client's own AbortError does not pass it on. */
export function reasonGiven(error: unknown): unknown {
  const e = error as Thrown | null | undefined;
  return running !== undefined && e?.name === 'AbortError' && e.cause === undefined ? running : error;
}

/** A signal has aborted with this reason. */
export function noteAbort(reason: unknown, t: number): void {
  if (typeof reason === 'object' && reason !== null && !reasons.has(reason)) reasons.set(reason, t);
}

const onAbort = guarded(part, 'timers.abort', (reason: unknown) => noteAbort(reason, now()));

/** `sites`: where each was called is noted, too; it costs a stack a call. */
export function installTimers(sites: boolean): void {
  withSites = sites;
  wrap(
    AbortController.prototype,
    'abort',
    (original) =>
      ({
        abort(this: unknown, ...args: unknown[]): unknown {
          onAbort(args[0]);
          const outer = running;
          const outerTimer = runningTimer;
          running = args[0];
          runningTimer = timerOfNow() ?? 0;
          const room = roomForFrame();
          try {
            return apply(original, this, args);
          } finally {
            running = outer;
            runningTimer = outerTimer;
            if (room !== 0) frameGone(room);
          }
        },
      }).abort,
  );
  wrap(
    AbortSignal,
    'timeout',
    (original) =>
      ({
        timeout(this: unknown, ...args: unknown[]): unknown {
          const room = roomForFrame();
          try {
            const signal: unknown = apply(original, this, args);
            remember(signal as AbortSignal, args[0]);
            return signal;
          } finally {
            if (room !== 0) frameGone(room);
          }
        },
      }).timeout,
  );
}
