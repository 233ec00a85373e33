/** The lines below a request: `dial`, `lookup`, `conn`, `tls`, `cert`, `close`. */

import { recordIdOf } from '../base/ids';
import { isEstablished } from '../facts/connection';
import type { LineOf } from '../lines/lines';
import {
  type Connection,
  connection as connectionSchema,
  type Dial,
  dial as dialSchema,
  type Lookup,
  lookup as lookupSchema,
  type TlsTunnel,
  tlsTunnel as tunnelSchema,
} from '../records';
import type { Store } from '../store/store';
import { merge, shifted } from './merge';
import { sentOn, siteOf } from './request';
import type { Isolate } from './types';

/** A copy without the fields whose form differs between line and record. */
function without<T extends object>(value: T, ...keys: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([k]) => k !== 'k' && !keys.includes(k)));
}

export function foldDial(store: Store, isolate: Isolate, line: LineOf<'dial'>): void {
  const id = recordIdOf(isolate.thread, line.id);
  const fields = shifted(dialSchema, without(line, 'id', 'request', 'callSite') as Partial<Dial>, isolate.offset);
  const request = line.request === undefined ? undefined : recordIdOf(isolate.thread, line.request);
  const { lost: _, ...before } = store.dials.get(id) ?? { id, thread: isolate.thread };
  // A request took it later: its own call site says more.
  if (request !== undefined) delete before.callSite;
  store.setDial({
    ...merge<Dial>(before, fields),
    ...(request !== undefined ? { request } : {}),
    ...(line.callSite ? { callSite: siteOf(line.callSite) } : {}),
  });
  const r = request === undefined ? undefined : store.requests.get(request);
  if (r && r.connection === undefined && r.dial === undefined) store.setRequest({ ...r, dial: id });
}

export function foldLookup(store: Store, isolate: Isolate, line: LineOf<'lookup'>): void {
  const id = recordIdOf(isolate.thread, line.id);
  const before = store.lookups.get(id);
  const fields = shifted(lookupSchema, without(line, 'id', 'dial', 'callSite') as Partial<Lookup>, isolate.offset);
  if (!before) store.counts.lookups++;
  const dial = line.dial === undefined ? undefined : recordIdOf(isolate.thread, line.dial);
  const lookup: Lookup = {
    ...merge<Lookup>(before ?? { id, thread: isolate.thread }, fields),
    ...(dial !== undefined ? { dial } : {}),
    ...(line.callSite ? { callSite: siteOf(line.callSite) } : {}),
  };
  if (dial !== undefined) store.setDial({ ...dialOf(store, isolate, dial), lookup: id });
  store.setLookup(lookup);
}

/** The dial of this id, or a stub: its first line was lost. */
function dialOf(store: Store, isolate: Isolate, id: string): Dial {
  return store.dials.get(id) ?? { id, thread: isolate.thread, lost: ['start'] };
}

/** The result of a dial: each attempt becomes a separate connection. */
export function foldConnection(store: Store, isolate: Isolate, line: LineOf<'conn'>): void {
  const { offset, thread } = isolate;
  const dial = line.dial === undefined ? undefined : recordIdOf(thread, line.dial);
  const winner = line.connection === undefined ? undefined : recordIdOf(thread, line.connection);
  for (const a of line.attempts) {
    const id = recordIdOf(thread, a.id);
    const before = store.connections.get(id);
    const won = id === winner;
    const connect = {
      ...(a.beginAt !== undefined ? { beginAt: a.beginAt + offset } : {}),
      ...(a.endAt !== undefined ? { endAt: a.endAt + offset } : {}),
      ...(a.result !== undefined ? { result: a.result } : {}),
      ...(a.error ? { error: a.error } : {}),
    };
    const next: Connection = {
      id,
      thread,
      ...(dial !== undefined ? { dial } : {}),
      kind: line.kind ?? (a.path !== undefined ? 'unix' : 'tcp'),
      direction: line.direction ?? 'out',
      ...(a.local ? { local: a.local } : {}),
      ...(a.remote ? { remote: a.remote } : {}),
      ...(a.path !== undefined ? { path: a.path } : {}),
      // A socket for datagrams has no attempt unless it is connected; nor has one that was there before us.
      ...((line.kind === 'udp' || line.earlierTrace) && Object.keys(connect).length === 0 ? {} : { connect }),
      ...(line.earlierTrace ? { earlierTrace: true } : {}),
      ...(line.createdAt !== undefined ? { createdAt: line.createdAt + offset } : {}),
      ...(won && line.local ? { local: line.local } : {}),
      ...(won && line.options ? { options: line.options } : {}),
      ...(won && line.protocol !== undefined ? { protocol: line.protocol } : {}),
    };
    if (isEstablished(next) && before?.connect?.result !== 'connected') store.counts.connections++;
    const { lost: _, ...known } = before ?? { id };
    // Requests whose lines came first were sent on it already.
    const sent = store.requestsOfConnection(id).filter((r) => sentOn(store.requests.get(r), id)).length;
    if (!before && sent > 0) next.requestCount = sent;
    store.setConnection(merge<Connection>(known, next));
  }
  if (dial === undefined) return;
  store.setDial({
    ...dialOf(store, isolate, dial),
    attempts: line.attempts.map((a) => recordIdOf(thread, a.id)),
    ...(winner !== undefined ? { connection: winner } : {}),
    ...(line.endAt !== undefined ? { endAt: line.endAt + offset } : {}),
    ...(line.mocked ? { mocked: true } : {}),
    ...(line.error ? { error: line.error } : {}),
    ...(line.abort
      ? { abort: { ...line.abort, ...(line.abort.at !== undefined ? { at: line.abort.at + offset } : {}) } }
      : {}),
  });
}

