// What the program finds in its environment. Children and workers inherit it, so forks, npm scripts, TypeScript runners
// and test runners are traced without their knowing.
import { withPreload } from './nodeOptions';

export type HeaderLevel = 'off' | 'names' | 'lengths' | 'values';
/** `all`, `off`, or how many exact call sites a second. */
export type CallSites = 'all' | 'off' | number;

/** What costs more, or says more, than most need: off unless asked for. */
export interface OptionalParts {
  /** Bytes of each body to record. */
  bodies?: number;
  /** Beginnings of content types whose bodies are recorded. */
  bodyTypes?: string[];
  /** Each read and write of a traced socket. */
  sockets?: boolean;
  /** Names are looked up by the hook's own resolver, so that the messages are seen. */
  resolver?: boolean;
  /** TLS secrets go to a file of mode 0600 in the spool folder. */
  keys?: boolean;
  /** The whole chain of calls that led to a request, awaits included. */
  stacks?: boolean;
  /** Requests that the program answers are recorded as causes of those it makes. */
  incoming?: boolean;
}

/** What the hook reads from NETTRACE_CONF. */
export interface HookSettings extends OptionalParts {
  v: 1;
  /** The trace's id; each spool file names it in its first line. */
  trace: string;
  /** Trace requests that ask for everything, in force where the control file cannot be read. */
  enabled: string[];
  callSites: CallSites;
  headers: HeaderLevel;
  excludeHeaders: string[];
  maskedParameters: string[];
  /** With `keys`: process id of the session. */
  host?: number;
}

/** Of whatever object, only the optional parts that are asked for. */
export function optionalParts(o: OptionalParts): OptionalParts {
  const { bodies, bodyTypes, sockets, resolver, keys, stacks, incoming } = o;
  return {
    ...(bodies ? { bodies } : {}),
    ...(bodies && bodyTypes ? { bodyTypes } : {}),
    ...(sockets ? { sockets } : {}),
    ...(resolver ? { resolver } : {}),
    ...(keys ? { keys } : {}),
    ...(stacks ? { stacks } : {}),
    ...(incoming ? { incoming } : {}),
  };
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
