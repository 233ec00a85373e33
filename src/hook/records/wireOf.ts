import { past } from '../runtime/ids';
import { linked } from '../runtime/links';
import type { Wire } from './wire';

/** What is known of a socket; undefined: nothing, or only from before tracing stopped in between. */
export const wireOf = (socket: object): Wire | undefined => {
  const wire = linked<Wire>(socket);
  return wire === undefined || wire.id <= past.id ? undefined : wire;
};
