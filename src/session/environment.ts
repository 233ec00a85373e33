// What the program finds in its environment. Children and workers inherit it, so forks, npm scripts, TypeScript runners
// and test runners are traced without their knowing.
import { withPreload } from './nodeOptions';

export type HeaderLevel = 'off' | 'names' | 'lengths' | 'values';
/** `all`, `off`, or how many exact call sites a second. */
export type CallSites = 'all' | 'off' | number;

/** What the hook reads from NETTRACE_CONF. */
export interface HookSettings {
  v: 1;
  /** The trace's id; each spool file names it in its first line. */
  trace: string;
  /** Trace requests enabled from the start. Empty: the hook is loaded and patches nothing. */
  enabled: string[];
  callSites: CallSites;
  headers: HeaderLevel;
  excludeHeaders: string[];
  maskedParameters: string[];
}

/** Only the variables to set; `base` is what the program would get without us. */
export function tracedEnvironment(
  base: Record<string, string | undefined>,
  hook: string,
  spool: string,
  settings: HookSettings,
): Record<string, string> {
  return {
    NODE_OPTIONS: withPreload(base.NODE_OPTIONS, hook),
    NETTRACE_SPOOL: spool,
    NETTRACE_CONF: JSON.stringify(settings),
  };
}
