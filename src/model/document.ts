/** A store's records as a document, and back. */

import { canonical, sorted } from './base/canonical';
import { compareIds } from './base/ids';
import { delaysOf, withRequests } from './phases/kernelEvents';
import { type KernelSample, type SocketOperation, type Trace, trace as traceSchema } from './records';
import { pipesOf } from './store/pipes';
import type { Store } from './store/store';

/** Sorted, keys in schema order. `eventsOfDocument`: the first events of the kernel were read from one, and stay as they are. */
export function documentOf(store: Store, eventsOfDocument: number): Trace {
  const isOn = (source: string): boolean => {
    const state = store.header.sources.find((s) => s.name === source)?.state;
    return state === 'on' || state === 'partial';
  };
  const whole: Trace = {
    ...store.header,
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
      ...store.kernelEvents.slice(0, eventsOfDocument),
      ...withRequests(store, store.kernelEvents.slice(eventsOfDocument)),
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
  const { pipes: __, ...counts } = store.counts;
  const pipes = pipesOf(store);
  return { ...counts, ...(pipes ? { pipes } : {}), ...(counts.evictedRequests === 0 ? {} : { totals }) };
}

/** By instant; those of the same instant, or of none, by connection and in its order. */
function operationsOf(store: Store): SocketOperation[] {
  const ids = [...store.socketOperations.keys()].sort(compareIds);
  return sorted(ids.flatMap((id) => store.socketOperations.get(id) ?? []));
}

/** Fills an empty store with a document's records. */
export function fillFrom(store: Store, doc: Trace): void {
  for (const p of doc.processes) store.processes.set(p.id, p);
  for (const c of doc.connections) store.connections.set(c.id, c);
  for (const d of doc.dials) store.dials.set(d.id, d);
  for (const l of doc.lookups) store.lookups.set(l.id, l);
  for (const x of doc.dnsExchanges ?? []) store.dnsExchanges.set(x.id, x);
  for (const t of doc.tlsTunnels) store.setTunnel(t);
  for (const c of doc.certificates) store.certificates.set(c.fingerprint256, c);
  store.pauses.push(...(doc.pauses ?? []));
  for (const o of doc.socketOperations ?? []) {
    const list = store.socketOperations.get(o.connection);
    if (list) (list as SocketOperation[]).push(o);
    else store.socketOperations.set(o.connection, [o]);
  }
  for (const e of doc.conntrackEntries ?? []) store.conntrackEntries.set(e.id, e);
  store.kernelEvents = [...(doc.kernelEvents ?? [])];
  for (const s of doc.kernelSamples ?? []) {
    const list = store.kernelSamples.get(s.connection);
    if (list) (list as KernelSample[]).push(s);
    else store.kernelSamples.set(s.connection, [s]);
  }
  for (const r of doc.requests) r.direction === 'in' ? store.incoming.set(r.id, r) : store.setRequest(r);
  const { totals, ...counts } = doc.counts;
  Object.assign(store.live, totals);
  store.counts = counts;
  store.losses = [...doc.losses];
}
