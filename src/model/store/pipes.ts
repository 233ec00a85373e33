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

export const isPipe = (c: Connection, store: Store): boolean => c.kind === 'unix' && isPlain(c, store);

/** Their part of the store's counts, kept with each change: to look through all connections takes too long for that. */
export class Pipes {
  /** Those in the store that are counted, as they were when counted. */
  readonly #counted = new Map<string, Connection>();
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The connection, or which requests it carries, changed. */
  changed(id: string | undefined): void {
    const c = id === undefined ? undefined : this.#store.connections.get(id);
    const before = c && this.#counted.get(c.id);
    if (!c || (c.kind !== 'unix' && !before)) return;
    const isOne = isPipe(c, this.#store);
    if (before) this.#add(before, -1);
    if (isOne) this.#add(c, 1);
    if (isOne) this.#counted.set(c.id, c);
    else this.#counted.delete(c.id);
  }

  /** Evicted: it stays counted, as every connection does. */
  evicted(id: string): void {
    this.#counted.delete(id);
  }

  /** The counts are other ones now. `known`: what a document says, which counts those evicted too. */
  countAgain(known?: Counts['pipes']): void {
    const { counts, connections } = this.#store;
    delete counts.pipes;
    this.#counted.clear();
    for (const id of connections.keys()) this.changed(id);
    if (known) counts.pipes = { ...known };
  }

  #add(c: Connection, times: 1 | -1): void {
    const { counts } = this.#store;
    const { connections = 0, bytesSent = 0, bytesReceived = 0 } = counts.pipes ?? {};
    counts.pipes = {
      connections: connections + times,
      bytesSent: bytesSent + times * (c.bytesSent ?? 0),
      bytesReceived: bytesReceived + times * (c.bytesReceived ?? 0),
    };
    if (counts.pipes.connections === 0) delete counts.pipes;
  }
}
