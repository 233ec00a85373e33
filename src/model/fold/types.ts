/** What folding passes on. */
import type { SourceEntry } from '../lines/lines';

/** What folding needs to know of the isolate that writes a file. */
export interface Isolate {
  process: string;
  thread: string;
  /** µs added to its instants. */
  offset: number;
  /** Its table of call sites. */
  sources: Map<number, SourceEntry>;
  /** Trace rules in force, for `req` lines that name none. */
  enabled: string[];
  /** Its requests without a record, as the last `count` line said. */
  counted?: { requests: number; failed: number; untraced: number };
}
