/** The line `dns`: messages exchanged with a name server, by our resolver or by the program itself. */

import { recordIdOf } from '../base/ids';
import type { LineOf } from '../lines/lines';
import {
  type Connection,
  type DnsExchange,
  dnsExchange as exchangeSchema,
  dnsSocket as socketSchema,
} from '../records';
import type { Store } from '../store/store';
import { merge, shifted } from './merge';
import type { Isolate } from './types';

/** Messages of one exchange that are kept: a program may speak on one socket for long. */
const maxMessages = 64;

export function foldDns(store: Store, isolate: Isolate, line: LineOf<'dns'>): void {
  const { thread, offset } = isolate;
  const { k: _, id: number, lookup, connection, followUpOf, dial, socket, ...fields } = line;
  const id = recordIdOf(thread, number);
  const before = store.dnsExchanges.get(id);
  const said = shifted(exchangeSchema, fields as Partial<DnsExchange>, offset);
  const carrier = connection ?? socket?.id;
  const exchange: DnsExchange = {
    ...merge<DnsExchange>(before ?? { id, thread, queries: [], replies: [] }, said),
    ...(lookup !== undefined ? { lookup: recordIdOf(thread, lookup) } : {}),
    ...(carrier !== undefined ? { connection: recordIdOf(thread, carrier) } : {}),
    ...(followUpOf !== undefined ? { followUpOf: recordIdOf(thread, followUpOf) } : {}),
    queries: [...(before?.queries ?? []), ...(said.queries ?? [])].slice(0, maxMessages),
    replies: [...(before?.replies ?? []), ...(said.replies ?? [])].slice(0, maxMessages),
    ...(socket ? { by: { queries: 'resolver', replies: 'resolver' } } : {}),
  };
  store.setExchange(exchange);
  if (!socket) return;
  foldSocket(store, isolate, line, exchange);
  noteResolver(store, exchange.beginAt);
}

/** The resolver's own socket: no connection of the program, so it is not counted. */
function foldSocket(store: Store, isolate: Isolate, line: LineOf<'dns'>, x: DnsExchange): void {
  const { id: _, connectedAt, ...socket } = shifted(socketSchema, line.socket, isolate.offset) ?? { id: 0 };
  const tcp = x.transport === 'tcp';
  const result = socket.error ? 'failed' : connectedAt === undefined ? undefined : 'connected';
  const next: Partial<Connection> = {
    thread: isolate.thread,
    ...(line.dial !== undefined ? { dial: recordIdOf(isolate.thread, line.dial) } : {}),
    kind: tcp ? 'tcp' : 'udp',
    direction: 'out',
    ...(x.server ? { remote: x.server } : {}),
    protocol: 'dns',
    fromResolver: true,
    ...socket,
    ...(socket.closedAt === undefined ? {} : { closedBy: 'local' }),
    ...(tcp ? {} : { ...(x.beginAt !== undefined ? { createdAt: x.beginAt } : {}) }),
    ...(tcp
      ? {
          connect: {
            ...(x.beginAt !== undefined ? { beginAt: x.beginAt } : {}),
            ...(connectedAt !== undefined ? { endAt: connectedAt } : {}),
            ...(result ? { result } : {}),
          },
        }
      : {}),
  };
  const id = x.connection as string;
  store.setConnection(merge<Connection>(store.connections.get(id) ?? { id }, next));
}

/** The resolver is at work; what else was said of it (that it could not always be) stays. */
function noteResolver(store: Store, at: number | undefined): void {
  const before = store.header.sources.find((s) => s.name === 'resolver');
  if (before && before.state !== 'off' && before.state !== 'unavailable') return;
  const on = { name: 'resolver', state: 'on', ...(at !== undefined ? { fromAt: at } : {}) } as const;
  store.setSource(before?.state === 'unavailable' ? { ...before, ...on, state: 'partial' as const } : on);
}

/** The resolver left a lookup to the system, and why. */
export function foldResolverLeft(store: Store, why: string | undefined): void {
  const before = store.header.sources.find((s) => s.name === 'resolver');
  if (before?.detail !== undefined) return;
  const works = before?.state === 'on' && store.dnsExchanges.size > 0;
  store.setSource({
    ...before,
    name: 'resolver',
    state: works ? 'partial' : 'unavailable',
    reason: 'platform',
    ...(why !== undefined ? { detail: why } : {}),
  });
}
