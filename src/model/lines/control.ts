/**
 * What is in force for the traced programs: one state, written by the session to `control.json` in the spool folder at
 * every change, and read by each isolate (children, workers, with a debugger or without). It contains enabled rules and
 * breakpoints only.
 */
import type { NetworkBreakpoint } from './breakpoints';

/** A trace rule in force. */
export interface RequestControl {
  /** UUID; records name it in `traceRequests`. */
  id: string;
  /** Query; "" = every request. */
  condition: string;
  /** Most requests traced a process; absent: no limit. */
  limit?: number;
  /** Every so many-th match is traced in detail, the others are counted; absent: 1, all. */
  sample?: number;
  /**
   * Place in the counters that the threads of a process share, another one at each enabling, so that a limit starts again.
   * Absent: each thread counts for itself.
   */
  slot?: number;
}

export interface ControlState {
  v: 1;
  /** Counts the changes, from 1. */
  generation: number;
  /** Empty: nothing is traced. */
  requests: RequestControl[];
  breakpoints: NetworkBreakpoint[];
}

/** Name of the file in the spool folder. */
export const controlFileName = 'control.json';

/** Most bytes of the file that a reader takes. */
export const maxControlBytes = 1024 * 1024;
