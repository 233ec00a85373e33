/** Who ended a connection. */
import type { Connection } from '../records';

/** The program did, or Node for it: nothing of the peer had come that ended it. */
export const isClosedHere = (c: Connection | undefined): boolean =>
  c?.closedBy === 'local' || c?.closedBy === 'localReset';
