/**
 * Clears a store while programs run. Ended requests are removed with everything that only they used, and the counts
 * restart. Running requests, open connections and what they use are kept; an open connection is marked as an earlier
 * one. Clock and ids continue, so that later lines still match.
 */

import { isEstablished } from '../facts/connection';
import type { Connection, Request } from '../records';
import { dropConnection } from './dropConnection';
import type { Index } from './indices';
import type { Store } from './store';

export function clearStore(store: Store, index: Index): void {
  const running = [...store.requests.values()].filter((r) => r.outcome === undefined);
  for (const r of [...store.requests.values()]) {
    if (r.outcome === undefined) continue;
    store.removeRequest(r);
  }
  const inUse = new Set(running.flatMap((r) => r.connection ?? []));
  for (const c of [...store.connections.values()]) {
    if (isOpen(c)) store.setConnection({ ...c, earlierTrace: true });
    else if (!inUse.has(c.id)) dropConnection(store, index, c.id);
  }
  const dials = new Set([
    ...running.flatMap((r) => r.dial ?? []),
    ...[...store.connections.values()].flatMap((c) => c.dial ?? []),
  ]);
  for (const d of [...store.dials.values()]) {
    if (d.endAt === undefined || dials.has(d.id)) continue;
    index.forgetDial(d.id);
    store.dials.delete(d.id);
  }
  const lookups = new Set([...store.dials.values()].flatMap((d) => d.lookup ?? []));
  for (const l of [...store.lookups.values()]) if (!lookups.has(l.id)) store.dns.dropLookup(l.id);
  for (const x of [...store.dnsExchanges.values()]) {
    if (x.lookup === undefined || !store.lookups.has(x.lookup)) store.dnsExchanges.delete(x.id);
  }
  const chains = new Set([...store.tlsTunnels.values()].flatMap((t) => t.peerCertificates ?? []));
  for (const key of [...store.certificates.keys()]) if (!chains.has(key)) store.certificates.delete(key);
  store.kernelEvents = store.kernelEvents.filter(
    (e) => e.connection !== undefined && store.connections.has(e.connection),
  );
  store.losses = [];
  beginCounts(store, running);
}

/** Its handle is there, or is about to be. */
function isOpen(c: Connection): boolean {
  const result = c.connect?.result;
  return c.closedAt === undefined && c.closedBy === undefined && (result === undefined || result === 'connected');
}

/** As if the trace began with what goes on. */
function beginCounts(store: Store, running: readonly Request[]): void {
  const sum = (key: 'bytesSent' | 'bytesReceived') => running.reduce((n, r) => n + (r[key] ?? 0), 0);
  const connections = [...store.connections.values()].filter(isEstablished).length;
  store.counts = {
    requests: running.length,
    failed: 0,
    connections,
    lookups: store.lookups.size,
    bytesSent: 0,
    bytesReceived: 0,
    evictedRequests: 0,
  };
  store.pipes.countAgain();
  Object.assign(store.live, {
    running: running.length,
    reuses: running.filter((r) => (r.ordinal ?? 0) > 1).length,
    serverErrors: 0,
    clientErrors: 0,
    aborted: 0,
    interrupted: 0,
    bytesSent: sum('bytesSent'),
    bytesReceived: sum('bytesReceived'),
  });
  store.touch();
}
