/** What of a row moves with the clock. */
import * as rowTime from '../../src/model/panel/rowTime';
import type { Row } from '../view/types';
import { wallTimeOf } from '../view/words/clock';
import { now, state } from './state';

const runOf = (row: Row) => state.runs.find((r) => r.number === row.run);

/** When it was called, ms since 1970; undefined: not known. */
export const wallTime = (row: Row): number | undefined => wallTimeOf(row, runOf(row));

/** Whether its time runs: it is not finished, and its run goes on. */
export const ongoing = (row: Row): boolean => rowTime.isTimed(row, runOf(row));

/** Where what is open of a row ends in the picture: now, or the end of its run. */
export function stopOf(row: Row, at: number): number {
  const run = runOf(row);
  return run && run.state !== 'running' ? (run.endAt ?? state.now) : at;
}

/** µs of [from, to] during which the row's thread stood in the debugger; a stop that goes on counts up to `to`. */
export const pausedOf = (row: Row, from: number, to: number): number => rowTime.pausedOf(row, runOf(row), from, to);

/** Its total, µs: growing while its time runs; time in the debugger is not counted. */
export const totalOf = (row: Row, at: number = now()): number | undefined => rowTime.totalAt(row, runOf(row), at);
