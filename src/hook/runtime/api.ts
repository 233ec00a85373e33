/** What of the hook can be called from outside. Types only. */

/** What the host can reach through a debugger: `globalThis[Symbol.for('nettrace.hook')]`. */
export interface HookFace {
  /** Process and thread: `4711-0`. */
  thread: string;
  /** Writes everything that is known: called at every stop of the debugger. */
  flush(): void;
  /** The request that the program is paused at; set only while it is paused at a network breakpoint. */
  stopped?: object;
  /** Reads at once what is to be traced, and where to stop: the session has written it again. */
  control(): void;
  /** Leaves the program, which goes on. `reason` is reported in the trace; absent: `detached`. */
  uninstall(reason?: string): void;
}
