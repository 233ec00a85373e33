/** The state of a run's figures at one moment, for the endpoint and the summary. */
import type { Store } from '../../model/store/store';
import type { HostFigures } from '../../session/hostGauge';
import type { SinkCounts } from './sink';

export interface Snapshot {
  trace: string;
  version: string;
  counts: {
    requests: number;
    counted: number;
    untraced: number;
    running: number;
    connections: number;
    reuses: number;
    lookups: number;
  };
  self: HostFigures;
  sinks: { sink: string; counts: SinkCounts }[];
}

export function countsOf({ counts, live }: Store): Snapshot['counts'] {
  const { requests, connections, lookups, counted = 0, untraced = 0 } = counts;
  return { requests, counted, untraced, running: live.running, connections, reuses: live.reuses, lookups };
}
