/**
 * The hook put into a program that runs already, by expressions that a debugger evaluates in it: first what kind of
 * program it is, then the hook. A runtime of any age reads them, so they are written in the oldest JavaScript there is.
 */

/** In the spool folder: the hook leaves the programs that were attached to. */
export const leaveFile = 'leave';

/** What the program says of itself. */
export interface Probe {
  /** `node`, or what else it is: `deno`, `bun`, `electron`, `none` (a browser). */
  runtime: string;
  /** Without `v`; '' where it is no Node. */
  version: string;
  pid: number;
  thread: number;
  /** The host's process is seen from there under its number. */
  seesHost: boolean;
  /** The hook is in it already: of this session's trace, or of another. */
  hook: '' | 'ours' | 'another';
  nodeOptions: string;
  /** Why the hook's file cannot be read there, and the spool's folder not be written: error codes; '' if they can. */
  file: string;
  spool: string;
}

// `builtin(name)`: modules of Node, in a script and in a module, in any version; undefined where there is no way.
const preamble = `
  var p = typeof process === 'object' && process ? process : undefined;
  var builtin = p && p.getBuiltinModule ? function (n) { return p.getBuiltinModule(n); }
    : typeof require === 'function' ? function (n) { return require(n); }
    : p && p.mainModule ? function (n) { return p.mainModule.require(n); } : undefined;
  var hook = typeof Symbol === 'function' && Symbol.for && typeof globalThis === 'object' ? globalThis[Symbol.for('nettrace.hook')] : undefined;`;

/** Evaluates to what `probeOf` reads. Changes nothing in the program. */
export function probeExpression(hook: string, spool: string, host = process.pid): string {
  return `(function () {${preamble}
  var v = p && p.versions || {};
  var out = { runtime: v.deno ? 'deno' : v.bun ? 'bun' : v.electron && p.type === 'renderer' ? 'electron' : v.node ? 'node' : 'none',
    version: v.node || '', pid: p && p.pid || 0, thread: 0, seesHost: false, hook: '', nodeOptions: '', file: '', spool: '' };
  if (out.runtime !== 'node' || parseInt(out.version, 10) < 18) return JSON.stringify(out);
  out.nodeOptions = p.env.NODE_OPTIONS || '';
  if (hook) out.hook = p.env.NETTRACE_SPOOL === ${text(spool)} ? 'ours' : 'another';
  if (!builtin) { out.file = 'NO_REQUIRE'; return JSON.stringify(out); }
  var fs = builtin('fs');
  // Loading this module changes a function of a main thread; only in a worker Node has marked some as of no use.
  if (p.abort && p.abort.disabled || p.chdir && p.chdir.disabled) out.thread = builtin('worker_threads').threadId;
  try { p.kill(${host}, 0); out.seesHost = true; } catch (e) { out.seesHost = e && e.code === 'EPERM'; }
  try { fs.accessSync(${text(hook)}, fs.constants.R_OK); } catch (e) { out.file = String(e && e.code); }
  try { fs.accessSync(${text(spool)}, fs.constants.W_OK | fs.constants.X_OK); } catch (e) { out.spool = String(e && e.code); }
  try { if (!out.spool && p.getuid && fs.statSync(${text(spool)}).uid !== p.getuid()) out.spool = 'EACCES'; } catch (e) {}
  return JSON.stringify(out);
})()`;
}

/** Puts the hook in, with these variables in the environment so that children have it too. Evaluates to `attached <pid>-<thread>` or to why not. */
export function injectExpression(hook: string, variables: Readonly<Record<string, string>>): string {
  return `(function () {${preamble}
  if (hook) return 'already';
  var set = ${text(variables)}, before = {}, name;
  for (name in set) { before[name] = p.env[name]; p.env[name] = set[name]; }
  var why = 'it could not write to the session\\'s folder';
  try { builtin('module').createRequire(${text(hook)})(${text(hook)}); } catch (e) { why = String(e && e.message || e); }
  hook = globalThis[Symbol.for('nettrace.hook')];
  if (hook && hook.thread) return 'attached ' + hook.thread;
  if (hook && hook.uninstall) hook.uninstall();
  for (name in set) { if (before[name] === undefined) delete p.env[name]; else p.env[name] = before[name]; }
  return 'failed: ' + why;
})()`;
}

/** The variables of a program that is attached to: its hook looks by itself whether the host is still there. */
export function asAttached(
  variables: Readonly<Record<string, string>>,
  { seesHost }: Pick<Probe, 'seesHost'>,
): Record<string, string> {
  const settings = JSON.parse(variables.NETTRACE_CONF ?? '{}') as object;
  return { ...variables, NETTRACE_CONF: JSON.stringify({ ...settings, attachedBy: seesHost ? process.pid : 0 }) };
}

