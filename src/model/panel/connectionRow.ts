/** A connection as a lane of the panel's connections view: its setup, its life, and who ended it. */

import type { Connection, Dial } from '../records';
import { addressText } from '../rows/row';
import { isPipe } from '../store/pipes';
import type { Store } from '../store/store';
import type { ConnectionRow } from './protocol';

const closers: Record<string, string> = {
  local: 'closed by your program',
  localReset: 'reset by your program',
  peer: 'closed by the server',
  peerReset: 'reset by the server',
  timeout: 'timed out',
  processExit: 'open until the program ended',
};

/**
 * Undefined for what is no lane: an attempt that did not connect, and what others opened to the program, which is kept
 * apart. A socket for datagrams is a lane from its creation on. Instants in µs since the trace began.
 */
export function connectionRowOf(c: Connection, store: Store): ConnectionRow | undefined {
  if (c.direction === 'in') return undefined;
  if (c.connect?.result !== 'connected' && c.kind !== 'udp' && !c.earlierTrace) return undefined;
  const dial = c.dial === undefined ? undefined : store.dials.get(c.dial);
  const lookup = dial?.lookup === undefined ? undefined : store.lookups.get(dial.lookup);
  const tunnel = store.tunnelsOf(c.id).at(-1);
  const phases: ConnectionRow['phases'] = [];
  const add = (name: ConnectionRow['phases'][number]['name'], beginAt?: number, endAt?: number) => {
    if (beginAt !== undefined && endAt !== undefined && endAt >= beginAt)
      phases.push({ name, beginAt, duration: endAt - beginAt });
  };
  add('dns', lookup?.beginAt, lookup?.endAt);
  if (c.kind !== 'udp') add('tcp', c.connect?.beginAt, c.connect?.endAt);
  add('tls', tunnel?.beginAt, tunnel?.endAt);
  const readyAt = tunnel ? tunnel.endAt : (c.connect?.endAt ?? c.createdAt);
  const row: ConnectionRow = {
    id: c.id,
    number: store.connectionNumber(c.id),
    thread: c.thread ?? '',
    host: dial?.path ?? hostOf(c, dial),
    requests: c.requestCount ?? 0,
    phases,
  };
  const kind = c.kind === 'udp' ? 'UDP' : isPipe(c, store) ? 'pipe' : undefined;
  const protocol = [kind, tunnel?.version?.replace('TLSv', 'TLS '), c.protocol]
    .filter((x) => x !== undefined)
    .join(' · ');
  const beginAt = dial?.beginAt ?? c.createdAt ?? c.connect?.beginAt;
  const endAt = c.closedAt ?? (c.closedBy === undefined ? undefined : endOfThread(c, store));
  if (c.remote) row.remote = addressText(c.remote);
  if (protocol) row.protocol = protocol;
  if (beginAt !== undefined) row.beginAt = beginAt;
  if (readyAt !== undefined) row.readyAt = readyAt;
  if (endAt !== undefined) row.endAt = endAt;
  if (c.closedBy !== undefined) row.closedBy = closers[c.closedBy] ?? c.closedBy;
  return row;
}

/** As asked; a socket for datagrams to anybody is known by its own end. */
function hostOf(c: Connection, dial: Dial | undefined): string {
  if (dial?.host !== undefined) return addressText({ address: dial.host, port: dial.port ?? 0 });
  if (c.earlierTrace && c.remote) return addressText(c.remote);
  return c.kind === 'udp' && c.local ? `from ${addressText(c.local)}` : '';
}

/** A connection that the process exit closed has no close time: its thread's end is used. */
function endOfThread(c: Connection, store: Store): number | undefined {
  return c.thread === undefined ? undefined : store.thread(c.thread)?.thread.endAt;
}
