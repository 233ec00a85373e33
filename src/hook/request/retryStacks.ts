/**
 * The next try of a request that failed, where the client says that it is one. What failed is kept for a while by its
 * method and URL, so that nothing is asked while nothing fails. A later request of the same is its retry only by evidence:
 * - AWS SDK v3 sends the id of the call with each try, the SDKs of OpenAI, Anthropic and others the number of the retry;
 * - ky fetches the copy that it made of the request before (see requestCopies.ts);
 * - Google Cloud's storage sends the id of the call with each try, too, Stripe a key that it makes for the call;
 * - Stripe's timer and the event by which got 12 retries are in the stack where the promise of the retry was made;
 * - Node's fetch itself sends a request again that was answered with 421 (RFC 9110, 15.5.20): the program does not call it then;
 * - ofetch, axios (axios-retry), superagent, p-retry and packages on `retry` have stack frames that only a retry has.
 *
 * Of several that failed alike, and that the evidence does not distinguish, none is named.
 */

import type { RequestRecord } from '../records/request';
import { firstHop, type Try, tryOf } from '../records/tries';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { whenRemoved } from '../runtime/patches';
import { entered } from '../sites/callSite';
import { framesOf } from '../sites/prepareStackTrace';
import type { Seen } from '../sites/promiseParents';
import { nameOf } from '../sites/stack';
import { originOfClone } from './requestCopies';
import { isRetryIn } from './retryJobs';

const part = parts.retries;

/** Clients wait minutes at most between tries. */
const maxAgeMs = 300_000;
const maxFailed = 64;
/** Stacks read for it a second at most: as many as a tenth of one processor's time. */
const maxStacks = 200;

/** What is kept of one. The program's objects are not: a body that it gave may be large. */
interface Failed {
  readonly tried: Try;
  readonly sent: Sent;
  /** Made by a call of fetch, which sends it again once, by this status. */
  readonly misdirected: boolean;
}

const failed = new Map<string, Failed[]>();
let count = 0;
let secondAt = 0;
let stacks = 0;

whenRemoved(() => {
  failed.clear();
  count = 0;
});

const keyOf = (r: RequestRecord): string => `${r.method} ${r.url()}`;

/** It failed, or its response says so: its client may try again. */
export const mayBeRetried = guarded(part, 'retries.failed', (r: RequestRecord) => {
  if (r.method === 'CONNECT' || r.keptAsTry) return;
  r.keptAsTry = true;
  const key = keyOf(firstHop(r));
  const { args, call } = r as RequestRecord & { args?: unknown[]; call?: object };
  const one: Failed = {
    tried: tryOf(r),
    sent: sentBy(r, args),
    misdirected: call !== undefined && r.api === 'fetch' && r.readResponse()?.status === 421,
  };
  if (count >= maxFailed) dropOldest();
  const list = failed.get(key);
  if (list === undefined) failed.set(key, [one]);
  else list.push(one);
  count++;
});

function dropOldest(): void {
  for (const [key, list] of failed) {
    list.shift();
    count--;
    if (list.length === 0) failed.delete(key);
    return;
  }
}

/** The try before a request that is being made; undefined: it is none, or it is not known of which. */
export function retryOfFailed(r: RequestRecord): Try | undefined {
  return count === 0 ? undefined : find(r);
}

const find = guarded(part, 'retries.retried', (r: RequestRecord): Try | undefined => {
  const key = keyOf(r);
  const all = failed.get(key);
  if (all === undefined) return undefined;
  const list = all.filter(({ tried }) => r.createdAt - tried.createdAt < maxAgeMs && tried.api === r.api);
  if (list.length === 0) return undefined;
  const tries = byFetch(r, list) ?? byHeader(sentBy(r, entered.by?.args), list) ?? byStack(list) ?? [];
  const before = tries.length === 1 ? tries[0] : undefined;
  if (before === undefined) return undefined;
  all.splice(all.indexOf(before), 1);
  count--;
  if (all.length === 0) failed.delete(key);
  return before.tried;
});

/** Those that fetch itself sends again; undefined: the program called it. */
function byFetch(r: RequestRecord, list: readonly Failed[]): Failed[] | undefined {
  const found = r.api === 'fetch' && entered.by === undefined ? list.filter((one) => one.misdirected) : [];
  return found.length > 0 ? found : undefined;
}

const invocation = 'amz-sdk-invocation-id';
const retryCount = 'x-stainless-retry-count';
const googleClient = 'x-goog-api-client';
const googleCall = /\bgccl-invocation-id\/\S+/;
const stripeKey = 'idempotency-key';

/** What clients send that says which call a request is a try of. */
interface Sent {
  readonly invocation: string | undefined;
  readonly call: string | undefined;
  /** One of the program's own says nothing of who tries again. */
  readonly key: string | undefined;
  /** Retries so far. */
  readonly retries: number | undefined;
  /** Absent where `retries` is. */
  readonly body: string | undefined;
}

