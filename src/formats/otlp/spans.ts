/** The spans of a store: one for each record that has one, its parent by the references between records. */
import { sorted } from '../../model/base/canonical';
import { withRequests } from '../../model/phases/kernelEvents';
import type { Connection, Dial, KernelEvent, Lookup, Request, TlsTunnel } from '../../model/records';
import type { Store } from '../../model/store/store';
import { requestSpans } from './requestSpan';
import { attemptSpans, dialSpans, lookupSpans, tlsSpans } from './setupSpans';
import type { Span } from './types';
import { processOf, View } from './view';

/** `now`: µs since the trace began, where what runs ends. */
export const viewOf = (store: Store, now: number): View => new View(store, now, retransmitsOf(store));

/** Process by process, in the order in which their first records come; made one by one, as a trace may have many. */
export function* spansOf(view: View): Generator<Span> {
  for (const { requests, dials, lookups, connections, tlsTunnels } of groupsOf(view.store)) {
    for (const r of requests) yield* requestSpans(r, view);
    for (const d of dials) yield* dialSpans(d, view);
    for (const l of lookups) yield* lookupSpans(l, view);
    for (const c of connections) yield* attemptSpans(c, view);
    for (const t of tlsTunnels) yield* tlsSpans(t, view);
  }
}

class Group {
  readonly requests: Request[] = [];
  readonly dials: Dial[] = [];
  readonly lookups: Lookup[] = [];
  readonly connections: Connection[] = [];
  readonly tlsTunnels: TlsTunnel[] = [];
}

/** The records of each process, sorted. */
function groupsOf(store: Store): Iterable<Group> {
  const groups = new Map<string, Group>();
  const groupOf = (thread: string | undefined): Group => {
    const process = processOf(thread);
    const known = groups.get(process) ?? new Group();
    groups.set(process, known);
    return known;
  };
  for (const r of sorted(store.requests.values())) groupOf(r.thread).requests.push(r);
  for (const d of sorted(store.dials.values())) groupOf(d.thread).dials.push(d);
  for (const l of sorted(store.lookups.values())) groupOf(l.thread).lookups.push(l);
  for (const c of sorted(store.connections.values())) groupOf(c.thread).connections.push(c);
  for (const t of sorted(store.tlsTunnels.values())) {
    const connection = t.connection === undefined ? undefined : store.connections.get(t.connection);
    groupOf(connection?.thread).tlsTunnels.push(t);
  }
  return groups.values();
}

/** Of those that one request alone can have had. */
function retransmitsOf(store: Store): Map<string, KernelEvent[]> {
  const found = new Map<string, KernelEvent[]>();
  const retransmits = store.kernelEvents.filter((e) => e.kind === 'retransmit');
  for (const e of withRequests(store, retransmits)) {
    if (e.request === undefined) continue;
    const list = found.get(e.request);
    if (list) list.push(e);
    else found.set(e.request, [e]);
  }
  return found;
}
