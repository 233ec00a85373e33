/** Who held the socket that a request waited for. */
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
