/** Parts of phases, and why a phase is absent. */

/** A piece of a phase; parts may overlap each other. Instants in µs. */
export interface PhasePart {
  name:
    | 'attempt'
    | 'poolWait'
    | 'tls'
    | 'connect'
    | 'unsent'
    | 'continue'
    | 'stall'
    | 'informational'
    | 'unread'
    | 'longestGap'
    | 'unusedDial'
    | 'shared';
  beginAt?: number;
  duration?: number;
  /** Id of the record the part is about. */
  ref?: string;
}

/** Why a phase is absent. */
export type AbsentReason =
  | 'reused'
  | 'literal'
  | 'plain'
  | 'unix'
  | 'ready'
  | 'earlier'
  /** Its connection was there before tracing began. */
  | 'beforeTrace'
  | 'notSeen'
  /** There was no connection: the program answered by itself. */
  | 'mocked'
  | 'notReached'
  | 'notYet'
  | 'direct'
  | 'earlyResponse'
  | 'notRead'
  | 'noBody'
  /** An imported trace whose format does not report it apart. */
  | 'notInFormat';
