/** Unix sockets and named pipes without HTTP: the channel between a program and its child, of a loader, of a database. */
import type { Connection } from '../records';
import type { Counts } from '../records/trace';
import type { Store } from './store';

/** The program's own, connected, and no request of HTTP came over it. */
export const isPlain = (c: Connection, store: Store): boolean =>
  c.direction !== 'in' &&
  c.connect?.result === 'connected' &&
  (c.requestCount ?? 0) === 0 &&
  store.requestsOfConnection(c.id).length === 0;

/** Their part of the counts; undefined: there is none. */
export function pipesOf(store: Store): Counts['pipes'] {
  const pipes = { connections: 0, bytesSent: 0, bytesReceived: 0 };
  for (const c of store.connections.values()) {
    if (c.kind !== 'unix' || !isPlain(c, store)) continue;
    pipes.connections++;
    pipes.bytesSent += c.bytesSent ?? 0;
    pipes.bytesReceived += c.bytesReceived ?? 0;
  }
  return pipes.connections > 0 ? pipes : undefined;
}
