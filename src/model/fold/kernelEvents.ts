/** To which request an event of the kernel belongs: the only one of its connection that was under way at that instant. */
import type { KernelEvent, Request } from '../records';
import type { Store } from '../store';

/** Begin of a request's time on its connection: with the set-up, if that was made for it. */
function beginOf(store: Store, r: Request): number | undefined {
  const c = r.connection === undefined ? undefined : store.connections.get(r.connection);
  const setUp = r.ordinal === 1 ? c?.connect?.beginAt : undefined;
  return setUp ?? r.assignedAt ?? r.sendBeginAt ?? r.createdAt;
}

/** The events with their requests; an event of a connection that carried several at once has none. */
export function withRequests(store: Store, events: readonly KernelEvent[]): KernelEvent[] {
  const spans = new Map<string, { id: string; begin: number; end: number }[]>();
  const spansOf = (connection: string) => {
    const known = spans.get(connection);
    if (known) return known;
    const list = store.requestsOfConnection(connection).flatMap((id) => {
      const r = store.requests.get(id);
      const begin = r && beginOf(store, r);
      return begin === undefined ? [] : [{ id, begin, end: r?.endAt ?? Number.POSITIVE_INFINITY }];
    });
    spans.set(connection, list);
    return list;
  };
  return events.map((e) => {
    if (e.connection === undefined || e.request !== undefined) return e;
    const around = spansOf(e.connection).filter((s) => s.begin <= e.at && e.at <= s.end);
    return around.length === 1 && around[0] ? { ...e, request: around[0].id } : e;
  });
}
