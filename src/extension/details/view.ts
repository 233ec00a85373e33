/** What a page shows: the live runs, or one opened file. Panel, editor tab and trace editor know no more than this. */

import { verdictOf } from '../../analysis/verdict/verdict';
import type { Abilities } from '../../helper/abilities';
import { hookCostOf, tracerLines } from '../../model/facts/tracer';
import type { Verdict } from '../../model/facts/verdict';
import type { ConnectionRow, Details, FindingRow, Run, Status } from '../../model/panel/protocol';
import type { Request } from '../../model/records';
import type { Row } from '../../model/rows/row';
import type { Store } from '../../model/store/store';
import { kernelState } from '../kernel/state';
import { findingRowsOf } from '../rows/findings';
import { partsOfRowId, type RowChanges, type RunRows } from '../rows/rows';
import { detailsOf } from './details';

export interface Located {
  request: Request;
  store: Store;
  /** µs since its trace began: now, or its end. */
  now: number;
}

export interface TraceView {
  /** An opened file: nothing is recorded into it, nothing cleared. */
  readonly readOnly: boolean;
  readonly title?: string;
  rows(): Row[];
  row(id: string): Row | undefined;
  connections(): ConnectionRow[];
  /** Worst first. */
  findings(): FindingRow[];
  runs(): Run[];
  status(): Status;
  /** µs on the axis. */
  now(): number;
  details(id: string): Details | null;
  /** The one sentence on a request. */
  verdict(id: string): Verdict | undefined;
  /** The record behind a row. */
  located(id: string): Located | undefined;
  /** Rows changed; `all`: start again. */
  readonly onDidChange: (listener: (change: RowChanges | 'all') => void) => { dispose(): void };
}

/** Details of a row among runs. */
export function detailsAmong(id: string, runs: Iterable<RunRows>, nowOf: (run: RunRows) => number): Details | null {
  const parts = partsOfRowId(id);
  if (!parts) return null;
  for (const rows of runs) if (rows.run === parts.run) return detailsOf(rows, parts.request, nowOf(rows));
  return null;
}

/** The record behind a row among runs. */
export function locatedAmong(
  id: string,
  runs: Iterable<RunRows>,
  nowOf: (run: RunRows) => number,
): Located | undefined {
  const parts = partsOfRowId(id);
  if (!parts) return undefined;
  for (const rows of runs) {
    const request = rows.run === parts.run ? rows.store.requests.get(parts.request) : undefined;
    if (request) return { request, store: rows.store, now: nowOf(rows) };
  }
  return undefined;
}

/** The sentence on a request. */
export const verdictAt = (at: Located | undefined): Verdict | undefined =>
  at && verdictOf(at.request, at.store, at.now);

const severities = ['error', 'warning', 'info'];

/** Findings of several runs: worst first, of the newest run first. */
export function findingsAmong(runs: readonly RunRows[], nowOf: (run: RunRows) => number): FindingRow[] {
  return runs
    .flatMap((run) => findingRowsOf(run, nowOf(run)))
    .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || b.run - a.run);
}

/** Sums of the stores' exact counts. */
export function statusOf(
  stores: readonly Store[],
  more: { recording: boolean; elapsed?: number },
  abilities?: Abilities,
): Status {
  const sum = (pick: (s: Store) => number): number => stores.reduce((total, s) => total + pick(s), 0);
  const pipes = sum((s) => s.counts.pipes?.connections ?? 0);
  const last = stores.at(-1);
  const tracer = last?.tracer;
  return {
    ...more,
    requests: sum((s) => s.counts.requests),
    failed: sum((s) => s.counts.failed),
    serverErrors: sum((s) => s.live.serverErrors),
    running: sum((s) => s.live.running),
    connections: sum((s) => s.counts.connections) - pipes,
    ...(pipes > 0 ? { pipes } : {}),
    reuses: sum((s) => s.live.reuses),
    bytesSent: sum((s) => s.live.bytesSent),
    bytesReceived: sum((s) => s.live.bytesReceived),
    evicted: sum((s) => s.counts.evictedRequests),
    kernel: kernelState(last, abilities),
    ...(tracer ? { tracer: tracerLines(tracer, hookCostOf(last?.processes.values() ?? [])) } : {}),
  };
}
