/** What the kernel reported about a connection, for the details of one of its requests. */

import type { Details } from '../../model/panel/protocol';
import { withRequests } from '../../model/phases/kernelEvents';
import type { Request } from '../../model/records';
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

/** Of the newest samples, so many are drawn. */
const maxSamples = 300;

/** The round trip over the request's time: a sample names it only if it has changed. */
export function roundTripsOf({ connection, kernel }: Request, store: Store): Pick<Details, 'roundTrips'> {
  if (connection === undefined || !kernel) return {};
  let rtt: number | undefined;
  const points = [...(store.kernelSamples.get(connection) ?? [])]
    .sort((a, b) => a.at - b.at)
    .flatMap((s) => {
      rtt = s.rtt ?? rtt;
      return rtt === undefined || s.at < kernel.windowBeginAt || s.at > kernel.windowEndAt ? [] : [{ at: s.at, rtt }];
    })
    .slice(-maxSamples);
  return points.length < 2 ? {} : { roundTrips: points };
}
