/** A store's records as a document. */

import { canonical, sorted } from './base/canonical';
import { compareIds } from './base/ids';
import { delaysOf, withRequests } from './phases/kernelEvents';
import { type SocketOperation, type Trace, trace as traceSchema } from './records';
import type { Store } from './store/store';

/** The trace as a document: sorted, keys in schema order; the same records give the same text. */
export function documentOf(store: Store): Trace {
  const header = store.documentHeader();
  const isOn = (source: string): boolean => {
    const state = header.sources.find((s) => s.name === source)?.state;
    return state === 'on' || state === 'partial';
  };
  const whole: Trace = {
    ...header,
    counts: countsOf(store),
    processes: sorted(store.processes.values()),
    requests: sorted([...store.requests.values(), ...store.incoming.values()]),
    dials: sorted(store.dials.values()),
    lookups: sorted(store.lookups.values()),
    // Without a word of DNS messages there is no list, rather than an empty one.
    ...(store.dnsExchanges.size > 0 || isOn('resolver') ? { dnsExchanges: sorted(store.dnsExchanges.values()) } : {}),
    connections: sorted(store.connections.values()),
    tlsTunnels: sorted(store.tlsTunnels.values()),
    certificates: [...store.certificates.values()],
    losses: [...store.losses],
  };
  if (store.pauses.length > 0) whole.pauses = [...store.pauses];
  if (store.socketOperations.size > 0) whole.socketOperations = operationsOf(store);
  if (store.kernelSamples.size > 0 || isOn('inetDiag'))
    whole.kernelSamples = sorted([...store.kernelSamples.values()].flat());
  if (store.kernelEvents.length > 0 || isOn('bpf'))
    whole.kernelEvents = sorted([
      ...store.kernelEvents.slice(0, store.eventsOfDocument),
      ...withRequests(store, store.kernelEvents.slice(store.eventsOfDocument)),
    ]);
  const delays = delaysOf(store, whole.kernelEvents ?? []);
  if (delays.length > 0) whole.eventLoopDelays = sorted(delays);
  if (store.conntrackEntries.size > 0 || isOn('conntrack'))
    whole.conntrackEntries = sorted(store.conntrackEntries.values());
  return canonical(traceSchema, whole);
}

/** Once requests were evicted, those that are kept do not add up to the sums any more. */
function countsOf(store: Store): Trace['counts'] {
  const { running: _, ...totals } = store.live;
  const { counts } = store;
  return { ...counts, ...(counts.evictedRequests === 0 ? {} : { totals }) };
}

/** By instant; those of the same instant, or of none, by connection and in its order. */
function operationsOf(store: Store): SocketOperation[] {
  const ids = [...store.socketOperations.keys()].sort(compareIds);
  return sorted(ids.flatMap((id) => store.socketOperations.get(id) ?? []));
}
