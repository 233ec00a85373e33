/** What the details of a request say of its packets. */

import type { Details } from '../../model/panel/protocol';
import { wiresharkFilter } from '../../model/panel/wireshark';
import { contextOf } from '../../model/phases/context';
import type { Request } from '../../model/records';
import type { Store } from '../../model/store/store';

/** Packets sent to the page; the file has all. */
export const maxPackets = 1000;

export function captureOf(r: Request, store: Store): Details['capture'] {
  const c = contextOf(r, store, 0);
  const filter = wiresharkFilter([...c.attempts, ...(c.connection ? [c.connection] : [])], c.lookup?.hostname);
  const missing = missingOf(store);
  return {
    // An opened file has what was known of the packets, and none of their bytes.
    savable: missing === undefined && store.holdsPackets,
    ...(missing === undefined ? {} : missing),
    ...(filter === undefined ? {} : { filter }),
  };
}

function missingOf(store: Store): Pick<Details['capture'], 'missing' | 'setting'> | undefined {
  const source = store.header.sources.find((s) => s.name === 'capture');
  if (store.header.captures?.length || source?.state === 'on' || source?.state === 'partial') return undefined;
  if (source?.state === 'unavailable')
    return { missing: `Packets were asked for, but ${source.detail ?? 'could not be captured.'}` };
  return { missing: 'Packet capture was off. It needs permission to capture.', setting: 'capture' };
}
