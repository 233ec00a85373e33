/** The end of a trace that says none, as its session was lost: the last thing known of its requests. */
import type { Request } from '../records';

/** µs since the trace began. */
export function lastInstant(requests: Iterable<Request>): number {
  let last = 0;
  for (const r of requests)
    for (const at of [r.createdAt, r.assignedAt, r.sendEndAt, r.responseBeginAt, r.endAt])
      if (at !== undefined && at > last) last = at;
  return last;
}
