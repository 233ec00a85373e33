// What `nettrace run` is asked to trace.
import { TraceRequestError, TraceRequests } from '../model/traceRequests';
import { UsageError } from './say';

export interface AskedRequests {
  /** Conditions; empty: everything. */
  trace: string[];
  /** False with --no-trace: created, but not enabled. */
  enabled?: boolean;
  /** Most requests a process. */
  limit?: number;
  /** Every so many-th in detail. */
  sample?: number;
}

/** Throws UsageError: a condition makes no sense. */
export function requestsOf({ trace, enabled = true, limit, sample }: AskedRequests): TraceRequests {
  const bounds = { ...(limit !== undefined ? { limit } : {}), ...(sample !== undefined ? { sample } : {}) };
  if (trace.length === 0) return TraceRequests.everything({ enabled, ...bounds });
  const registry = new TraceRequests();
  for (const condition of trace) {
    try {
      const { id } = registry.create({ condition, ...bounds });
      registry.update(id, { enabled });
    } catch (error) {
      if (!(error instanceof TraceRequestError)) throw error;
      throw new UsageError(`--trace '${condition}': ${error.message}`);
    }
  }
  return registry;
}
