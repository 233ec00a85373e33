/** A document's records back in a store. */

import type { KernelSample, SocketOperation, Trace } from '../records';
import type { Store } from './store';

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
  store.pipes.countAgain(doc.counts.pipes);
  store.losses = [...doc.losses];
}
