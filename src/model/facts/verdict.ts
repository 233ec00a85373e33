/** What is said of one request: one sentence with its figures, whose part it is, and what to do. Made by the analysis. */
import type { Evidence, Finding } from '../records';

export interface Verdict {
  /** `ok`: nothing to say against it. `failed`: no whole response. `error`: answered with 5xx or 429. */
  level: 'ok' | 'warning' | 'slow' | 'failed' | 'error' | 'running' | 'aborted';
  /** Rule that decided: `staleKeepAlive`, `dnsNotFound`, `server` … */
  rule: string;
  /** Absent: no side is named (healthy, running, aborted by the program). */
  fault?: Finding['fault'];
  certainty: 'sure' | 'likely' | 'unclear';
  /** At most 160 characters. */
  text: string;
  /** At most 120 characters. */
  advice?: string;
  /** Figures that the text rests on, at most 5. */
  evidence: Evidence[];
  /** What would make an unclear one clear. */
  toFindOut?: string;
}
