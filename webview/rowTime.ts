/** What of a row moves with the clock. */
import { now, state } from './state';
import type { Row } from './types';
import { isOngoing } from './view/geometry';

/** Whether its time runs: it is not finished, and its run goes on. */
export function ongoing(row: Row): boolean {
  return isOngoing(row) && (state.runs.find((r) => r.number === row.run)?.state ?? 'ended') === 'running';
}

/** Where what is open of a row ends in the picture: now, or the end of its run. */
export function stopOf(row: Row, at: number): number {
  const run = state.runs.find((r) => r.number === row.run);
  return run && run.state !== 'running' ? (run.endAt ?? state.now) : at;
}

/** Its total, µs: growing while its time runs; time in the debugger is not counted. */
export function totalOf(row: Row, at: number = now()): number | undefined {
  if (!ongoing(row) || row.createdAt === undefined) return row.total;
  let paused = 0;
  for (const p of row.phases) paused += p.paused ?? 0;
  return Math.max(0, at - row.createdAt - paused);
}
