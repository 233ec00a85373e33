/** Processes of a run that did not load the hook: which ones, why, and what to do. */

import type { Unhooked } from '../../session/program/unhooked';
import type { TraceSession } from '../../session/session';
import { printable, shortened } from '../terminal/say';

export function isTraced({ store }: TraceSession, pid: number): boolean {
  for (const p of store.processes.values()) if (p.pid === pid) return true;
  return false;
}

interface Threaded {
  /** Of a worker thread; absent: a process. */
  threadId?: number;
}

/** What the hooks of their parents said and what was seen in the system's list; the latter is noted in the trace too. */
export function untracedOf(session: TraceSession, seen: readonly (Unhooked & { ancestors: number[] })[]): Unhooked[] {
  const { store } = session;
  const all = new Map<number, Unhooked>();
  const threads: Unhooked[] = [];
  for (const p of store.processes.values())
    for (const { pid, threadId, argv, why } of (p.untracedChildren ?? []) as unknown as (Unhooked & Threaded)[])
      if (threadId === undefined) all.set(pid, { pid, argv, why });
      else threads.push({ pid, argv: ['worker', 'thread', String(threadId)], why });
  for (const { pid, argv, why: before, ancestors } of seen) {
    // A shell and the Node that it became, or started, are one case: the program is the better name.
    const shell = [pid, ...ancestors].find((a) => all.has(a));
    const why = (shell === undefined ? undefined : all.get(shell)?.why) ?? before;
    if (shell !== undefined) all.delete(shell);
    all.set(pid, { pid, argv, why });
    const parent = [...store.processes.values()].find((p) => p.pid === ancestors.find((a) => isTraced(session, a)));
    if (!parent) continue;
    const others = (parent.untracedChildren ?? []).filter((c) => c.pid !== pid && c.pid !== shell);
    store.setProcess({ ...parent, untracedChildren: [...others, { pid, argv, why }] });
  }
  return [...all.values(), ...threads];
}

const reasons: Record<string, string> = {
  replaced: 'its NODE_OPTIONS was replaced. Append to it: NODE_OPTIONS="$NODE_OPTIONS …"',
  script: 'the command sets NODE_OPTIONS itself. Append to it: NODE_OPTIONS="$NODE_OPTIONS …"',
  worker: 'it did not load the hook. A worker with its own `env` needs the variables: env: { ...process.env, … }',
  cleared: 'its environment has no NODE_OPTIONS. To trace it too, pass that variable on: env: { ...process.env, … }',
};

/** One line: which, why, what to do. */
export function untracedText({ pid, argv, why }: Unhooked): string {
  const command = shortened(printable(argv.join(' ')), 100);
  const reason =
    reasons[why] ?? 'it did not load the hook. Look for what replaces or clears NODE_OPTIONS on the way to it';
  return `not traced: ${command} (process ${pid}): ${reason}.`;
}
