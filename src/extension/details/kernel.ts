/** What the kernel reported about a connection, for the details of one of its requests. */

import type { Details } from '../../model/panel/protocol';
import { withRequests } from '../../model/phases/kernelEvents';
import type { Store } from '../../model/store/store';

/** The page draws fewer. */
const maxEvents = 200;

export function kernelOf(connection: string, store: Store): Pick<Details, 'kernelEvents' | 'conntrack'> {
  const events = store.kernelEvents.filter((e) => e.connection === connection).slice(-maxEvents);
  // Entries of a file are stored under their own ids.
  const known = store.conntrackEntries.get(connection);
  const conntrack = known ?? [...store.conntrackEntries.values()].findLast((e) => e.connection === connection);
  return {
    ...(events.length > 0 ? { kernelEvents: withRequests(store, events).sort((a, b) => a.at - b.at) } : {}),
    ...(conntrack ? { conntrack } : {}),
  };
}
