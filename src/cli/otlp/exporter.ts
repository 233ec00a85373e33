/**
 * `nettrace run --otlp`: sends what the session records while the program runs, the rest at its end. A bundle of its own
 * (dist/otlp.cjs), loaded when the option is used. It runs in nettrace's process, never in the program's.
 */
import { resourceOf } from '../../formats/otlp';
import type { Store } from '../../model/store/store';
import type { Endpoint } from './endpoint';
import { Feed } from './feed';
import { defaultLimits, type QueueCounts, type QueueLimits, SpanQueue } from './queue';
import { type ReadableSpan, type Resource, readable, resourceFrom } from './readable';
import { senderTo } from './sender';

/** Between two looks for what has ended. */
const interval = 500;
/** The end of a run waits this long for the endpoint, at most. */
export const finishMs = 5000;

export interface ExportResult extends QueueCounts {
  /** Requests that were dropped from the trace before they could be sent. */
  missedRequests: number;
  /** Why spans were not delivered, the last reason. */
  error?: string;
}

export interface Export {
  /** After the session has read all. Never rejects. */
  finish(limitMs?: number): Promise<ExportResult>;
}

export function startExport(
  store: Store,
  now: () => number,
  endpoint: Endpoint,
  limits: QueueLimits = defaultLimits,
): Export {
  const feed = new Feed(store, now);
  const resources = new Map<string, Resource>();
  const resourceFor = (process: string): Resource => {
    const known = resources.get(process);
    if (known) return known;
    const made = resourceFrom(resourceOf(store.processes.get(process), store.header));
    resources.set(process, made);
    return made;
  };
  const source = (room: number): ReadableSpan[] =>
    feed.take(room).map((span) => readable(span, resourceFor(span.process)));
  const queue = new SpanQueue(senderTo(endpoint), source, limits);
  const timer = setInterval(() => {
    feed.look();
    queue.flush();
  }, interval).unref();
  return {
    async finish(limitMs = finishMs) {
      clearInterval(timer);
      feed.look(true);
      await queue.finish(limitMs);
      const error = queue.error === undefined ? {} : { error: queue.error };
      return { ...queue.counts, missedRequests: feed.missed, ...error };
    },
  };
}
