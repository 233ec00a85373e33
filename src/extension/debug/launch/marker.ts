/**
 * What marks a debug session as ours. A configuration of our type is handed to the JavaScript debugger (type pwa-node),
 * so the type says nothing any more; the configuration's own properties survive.
 */

export const nodeDebugType = 'pwa-node';

/** Set when the configuration is resolved first: it is to be traced. */
export const traceMark = '__netTrace';
/** Id of the trace that its environment feeds; set when the hook is put in. */
export const traceIdMark = '__netTraceId';
/** What the run is called; absent: by the configuration's name. */
export const titleMark = '__netTraceTitle';
/** The JavaScript debugger's mark on the sessions it starts for single processes. */
const childMark = '__pendingTargetId';

type Configuration = Readonly<Record<string, unknown>>;

/**
 * A configuration that asks to be traced: ours, or any Node one with `"netTrace": true` (or settings). `launches`: all
 * that start a program are, also those of other extensions, such as tests; `"netTrace": false` is left alone.
 */
export function asksForTrace(c: Configuration, launches = false): boolean {
  if (c[childMark] !== undefined || (c.request !== 'launch' && c.request !== 'attach')) return false;
  if (launches && c.request === 'launch') return c.netTrace !== false;
  return c[traceMark] === true
    ? c.netTrace !== false
    : c.netTrace === true || (typeof c.netTrace === 'object' && c.netTrace !== null);
}

/** The least of a debug session that is needed here. */
export interface SessionLike {
  readonly id: string;
  readonly configuration: Configuration;
  readonly parentSession?: SessionLike | undefined;
}

/** The session that the user started. */
export function rootOf(session: SessionLike): SessionLike {
  let root = session;
  while (root.parentSession) root = root.parentSession;
  return root;
}

/** What the run of a session is called. */
export function runTitleOf({ name, configuration }: { name: string; configuration: Configuration }): string {
  const title = configuration[titleMark];
  return typeof title === 'string' ? title : name.replace(/^Net Trace: /, '');
}

/** Id of the trace of a session or of one below it; undefined: not ours. */
export function traceIdOf(session: SessionLike): string | undefined {
  const id = rootOf(session).configuration[traceIdMark];
  return typeof id === 'string' ? id : undefined;
}
