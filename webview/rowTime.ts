/** What of a row moves with the clock. */
import { pausedWithin } from '../src/model/phases';
import { isOngoing } from '../src/model/query/rowFields';
import { now, state } from './state';
import type { Row } from './types';

/** Whether its time runs: it is not finished, and its run goes on. */
export function ongoing(row: Row): boolean {
  return isOngoing(row) && (state.runs.find((r) => r.number === row.run)?.state ?? 'ended') === 'running';
}

/** Where what is open of a row ends in the picture: now, or the end of its run. */
export function stopOf(row: Row, at: number): number {
  const run = state.runs.find((r) => r.number === row.run);
  return run && run.state !== 'running' ? (run.endAt ?? state.now) : at;
}

/** µs of [from, to] during which the row's thread stood in the debugger; a stop that goes on counts up to `to`. */
export function pausedOf(row: Row, from: number, to: number): number {
  const pauses = state.runs.find((r) => r.number === row.run)?.pauses;
  if (!pauses) return 0;
  const own = pauses.filter((p) => p.thread === row.thread || (p.process && row.thread.startsWith(`${p.process}-`)));
  return pausedWithin(own, from, to);
}

/** Its total, µs: growing while its time runs; time in the debugger is not counted. */
export function totalOf(row: Row, at: number = now()): number | undefined {
  if (!ongoing(row) || row.createdAt === undefined) return row.total;
  return Math.max(0, at - row.createdAt - pausedOf(row, row.createdAt, at));
}
