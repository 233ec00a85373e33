/** To which request an event of the kernel belongs: the only one of its connection that was under way at that instant. */
import type { KernelEvent, Trace } from '../records';
import type { Store } from '../store/store';
import { requestOf, type Span, spansOf } from './joins';

/** The events with their requests; an event of a connection that carried several at once has none. */
export function withRequests(store: Store, events: readonly KernelEvent[]): KernelEvent[] {
  const spans = new Map<string, Span[]>();
  return events.map((e) => {
    if (e.connection === undefined || e.request !== undefined) return e;
    const list = spans.get(e.connection) ?? spansOf(e.connection, store);
    spans.set(e.connection, list);
    const request = requestOf(e.at, e.endAt ?? e.at, list);
    return request === undefined ? e : { ...e, request };
  });
}

/** Times that bytes lay in the socket while the program was busy; `events` with their requests. */
export function delaysOf(store: Store, events: readonly KernelEvent[]): NonNullable<Trace['eventLoopDelays']> {
  return events.flatMap((e) => {
    const { connection, request, at, duration } = e;
    const thread = connection === undefined ? undefined : store.connections.get(connection)?.thread;
    if (e.kind !== 'delay' || connection === undefined || thread === undefined || duration === undefined) return [];
    return [{ thread, beginAt: at - duration, endAt: at, connection, ...(request === undefined ? {} : { request }) }];
  });
}
