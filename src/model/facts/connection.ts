/** What a connection counts as. */
import type { Connection } from '../records';

/** Incoming ones, and sockets for datagrams, are no connections that the program established. */
export const isEstablished = (c: Connection): boolean =>
  c.connect?.result === 'connected' && c.direction !== 'in' && c.kind !== 'udp';
