/** What the kernel saw of all connections together, in one line; only where there is something to say. */

import { quantile } from '../../model/base/statistics';
import { plural, timeText } from '../../model/base/text';
import type { Store } from '../../model/store/store';

/** A round trip below this is of the machine itself, or of the one beside it. */
const farAway = 1000;
/** Less than this of waiting for a window is no matter. */
const heldUpFor = 10_000;

export function kernelLine(store: Store): string | undefined {
  let repeated = 0;
  let on = 0;
  let window = 0;
  let buffer = 0;
  const trips: number[] = [];
  let dropped = 0;
  for (const { kernel: k } of store.connections.values()) {
    if (!k) continue;
    if (k.retransmits) on++;
    repeated += k.retransmits ?? 0;
    dropped += k.drops ?? 0;
    window += k.rwndLimitedDuration ?? 0;
    buffer += k.sndbufLimitedDuration ?? 0;
    if (k.minRtt !== undefined) trips.push(k.minRtt);
  }
  const resets = new Set(store.kernelEvents.flatMap((e) => (e.kind === 'resetReceived' && e.connection) || [])).size;
  const trip = quantile(trips, 0.5);
  const parts = [
    ...(trip !== undefined && trip >= farAway ? [`round trip ${timeText(trip)} (median)`] : []),
    ...(repeated > 0 ? [`${plural(repeated, 'segment')} sent again on ${plural(on, 'connection')}`] : []),
    ...(dropped > 0 ? [`${plural(dropped, 'packet')} dropped on this machine`] : []),
    ...(resets > 0 ? [`${plural(resets, 'connection')} reset by the peer`] : []),
    ...(window >= heldUpFor ? [`${timeText(window)} held up by the receiver’s window`] : []),
    ...(buffer >= heldUpFor ? [`${timeText(buffer)} held up by the send buffer`] : []),
  ];
  return parts.length > 0 ? `kernel: ${parts.join(' · ')}` : undefined;
}