/**
 * Removes the hook. Evaluates to `left`, also if it was not loaded; to `leaving` if the program is paused inside the
 * hook's own work, which is finished first: evaluate it again then.
 */
export const detachExpression = `(function () {
  var hook = globalThis[Symbol.for('nettrace.hook')];
  if (hook && hook.uninstall) hook.uninstall();
  return globalThis[Symbol.for('nettrace.hook')] ? 'leaving' : 'left';
})()`;

/** In JavaScript's own words, also where an old engine reads it: U+2028 and U+2029 end a line there. */
const text = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`);

const runtimes = ['node', 'deno', 'bun', 'electron', 'none'];

/** Parses the debugger's answer, which may be in quotes; undefined: it is invalid. The program is not trusted. */
export function probeOf(response: string): Probe | undefined {
  const begin = response.indexOf('{');
  const end = response.lastIndexOf('}');
  if (begin < 0 || end < begin || response.length > 262_144) return undefined;
  const raw = response.slice(begin, end + 1);
  for (const candidate of [raw, raw.replace(/\\(.)/g, '$1')]) {
    try {
      const v = JSON.parse(candidate) as Record<string, unknown>;
      if (!runtimes.includes(v.runtime as string)) return undefined;
      const word = (key: string) => (typeof v[key] === 'string' ? (v[key] as string) : '');
      const number = (key: string) => (Number.isSafeInteger(v[key]) ? (v[key] as number) : 0);
      const hook = word('hook');
      return {
        runtime: word('runtime'),
        version: word('version').slice(0, 64),
        pid: number('pid'),
        thread: number('thread'),
        seesHost: v.seesHost === true,
        hook: hook === 'ours' || hook === 'another' ? hook : '',
        nodeOptions: word('nodeOptions'),
        file: word('file').slice(0, 64),
        spool: word('spool').slice(0, 64),
      };
    } catch {
      // In quotes its own are escaped.
    }
  }
  return undefined;
}

/** Why the hook cannot come to this program, and what to do: one or two sentences; undefined: it can. */
export function attachProblem(p: Probe): string | undefined {
  const names: Record<string, string> = { deno: 'Deno', bun: 'Bun', electron: 'a window of Electron' };
  if (p.runtime !== 'node')
    return `The program is ${names[p.runtime] ?? 'no Node program'}; Net Trace needs Node 18 or later.`;
  if (Number.parseInt(p.version, 10) < 18)
    return `The program runs on Node ${p.version}; Net Trace needs Node 18 or later.`;
  if (p.hook === 'another')
    return 'The program is already traced, by another window or by “nettrace run”. Only one can trace it at a time: stop that one first.';
  if (p.file === 'NO_REQUIRE')
    return `The program gives no way to load the hook: an ES module on Node ${p.version}. Use Node 20.16, 22.3 or later for it, or launch it with Net Trace.`;
  const denied = ['EACCES', 'EPERM', 'ERR_ACCESS_DENIED'];
  if (p.file === 'ENOENT' || (p.file === '' && p.spool === 'ENOENT'))
    return 'The program runs on another machine or in a container: the hook’s file and the session’s folder are not there. Open that machine in VS Code (Remote-SSH, Dev Containers) and attach from there, or run it there by “nettrace run”.';
  if (p.file === 'ERR_ACCESS_DENIED' || p.spool === 'ERR_ACCESS_DENIED')
    return 'Node’s permission model keeps the program from reading the hook or writing to the session’s folder. Start it with --allow-fs-read and --allow-fs-write for them.';
  if (denied.includes(p.file) || denied.includes(p.spool))
    return 'The program runs as another user, whose events would not be read: only yours are. Run VS Code as that user, or the program as yours.';
  if (p.file !== '' || p.spool !== '')
    return `The program cannot reach the hook or the session’s folder: ${p.file || p.spool}.`;
  return undefined;
}

/** The thread (`4711-0`) of a successful injection; `already`; or why it failed. */
export function injected(response: string): { thread: string } | 'already' | { why: string } {
  const thread = /attached (\d{1,10}-\d{1,10})/.exec(response)?.[1];
  if (thread !== undefined) return { thread };
  if (/^["'`]?already/.test(response)) return 'already';
  return { why: response.replace(/^["'`]?failed: |["'`]$/g, '').slice(0, 300) };
}