export function foldTls(store: Store, isolate: Isolate, line: LineOf<'tls'>): void {
  const id = recordIdOf(isolate.thread, line.id);
  const fields = shifted(
    tunnelSchema,
    without(line, 'id', 'connection', 'outer') as Partial<TlsTunnel>,
    isolate.offset,
  );
  store.setTunnel({
    ...merge<TlsTunnel>(store.tlsTunnels.get(id) ?? { id }, fields),
    ...(line.connection !== undefined ? { connection: recordIdOf(isolate.thread, line.connection) } : {}),
    ...(line.outer !== undefined ? { outer: recordIdOf(isolate.thread, line.outer) } : {}),
  });
}

/** A connection that something other than a CONNECT made a tunnel (SOCKS). */
export function foldTunnel(store: Store, isolate: Isolate, line: LineOf<'tunnel'>): void {
  const id = recordIdOf(isolate.thread, line.id);
  const { host, port, establishedAt } = line;
  store.setConnection({
    ...(store.connections.get(id) ?? { id, thread: isolate.thread, lost: ['start'] }),
    tunnel: {
      ...(host !== undefined ? { host } : {}),
      ...(port !== undefined ? { port } : {}),
      ...(establishedAt !== undefined ? { establishedAt: establishedAt + isolate.offset } : {}),
    },
  });
}

export function foldCertificate(store: Store, line: LineOf<'cert'>): void {
  const { k: _, ...fields } = line;
  if (!store.certificates.has(fields.fingerprint256)) store.certificates.set(fields.fingerprint256, fields);
}

export function foldClose(store: Store, isolate: Isolate, line: LineOf<'close'>): void {
  const id = recordIdOf(isolate.thread, line.id);
  const before = store.connections.get(id);
  const { upgrade, ...rest } = without(line, 'id');
  const fields = shifted(
    connectionSchema,
    { ...rest, ...(upgrade ? { upgrade: figuresOf(upgrade) } : {}) } as Partial<Connection>,
    isolate.offset,
  );
  if (before?.closedAt === undefined && before?.direction !== 'in') {
    store.counts.bytesSent = (store.counts.bytesSent ?? 0) + (fields.bytesSent ?? 0);
    store.counts.bytesReceived = (store.counts.bytesReceived ?? 0) + (fields.bytesReceived ?? 0);
  }
  store.setConnection(merge<Connection>(before ?? { id, thread: isolate.thread, lost: ['start'] }, fields));
  touchOpen(store, id);
}

/** A connection after a protocol switch, while it lives. */
export function foldUpgrade(store: Store, isolate: Isolate, line: LineOf<'upg'>): void {
  const id = recordIdOf(isolate.thread, line.id);
  const before = store.connections.get(id);
  if (before?.closedAt !== undefined) return;
  const fields = shifted(connectionSchema, { upgrade: figuresOf(line.upgrade) } as Partial<Connection>, isolate.offset);
  store.setConnection(merge<Connection>(before ?? { id, thread: isolate.thread, lost: ['start'] }, fields));
  touchOpen(store, id);
}

/** Of an `upgrade`, what the connection reports. */
function figuresOf(upgrade: unknown): object {
  const { chunksSent, chunksReceived, framesSent, framesReceived } = upgrade as NonNullable<Connection['upgrade']>;
  return {
    ...(chunksSent ? { chunksSent } : {}),
    ...(chunksReceived ? { chunksReceived } : {}),
    ...(framesSent ? { framesSent } : {}),
    ...(framesReceived ? { framesReceived } : {}),
  };
}

/** An upgraded request lives as long as its connection: its row changes with it. */
function touchOpen(store: Store, connection: string): void {
  for (const request of store.requestsOfConnection(connection)) {
    const r = store.requests.get(request);
    if (r?.outcome === 'upgraded' || r?.outcome === 'tunnel') store.setRequest(r);
  }
}
