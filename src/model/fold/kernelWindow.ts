/** A request's own share of what the kernel counted on its connection: differences between two samples. */
import type { KernelTotals, RequestKernel } from '../records';

export type Statistics = Partial<Omit<KernelTotals, 'at' | 'final' | 'by'>>;

/** A sample with all its figures. */
export interface Whole {
  at: number;
  /** Its figures are of an instant from `at` to this one. */
  doneAt: number;
  statistics: Statistics;
}

export interface Difference {
  begin: number;
  end: number;
  /** By instant. */
  whole: readonly Whole[];
  /** Samples after `begin`, those that are not kept whole any more included. */
  seen: number;
  /** Begin of the connection, for its first request: all counters were zero then. */
  zeroAt?: number;
  /** Requests of the connection; without an end: they run. */
  others: Span[];
  /** The one of them that it is about. */
  own?: Span;
}

interface Span {
  beginAt: number;
  endAt?: number;
}

const counters = [
  'retransmits',
  'bytesRetransmitted',
  'bytesSent',
  'bytesReceived',
  'segmentsSent',
  'segmentsReceived',
  'busyDuration',
  'rwndLimitedDuration',
  'sndbufLimitedDuration',
] as const;

/** There must be a sample after its end. */
export function requestKernelOf(d: Difference): RequestKernel | { missing: string } {
  const after = d.whole.find((s) => s.at >= d.end) as Whole;
  const before = d.whole.findLast((s) => s.doneAt <= d.begin);
  const windowBeginAt = before?.at ?? d.zeroAt;
  if (windowBeginAt === undefined) return { missing: 'noSampleBefore' };
  const differences: Partial<Record<(typeof counters)[number], number>> = {};
  for (const name of counters) {
    const last = after.statistics[name];
    const first = before ? before.statistics[name] : 0;
    if (last === undefined || first === undefined) continue;
    // Only another socket's counters are lower.
    if (last < first) return { missing: 'countersRestarted' };
    differences[name] = last - first;
  }
  const overlaps = (o: Span) =>
    o !== d.own && o.beginAt < after.at && (o.endAt === undefined || o.endAt > windowBeginAt);
  const { rtt: rttBegin } = before?.statistics ?? {};
  const { rtt: rttEnd, minRtt } = after.statistics;
  return {
    windowBeginAt,
    windowEndAt: after.at,
    samples: (before ? 1 : 0) + d.seen - d.whole.filter((s) => s.at > after.at).length,
    shared: d.others.some(overlaps),
    ...differences,
    ...(rttBegin !== undefined ? { rttBegin } : {}),
    ...(rttEnd !== undefined ? { rttEnd } : {}),
    ...(minRtt !== undefined ? { minRtt } : {}),
  };
}