function sentBy(r: RequestRecord, args: readonly unknown[] | undefined): Sent {
  const key = r.requestHeader(stripeKey);
  const retries = Number(r.requestHeader(retryCount) ?? Number.NaN);
  const counts = !Number.isNaN(retries);
  return {
    invocation: r.requestHeader(invocation),
    call: googleCall.exec(r.requestHeader(googleClient) ?? '')?.[0],
    key: key?.startsWith('stripe-node-retry-') ? key : undefined,
    retries: counts ? retries : undefined,
    body: counts ? bodyOf(args) : undefined,
  };
}

/** Those that the request names in its headers; undefined: its client says nothing there. */
function byHeader(now: Sent, list: readonly Failed[]): Failed[] | undefined {
  for (const name of ['invocation', 'call', 'key'] as const)
    if (now[name] !== undefined) return list.filter(({ sent }) => sent[name] === now[name]);
  const { retries, body } = now;
  if (retries === undefined) return undefined;
  return list.filter(({ sent }) => sent.retries === retries - 1 && sent.body === body);
}

/** Of more of a body than this, samples are compared. */
const maxSamples = 4096;

/** Length and hash of a text that fetch was given to send. */
function bodyOf(args: readonly unknown[] | undefined): string | undefined {
  const init = args?.[1];
  const body =
    typeof init === 'object' && init !== null
      ? (Object.getOwnPropertyDescriptor(init, 'body')?.value as unknown)
      : undefined;
  if (typeof body !== 'string') return undefined;
  let hash = 0;
  const step = Math.ceil(body.length / maxSamples) || 1;
  for (let i = 0; i < body.length; i += step) hash = (Math.imul(hash, 31) + body.charCodeAt(i)) | 0;
  return `${body.length}:${hash}`;
}

interface Evidence {
  client: string;
  /** How many tries were before; absent: the stack does not say. */
  tries?: number;
}

function byStack(list: readonly Failed[]): Failed[] | undefined {
  const { by } = entered;
  if (by === undefined) return undefined;
  const origin = originOfClone(by.args?.[0]);
  const frames = boundedFrames(by.error);
  const found = evidenceIn(frames);
  if (found === undefined) return isRetryIn(frames, (by.error as Seen | undefined)?.job) ? [...list] : undefined;
  if (found.client === 'ky') return list.filter(({ tried }) => tried.id === origin?.id);
  return found.tries === undefined ? [...list] : list.filter(({ tried }) => tried.attempt === found.tries);
}

function boundedFrames(error: Error | undefined): NodeJS.CallSite[] {
  const t = now();
  if (t - secondAt > 1000) {
    secondAt = t;
    stacks = 0;
  }
  return error === undefined || ++stacks > maxStacks ? [] : framesOf(error);
}

const packages = /[\\/]node_modules[\\/]/;

const isAwait = (frame: NodeJS.CallSite): boolean => (frame as { isAsync?(): boolean }).isAsync?.() === true;

/** What the stack says of a retry. Frames of clients count up to the first of the program's, as its hooks make other requests. */
export function evidenceIn(frames: readonly NodeJS.CallSite[]): Evidence | undefined {
  let ofetch = 0;
  let axios = 0;
  let isClient = true;
  for (const [i, frame] of frames.entries()) {
    const file = nameOf(frame);
    if (file === __filename || file === '' || file.startsWith('node:')) continue;
    const name = frame.getFunctionName() ?? '';
    const isAsync = isAwait(frame);
    if (!packages.test(file)) isClient = false;
    else if (!isAsync && /[\\/]p-retry[\\/]index\.js$/.test(file) && name === 'pRetry') {
      // Called by the program, or resumed after a try that failed.
      const caller = frames.slice(i + 1).find((one) => !nameOf(one).startsWith('node:'));
      return caller === undefined || isAwait(caller) ? { client: 'p-retry' } : undefined;
    } else if (/[\\/]retry[\\/]lib[\\/]retry_operation\.js$/.test(file))
      return !isAsync && frame.getTypeName() === 'Timeout' ? { client: 'retry' } : undefined;
    else if (!isClient) continue;
    else if (/(^|\.)_retry$/.test(name) && /[\\/]superagent[\\/]lib[\\/]/.test(file)) return { client: 'superagent' };
    else if (/^#?_?retry$/.test(name) && /[\\/]distribution[\\/]core[\\/]Ky\.js$/.test(file)) return { client: 'ky' };
    else if (name.startsWith('$fetchRaw') && /[\\/]ofetch[\\/]dist[\\/]/.test(file)) ofetch++;
    else if (/(^|\.)request$/.test(name) && /[\\/]axios[\\/](lib|dist)[\\/]/.test(file)) axios++;
    if (!isClient && isAsync) break;
  }
  if (ofetch > 1) return { client: 'ofetch', tries: ofetch - 1 };
  return axios > 1 ? { client: 'axios', tries: axios - 1 } : undefined;
}
