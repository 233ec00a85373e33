/** The trace's own fields, apart from its records; and its clock: instants count from the trace's begin. */
import { formatVersion, type Trace } from '../records';

/** The trace's own fields: everything but the arrays kept as maps, and the counts. */
export type Header = Omit<
  Trace,
  | 'processes'
  | 'requests'
  | 'dials'
  | 'lookups'
  | 'dnsExchanges'
  | 'connections'
  | 'tlsTunnels'
  | 'certificates'
  | 'counts'
  | 'losses'
  | 'pauses'
  | 'socketOperations'
  | 'kernelSamples'
  | 'kernelEvents'
  | 'conntrackEntries'
>;

/** A header for a trace that begins now; the caller gives the anchor. */
export function newHeader(
  id: string,
  anchor: { time: string; monotonicNs: string },
  producer: { name: string; version: string },
): Header {
  return {
    format: 'nettrace',
    version: formatVersion,
    id,
    producer,
    beginTime: anchor.time,
    beginMonotonicNs: anchor.monotonicNs,
    state: 'running',
    sources: [],
  };
}

export function headerOf(doc: Trace): Header {
  const {
    processes: _processes,
    requests: _requests,
    dials: _dials,
    lookups: _lookups,
    dnsExchanges: _dnsExchanges,
    connections: _connections,
    tlsTunnels: _tlsTunnels,
    certificates: _certificates,
    counts: _counts,
    losses: _losses,
    pauses: _pauses,
    socketOperations: _socketOperations,
    kernelSamples: _kernelSamples,
    kernelEvents: _kernelEvents,
    conntrackEntries: _conntrackEntries,
    ...header
  } = doc;
  return header;
}

const beginNs = (header: Pick<Header, 'beginMonotonicNs'>): bigint => BigInt(header.beginMonotonicNs ?? '0');

/** µs since the trace began, to the ns, of an instant of CLOCK_MONOTONIC in ns. */
export const sinceBegin = (header: Pick<Header, 'beginMonotonicNs'>, monotonicNs: bigint): number =>
  Number(monotonicNs - beginNs(header)) / 1000;

/** CLOCK_MONOTONIC in ns of an instant in µs since the trace began. */
export const monotonicOf = (header: Pick<Header, 'beginMonotonicNs'>, at: number): bigint =>
  beginNs(header) + BigInt(Math.round(at * 1000));
