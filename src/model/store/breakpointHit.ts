/** A network breakpoint was met: for the host to print and count, no part of the trace. */
export interface BreakpointHit {
  /** µs since the trace began. */
  at: number;
  thread: string;
  /** Id of the breakpoint. */
  breakpoint: string;
  /** In this thread so far, this one included. */
  hits: number;
  /** stop: the program stops now. over: it goes on. log: a log message. count: the hit condition passed over it. */
  what: 'stop' | 'over' | 'log' | 'count';
  /** What the breakpoint is called; absent at `over` and `count`. */
  title?: string;
  /** Id of the request; likewise. */
  request?: string;
  method?: string;
  /** Masked. */
  url?: string;
  /** The log message, its places filled in. */
  text?: string;
  /** In the source as written, where the program knows it; absent when the request was made before anything was armed. */
  callSite?: { file: string; line: number; column: number; function?: string };
}
