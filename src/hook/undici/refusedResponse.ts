/**
 * Responses that fetch refuses although they are whole: a redirect where the program allows none, one too many, or one to
 * what is no HTTP; a body that is not what `integrity` says. undici reports the end of the response and no error: only the
 * promise of the call has it.
 */

import { isRedirect, neverFollowed } from '../request/redirects';
import { refuseResponse } from '../request/steps';
import { afterJobs, nextTick, nodeModule } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import type { Entered } from '../sites/callSite';
import { UndiciRecord } from './record';
import { isReported, type Settled, settledOf } from './undispatched';

const part = parts.undici;

/** The record that has the call: its own, or of the first hop. */
function firstOf(r: UndiciRecord): UndiciRecord {
  let first = r;
  while (first.call === undefined && first.redirectOf instanceof UndiciRecord) first = first.redirectOf;
  return first;
}

/** Its head is there. The promise is let go where nothing can be refused, as it keeps the response. */
export function mayRefuseHead(r: UndiciRecord): void {
  const first = firstOf(r);
  if (first.call === undefined) return;
  if (isRedirect(r.response?.statusCode ?? 0)) checkSoon(r, first.call);
  else if (!hasIntegrity(first.call)) first.call = undefined;
}

/** Its body has ended. */
export function mayRefuseBody(r: UndiciRecord): void {
  const first = firstOf(r);
  const { call } = first;
  if (call === undefined || isRedirect(r.response?.statusCode ?? 0)) return;
  first.call = undefined;
  checkSoon(r, call, 8);
}

/** It failed, and its record says why. */
export function hasFailed(r: UndiciRecord): void {
  firstOf(r).call = undefined;
}

/** Read without a trap or a getter of the program's. */
function hasIntegrity({ args }: Entered): boolean {
  const options = args?.[1];
  if (typeof options !== 'object' || options === null || types().isProxy(options)) return false;
  return typeof Object.getOwnPropertyDescriptor(options, 'integrity')?.value === 'string';
}

const types = () => (nodeModule('node:util') as typeof import('node:util')).types;

/** A refused head has rejected the promise in the jobs right after; a body has been read to its end some ticks later. */
function checkSoon(r: UndiciRecord, call: Entered, ticks = 1): void {
  afterJobs(() => nextTick(() => (ticks > 1 ? checkSoon(r, call, ticks - 1) : check(r, call))));
}

function settledCall({ promise, fetch }: Entered): Settled {
  const { isPromise, isProxy } = types();
  return isPromise(promise) && !isProxy(promise) ? settledOf(promise, fetch) : 'fulfilled';
}

/** Already, though it has not been looked at: the program's next call may come in the same jobs. */
export function isRefused(r: unknown): boolean {
  const call = r instanceof UndiciRecord ? firstOf(r).call : undefined;
  return call !== undefined && typeof settledCall(call) === 'object';
}

const check = guarded(part, 'undici.refusedResponse', (r: UndiciRecord, call: Entered) => {
  const settled = settledCall(call);
  // The next hop is under way.
  if (settled === 'pending') return;
  firstOf(r).call = undefined;
  if (settled === 'fulfilled') return;
  const { error } = settled;
  // What the program gave up, and what failed on a later hop, is said there.
  const isAbort = error === undefined || r.callSignal()?.aborted === true;
  if (isAbort || isReported(error)) return;
  neverFollowed(r);
  refuseResponse(r, error, now());
});
