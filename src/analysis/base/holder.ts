/** Who held the socket, or the stream, that a request waited for. */
import type { Request } from '../../model/records';
import type { Store } from '../../model/store/store';

/**
 * The request that blocked it: reported by the pool, or the previous one on the connection, which was still running.
 */
export function holderOf(r: Request, store: Store): Request | undefined {
  if (r.blockedBy !== undefined) return store.requests.get(r.blockedBy);
  if (r.connection === undefined || r.createdAt === undefined || (r.ordinal ?? 1) <= 1) return undefined;
  const ids = store.requestsOfConnection(r.connection);
  const before = store.requests.get(ids[ids.indexOf(r.id) - 1] ?? '');
  return before?.endAt !== undefined && before.endAt > r.createdAt ? before : undefined;
}

/** µs up to `until` in which the response that held the socket was there and nobody read it; 0: not so, or not known. */
export function unreadFor(holder: Request | undefined, until: number): number {
  const { responseBeginAt, response } = holder ?? {};
  if (responseBeginAt === undefined || response?.declaredBytes === 0) return 0;
  // Who read a response that is complete did begin to: when is not known.
  const begun = response?.readBeginAt ?? (holder?.outcome === 'complete' ? responseBeginAt : until);
  return Math.max(0, Math.min(begun, until) - responseBeginAt);
}

/** So many requests before it on the connection are looked at: servers allow 100 to 250 streams. */
const lookedAt = 1000;

/** HTTP/2: the last request that ended while `r` waited for a stream of its connection, since `from`. */
export function freedBy(r: Request, from: number, store: Store): Request | undefined {
  if (r.connection === undefined || r.assignedAt === undefined) return undefined;
  const ids = store.requestsOfConnection(r.connection);
  const at = ids.indexOf(r.id);
  let last: Request | undefined;
  for (const id of ids.slice(Math.max(0, at - lookedAt), Math.max(0, at))) {
    const other = store.requests.get(id);
    if (other?.endAt === undefined || other.endAt <= from || other.endAt > r.assignedAt) continue;
    if (last?.endAt === undefined || other.endAt > last.endAt) last = other;
  }
  return last;
}
