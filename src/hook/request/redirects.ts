/**
 * Hops of a redirect are requests of their own, made by the client without the program's call on the stack. They are
 * joined by the Location of a 3xx answer that equals the URL of a request made shortly after.
 */

import type { RequestRecord } from '../records/request';
import { now } from '../runtime/clock';

const expected = new Map<string, { from: RequestRecord; at: number }>();
const max = 64;
/** Clients follow at once; what comes later is a request of the program's own. */
const longestMs = 2000;

export const isRedirect = (status: number): boolean =>
  status >= 301 && status <= 308 && status !== 304 && status !== 305 && status !== 306;

export function expectRedirect(from: RequestRecord, location: string): void {
  let target: URL;
  try {
    target = new URL(location, from.url());
  } catch {
    return;
  }
  from.followed = true;
  if (expected.size >= max) expected.clear();
  expected.set(key(target), { from, at: now() });
}

/** The client refused the redirect: a later request to that URL is the program's own. */
export function neverFollowed(from: RequestRecord): void {
  from.followed = false;
  for (const [url, hop] of expected) if (hop.from === from) expected.delete(url);
}

const key = (u: URL): string => `${u.protocol}//${u.host}${u.pathname}${u.search}`;

/** The hop before a request to this URL; asked only when a redirect is expected at all. */
export function redirectTo(url: () => string): RequestRecord | undefined {
  if (expected.size === 0) return undefined;
  let k = url();
  let hop = expected.get(k);
  if (hop === undefined) {
    try {
      k = key(new URL(k));
    } catch {
      return undefined;
    }
    hop = expected.get(k);
  }
  if (hop === undefined) return undefined;
  expected.delete(k);
  return now() - hop.at > longestMs ? undefined : hop.from;
}

/** Likewise, of a request that mostly follows none. */
export const hopBefore = (r: RequestRecord): RequestRecord | undefined =>
  expected.size === 0 ? undefined : redirectTo(() => r.url());
