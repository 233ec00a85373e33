/** Which request something on a connection belongs to: it does only if it can be no other's. */

import type { Connection, Request } from '../records';
import type { Store } from '../store/store';
import { contextOf } from './context';

export interface Span {
  request: string;
  beginAt: number;
  /** Absent: it runs. */
  endAt?: number;
}

/** The kernel begins to connect around the instant that the hook has of it. */
const slack = 1000;

/** When a request was on its connection, or waited for this one to be made. undefined: not known. */
export function spanOf(r: Request, c: Connection, store: Store): Span | undefined {
  let beginAt = r.assignedAt ?? r.sendBeginAt;
  if ((r.ordinal ?? 1) <= 1 || c.protocol === 'h2') {
    const { counts, dial } = contextOf(r, store, 0);
    const setupAt = counts ? (c.connect?.beginAt ?? dial?.beginAt) : undefined;
    if (setupAt !== undefined) beginAt = Math.min(beginAt ?? setupAt, setupAt) - slack;
  }
  beginAt ??= r.createdAt;
  if (beginAt === undefined) return undefined;
  return { request: r.id, beginAt, ...(r.endAt !== undefined ? { endAt: r.endAt } : {}) };
}

export function spansOf(connection: string, store: Store): Span[] {
  const c = store.connections.get(connection);
  if (!c) return [];
  return store.requestsOfConnection(connection).flatMap((id) => {
    const r = store.requests.get(id);
    return (r && spanOf(r, c, store)) ?? [];
  });
}

/** The one request whose span holds all of it; undefined: none, or any other touches it. */
export function requestOf(beginAt: number, endAt: number, spans: Iterable<Span>): string | undefined {
  let found: Span | undefined;
  for (const s of spans) {
    if (s.beginAt > endAt || (s.endAt !== undefined && s.endAt < beginAt)) continue;
    if (found) return undefined;
    found = s;
  }
  if (!found || found.beginAt > beginAt || (found.endAt !== undefined && found.endAt < endAt)) return undefined;
  return found.request;
}
