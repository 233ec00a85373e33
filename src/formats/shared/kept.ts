import { numberText } from '../../model/base/text';
import type { Trace } from '../../model/records';

/** The trace's description with its losses, for formats that have no list of them. */
export function describedWhole({ description, counts }: Trace): string | undefined {
  const { requests, evictedRequests } = counts;
  if (evictedRequests === 0) return description;
  const kept = `Holds the last ${numberText(requests - evictedRequests - (counts.counted ?? 0))} of ${numberText(requests)} requests: the oldest left the trace, whose bound --max-requests sets.`;
  return description === undefined || description === '' ? kept : `${description} · ${kept}`;
}
