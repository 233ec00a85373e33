/**
 * What the program finds in its environment. Children and workers inherit it, so forks, npm scripts, TypeScript runners
 * and test runners are traced without their knowing.
 */
import { type Recorded, recorded } from '../../model/options/recorded';
import { withPreload } from './nodeOptions';

/** What the hook reads from NETTRACE_CONF; recorded options that are missing there have their defaults. */
export interface HookSettings extends Recorded {
  v: 1;
  /** The trace's id; each spool file names it in its first line. */
  trace: string;
  /** Trace rules that ask for everything, in force where the control file cannot be read. */
  enabled: string[];
  /** With `keys`: process id of the session. */
  host?: number;
}

const names = Object.keys(recorded) as (keyof Recorded)[];

/** All recorded options: what is not given has its default. */
export function recordedOf(given: Partial<Recorded>): Recorded {
  return Object.fromEntries(names.map((name) => [name, given[name] ?? recorded[name].default])) as unknown as Recorded;
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
    NETTRACE_CONF: JSON.stringify(withoutDefaults(settings)),
  };
}

/** An environment has little room. */
function withoutDefaults(settings: HookSettings): object {
  const isDefault = ([name, value]: [string, unknown]) =>
    name in recorded && JSON.stringify(value) === JSON.stringify(recorded[name as keyof Recorded].default);
  return Object.fromEntries(Object.entries(settings).filter((entry) => !isDefault(entry)));
}
