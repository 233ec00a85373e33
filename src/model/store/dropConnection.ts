import type { Index } from './indices';
import type { Store } from './store';

/** A connection goes, with all that is recorded of it; its dial stays. */
export function dropConnection(store: Store, index: Index, id: string): void {
  for (const tunnel of index.tunnelsOf(id)) store.tlsTunnels.delete(tunnel);
  index.forgetConnection(id);
  store.socketOperations.delete(id);
  store.kernelSamples.delete(id);
  store.conntrackEntries.delete(id);
  store.removeConnection(id);
}
