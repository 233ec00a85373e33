/** How much of a run was traced, by what was asked for. */
import type { TraceRule } from '../records';
import type { Store } from './store';

/** Every request of every process is traced for it. */
export const tracesAll = ({ enabled, condition = '', limit, sample = 1, target }: TraceRule): boolean =>
  enabled === true && condition === '' && limit === undefined && sample === 1 && target === undefined;

/** How much of a run was traced, of those made so far; undefined: all, as far as is known. */
export function tracedOf({ header, counts }: Store): 'none' | 'some' | undefined {
  const list = header.traceRequests ?? [];
  const matched = counts.requests > 0;
  if ((counts.untraced ?? 0) > 0 && !matched) return list.some((r) => r.enabled) ? 'some' : 'none';
  if (list.length > 0 && !list.some((r) => r.enabled) && !matched) return 'none';
  return list.length > 0 && !list.some(tracesAll) ? 'some' : undefined;
}
