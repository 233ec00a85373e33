/** Network breakpoints, as they stand in the control state. */

export type BreakpointKind =
  | 'requestStarts'
  | 'responseArrives'
  | 'requestFails'
  | 'status400'
  | 'status500'
  | 'slowerThan'
  | 'firstHost'
  | 'bodyNotRead';

export interface NetworkBreakpoint {
  id: string;
  kind: BreakpointKind;
  /** Query over the request; absent: each. */
  condition?: string;
  hitCondition?: string;
  /** Written to the Debug Console instead of stopping. */
  logMessage?: string;
  /** Of `slowerThan`. */
  thresholdMs?: number;
  /** Only requests made here. */
  callSite?: { file: string; line: number };
}
