/** The spans of a store: one for each record that has one, its parent by the references between records. */
import { sorted } from '../../model/base/canonical';
import { withRequests } from '../../model/phases/kernelEvents';
import type { KernelEvent } from '../../model/records';
import type { Store } from '../../model/store/store';
import { requestSpans } from './requestSpan';
import { attemptSpans, dialSpans, lookupSpans, tlsSpans } from './setupSpans';
import type { Span } from './types';
import { View } from './view';

/** `now`: µs since the trace began, where what runs ends. */
export const viewOf = (store: Store, now: number): View => new View(store, now, retransmitsOf(store));

export function* spansOf(view: View): Generator<Span> {
  const { requests, dials, lookups, connections, tlsTunnels } = view.store;
  for (const r of sorted(requests.values())) yield* requestSpans(r, view);
  for (const d of sorted(dials.values())) yield* dialSpans(d, view);
  for (const l of sorted(lookups.values())) yield* lookupSpans(l, view);
  for (const c of sorted(connections.values())) yield* attemptSpans(c, view);
  for (const t of sorted(tlsTunnels.values())) yield* tlsSpans(t, view);
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
