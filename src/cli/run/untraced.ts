/** Processes of a run that did not load the hook, by what their parents said and by the system's list of processes. */

import { type Untraced, untracedIn } from '../../model/facts/untraced';
import type { Unhooked } from '../../session/program/unhooked';
import type { TraceSession } from '../../session/session';

export function isTraced({ store }: TraceSession, pid: number): boolean {
  for (const p of store.processes.values()) if (p.pid === pid) return true;
  return false;
}

/** What the hooks of their parents said and what was seen in the system's list; the latter is noted in the trace too. */
export function untracedOf(session: TraceSession, seen: readonly (Unhooked & { ancestors: number[] })[]): Untraced[] {
  const { store } = session;
  const all = new Map<number, Untraced>();
  const threads: Untraced[] = [];
  for (const one of untracedIn(store))
    if (one.threadId === undefined) all.set(one.pid, one);
    else threads.push(one);
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
