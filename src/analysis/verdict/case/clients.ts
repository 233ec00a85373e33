/** What an advice is called in the client in use: a dispatcher of undici has other options than an Agent of Node. */
import type { Request } from '../../../model/records';
import { isOfPackage } from '../../base/places';

export const isUndici = (r: Request): boolean => r.api === 'fetch' || r.api === 'undici';

export const staleAdvice = (r: Request): string =>
  isUndici(r)
    ? 'Set `keepAliveTimeout` of the dispatcher below the server’s limit, and retry idempotent requests once.'
    : 'Set the Agent’s `timeout` below the server’s limit, and retry idempotent requests once.';

export const idleAdvice = (r: Request): string =>
  `Keep idle connections longer: a greater ${isUndici(r) ? '`keepAliveTimeout` of the dispatcher' : '`timeout` of the Agent'}.`;

export const queueAdvice = (r: Request): string =>
  `Raise ${isUndici(r) ? '`connections` of the dispatcher (a Client has only one)' : 'maxSockets of the Agent'}, or make what holds the sockets faster.`;

/** A response that nobody read held the socket; `holder`: where it is one. */
export const heldByUnread = (r: Request, holder?: string): string =>
  `Read ${holder === undefined ? 'each body' : `the body of ${holder}`} when its response comes, or discard it: ${isUndici(r) ? '`await res.body?.cancel()`' : '`res.resume()`'}.`;

/** HTTP/2: the server says how many streams a connection may have. */
export const streamAdvice =
  'Use a second session to the server, or make what holds the streams faster; the server sets how many a connection may have.';

export const unreadAdvice = (r: Request): string =>
  `Read the bodies, or discard them: ${isUndici(r) ? '`await res.body?.cancel()`' : '`res.resume()`'}.`;

/** Of one of several tries of a call, or of a package: the program's own line may never have had the response. */
export const isClients = (r: Request): boolean => r.attempt !== undefined || isOfPackage(r.callSite);

/** In a package it is for the package to do, unless it hands the body on; so it is for a client that tries again. */
export function discardAdvice(r: Request): string {
  const call = r.api === 'undici' ? '`body.dump()`' : isUndici(r) ? '`await res.body?.cancel()`' : '`res.resume()`';
  if (isOfPackage(r.callSite))
    return 'Read or discard the body where the package hands it out; else it is for the package to do.';
  return r.attempt === undefined
    ? `Call ${call}, in error branches too.`
    : `Where your code makes the tries, call ${call} before the next one; else it is for the client that retries.`;
}

/** A connection more than needed, by a package: what it can be given. */
export const packageAdvice = (r: Request): string =>
  `Where the package takes ${isUndici(r) ? 'a dispatcher' : 'an Agent'}, give it one for all its calls; else it is for the package to do.`;

/** `http` and `https`, and the libraries on them, speak HTTP/1.1 only. */
export const h2Advice = (r: Request): string =>
  isUndici(r)
    ? 'Use undici’s `new Agent({ allowH2: true })` as dispatcher: one connection serves all of them.'
    : 'Use node:http2, or a client that speaks HTTP/2: one connection serves all of them.';
