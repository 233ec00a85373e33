/**
 * Tries of one call, by what the client library itself says, never by equal URLs:
 * - undici's RetryHandler (RetryAgent, `interceptors.retry`) is one object for all tries of a call;
 * - got 11 hands the same `retry` options to each try, got 12 and later publish their tries on channels;
 * - others are found by what failed before (retryStacks.ts).
 *
 * A client that puts the same request on another socket (undici, after the connection failed under requests that had
 * not been answered) makes no new try: the sockets before are `priorSends` of the one request.
 */

import { push } from '../output/queue';
import type { RequestRecord } from '../records/request';
import { type Try, tryOf } from '../records/tries';
import { afterJobs } from '../runtime/builtins';
import { guarded, parts } from '../runtime/guard';
import { subscribe } from '../runtime/patches';
import { observe } from '../runtime/wrap';

const part = parts.retries;

const maxSends = 8;

/** The request leaves its connection without an end: the client will put it on another. */
export function leaveWire(r: RequestRecord, t: number): void {
  const { wire } = r;
  r.priorSends ??= [];
  if (r.priorSends.length < maxSends) {
    const endAt = wire !== undefined && wire.closedAt !== 0 ? wire.closedAt : t;
    r.priorSends.push({ wire, ordinal: r.ordinal, assignedAt: r.assignedAt, endAt, error: wire?.closeError });
  }
  if (wire !== undefined && wire.running > 0) wire.running--;
  r.wire = undefined;
  r.ordinal = 0;
  r.idleFrom = 0;
  r.sendBeginAt = 0;
  r.sendEndAt = 0;
  r.sentWritten = 0;
}

/** `again` is the next try of what `before` tried. Reported with the next line of the request. */
export function retries(again: RequestRecord, before: Try): void {
  if (again.id === before.id || again.retryOf !== undefined || again.redirectOf !== undefined) return;
  again.retryOf = before;
  again.attempt = before.attempt + 1;
}

/** undici: the RetryHandler that was called last, and the request that failed last, each until the end of the same call. */
const handling: { handler: object | undefined; failed: RequestRecord | undefined } = {
  handler: undefined,
  failed: undefined,
};

/** A handler hears that its request begins right before the head is sent. */
const onBegin = guarded(part, 'retries.handler', (handler: object) => {
  handling.handler = handler;
  afterJobs(() => {
    if (handling.handler === handler) handling.handler = undefined;
  });
});

/** A request of undici is sent: of which handler it is. */
export function handledBy(r: RequestRecord): void {
  const { handler } = handling;
  if (handler === undefined) return;
  handling.handler = undefined;
  note(handler, r);
}

/** A request of undici fails: right after it, in the same call, its handler hears of it. */
export function failedFor(r: RequestRecord): void {
  if (!handlersSeen) return;
  handling.failed = r;
  afterJobs(() => {
    if (handling.failed === r) handling.failed = undefined;
  });
}

const onFailed = guarded(part, 'retries.handlerFailed', (handler: object) => {
  const r = handling.failed;
  handling.failed = undefined;
  if (r !== undefined) note(handler, r);
});

/** The last try of each call, by the object that all its tries share. */
const last = new WeakMap<object, Try>();

function note(key: object, r: RequestRecord): void {
  const before = last.get(key);
  if (before?.id === r.id) return;
  if (before !== undefined) retries(r, before);
  last.set(key, tryOf(r));
}

/** A copy of undici with handlers that try again is there. */
let handlersSeen = false;

/** The class RetryHandler of a copy of undici. */
export function watchRetries(prototype: object): void {
  handlersSeen = true;
  for (const [name, onCall] of [
    ['onConnect', onBegin],
    ['onRequestStart', onBegin],
    ['onError', onFailed],
    ['onResponseError', onFailed],
  ] as const) {
    if (Object.hasOwn(prototype, name)) observe<object>(prototype, name, onCall);
  }
}

/** got 11: its options reach Node with a `retry` object that is made once a call. */
export function triedBefore(options: unknown): Try | undefined {
  const key = gotKey(options);
  return key === undefined ? undefined : last.get(key);
}

export function noteTry(options: unknown, r: RequestRecord): void {
  const key = gotKey(options);
  if (key !== undefined) note(key, r);
}

function gotKey(options: unknown): object | undefined {
  const key = (options as { retry?: unknown } | undefined)?.retry;
  if (typeof key !== 'object' || key === null) return undefined;
  return typeof (key as { calculateDelay?: unknown }).calculateDelay === 'function' ? key : undefined;
}

interface GotMessage {
  requestId?: unknown;
}

/** Requests of got by its own ids, and which id tries another again. */
const gots = new Map<string, Try>();
const again = new Map<string, string>();
const maxGots = 64;
let retrying: string | undefined;
let newest: WeakRef<RequestRecord> | undefined;
let gotSeen = false;

/** The request of `http` that was made last: got reports its id right after the call. */
export function made(r: RequestRecord): void {
  if (gotSeen) newest = new WeakRef(r);
}

function bounded(map: Map<string, unknown>): void {
  if (map.size <= maxGots) return;
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}

const onGotCreate = guarded(part, 'retries.gotCreate', ({ requestId }: GotMessage) => {
  gotSeen = true;
  if (retrying === undefined || typeof requestId !== 'string') return;
  again.set(requestId, retrying);
  retrying = undefined;
  bounded(again);
});

const onGotStart = guarded(part, 'retries.gotStart', ({ requestId }: GotMessage) => {
  const r = newest?.deref();
  newest = undefined;
  if (r === undefined || typeof requestId !== 'string') return;
  gots.set(requestId, tryOf(r));
  bounded(gots);
  const before = gots.get(again.get(requestId) ?? '');
  if (before === undefined) return;
  retries(r, before);
  push(r);
});

/** The new try is made inside this very message's emission, or right after it. */
const onGotRetry = guarded(part, 'retries.gotRetry', ({ requestId }: GotMessage) => {
  retrying = typeof requestId === 'string' ? requestId : undefined;
});

export function installRetries(): void {
  subscribe('got:request:create', onGotCreate);
  subscribe('got:request:start', onGotStart);
  subscribe('got:request:retry', onGotRetry);
}
