/** What the hook can be asked for, and what of it can be called from outside. Types only: `environment.ts` reads and checks the settings. */
import type { Recorded } from '../../model/options/recorded';

/** Where the resolver reads what the system's would. */
export interface ResolverFiles {
  resolvConf?: string;
  hosts?: string;
  nsswitch?: string;
  /** Port of the name servers. */
  port?: number;
}

export interface Settings extends Recorded {
  /** Names of options that do not fit, and so have their defaults. */
  unfit: string[];
  /** Folder of the spool files. */
  spool: string;
  trace: string;
  /** Trace rules enabled at the start. Empty: nothing is patched. */
  enabled: string[];
  /** Other files and another port than the system's for that: tests. */
  resolverFiles: ResolverFiles;
  /** Process id of the session, for which TLS secrets are kept; 0: not known. */
  host: number;
  /** Group writes for so many ms; absent: 5 while the loop is over 90 % busy, else each tick writes. */
  gap: number | undefined;
  segmentBytes: number;
  maxUnreadBytes: number;
  /** The program was attached to: process id of the host, 0 where its number means nothing. Absent: it was started with us. */
  attachedBy: number | undefined;
  /** Most ms that masking may take of one tick; absent: 200. */
  maskingMs: number | undefined;
  /** Handlers that shall fail: fault injection in tests. */
  faults: string[];
}

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
