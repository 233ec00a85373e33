/** What of a row moves with the clock: one source for the panel's rows and the notes beside the code. */
import { pausedWithin } from '../phases/phases';
import { isOngoing } from '../query/rowFields';
import type { Row } from '../rows/row';
import type { Run } from './protocol';

type Timed = Pick<Run, 'state' | 'pauses'> | undefined;

/** Whether its time runs: it is not finished, and its run goes on. */
export const isTimed = (row: Row, run: Timed): boolean => isOngoing(row) && run?.state === 'running';

/** µs of [from, to] during which the row's thread stood in the debugger; a stop that goes on counts up to `to`. */
export function pausedOf(row: Row, run: Timed, from: number, to: number): number {
  const own = run?.pauses?.filter(
    (p) => p.thread === row.thread || (p.process !== undefined && row.thread.startsWith(`${p.process}-`)),
  );
  return own ? pausedWithin(own, from, to) : 0;
}

/** Its total, µs: growing while its time runs; time in the debugger is not counted. */
export function totalAt(row: Row, run: Timed, at: number): number | undefined {
  if (!isTimed(row, run) || row.createdAt === undefined) return row.total;
  return Math.max(0, at - row.createdAt - pausedOf(row, run, row.createdAt, at));
}
