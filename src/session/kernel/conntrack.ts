/** Entries of the connection tracking as the helper says them, in the words of the trace. */
import type { KernelMessage } from '../../helper/kernelMessages';
import type { ConntrackEntry } from '../../model/records';

type Said = Extract<KernelMessage, { t: 'conntrack' }>;

export interface Clock {
  /** ns of CLOCK_MONOTONIC to µs since the trace began. */
  monotonic(ns: string): number;
  /** ns of CLOCK_REALTIME, likewise; undefined while the clocks are not known. */
  realtime(ns: string): number | undefined;
}

/** The entry without its id; or why there is none. */
export function entryOf(m: Said, clock: Clock): Omit<ConntrackEntry, 'id'> | { missing: string } {
  if ('missing' in m) return { missing: m.missing };
  const { id, at, status, original, reply } = m;
  const beginAt = m.beginRealtimeNs === undefined ? undefined : clock.realtime(m.beginRealtimeNs);
  const endAt = m.endRealtimeNs === undefined ? undefined : clock.realtime(m.endRealtimeNs);
  const missing = {
    ...(m.countersMissing !== undefined ? { counters: m.countersMissing } : {}),
    ...(m.timesMissing !== undefined ? { times: m.timesMissing } : {}),
  };
  return {
    connection: id,
    capturedAt: clock.monotonic(at),
    original,
    reply,
    ...(m.conntrackId !== undefined ? { conntrackId: m.conntrackId } : {}),
    ...(status !== undefined ? { status } : {}),
    ...(m.tcpState !== undefined ? { tcpState: m.tcpState } : {}),
    ...(m.mark !== undefined ? { mark: m.mark } : {}),
    ...(m.zone !== undefined ? { zone: m.zone } : {}),
    ...(m.timeoutSeconds !== undefined ? { timeoutDuration: m.timeoutSeconds * 1_000_000 } : {}),
    ...(m.packetsSent !== undefined ? { packetsSent: m.packetsSent } : {}),
    ...(m.packetsReceived !== undefined ? { packetsReceived: m.packetsReceived } : {}),
    ...(m.bytesSent !== undefined ? { bytesSent: m.bytesSent } : {}),
    ...(m.bytesReceived !== undefined ? { bytesReceived: m.bytesReceived } : {}),
    ...(beginAt !== undefined ? { beginAt } : {}),
    ...(endAt !== undefined ? { endAt } : {}),
    ...(Object.keys(missing).length > 0 ? { missing } : {}),
  };
}
