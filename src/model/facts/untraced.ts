/** Processes and worker threads of a run that did not load the hook: which ones, why, and what to do. */
import type { Process } from '../records';

export interface Untraced {
  pid: number;
  /** Of a worker thread; absent: a process. */
  threadId?: number;
  /** Masked. */
  argv: string[];
  /** replaced, cleared, script, worker, seen. */
  why: string;
}

const reasons: Record<string, string> = {
  replaced: 'its NODE_OPTIONS was replaced. Append to it: NODE_OPTIONS="$NODE_OPTIONS …"',
  script: 'the command sets NODE_OPTIONS itself. Append to it: NODE_OPTIONS="$NODE_OPTIONS …"',
  worker: 'it did not load the hook. A worker with its own `env` needs the variables: env: { ...process.env, … }',
  cleared: 'its environment has no NODE_OPTIONS. To trace it too, pass that variable on: env: { ...process.env, … }',
};

/** Those that are named in the records of their parents. */
export const untracedIn = (store: { processes: ReadonlyMap<string, Process> }): Untraced[] =>
  [...store.processes.values()].flatMap((p) => (p.untracedChildren ?? []) as unknown as Untraced[]);

/** One line: which, why, what to do. `command`: its arguments as they shall be shown. */
export function untracedText({ pid, why }: Untraced, command: string): string {
  const reason =
    reasons[why] ?? 'it did not load the hook. Look for what replaces or clears NODE_OPTIONS on the way to it';
  return `not traced: ${command} (process ${pid}): ${reason}.`;
}

/** Its arguments, or what it is. */
export const commandOf = ({ argv, threadId }: Untraced): string =>
  threadId === undefined ? argv.join(' ') : `worker thread ${threadId}`;
