/**
 * Ids. A hook-made record is `pid-thread-n` (`4711-0-12`): one counter an isolate over all kinds. In spool lines ids
 * are bare integers; the reducer adds the thread. Consumers treat ids as opaque, but for `threadOfId`.
 */

/** Id of a thread: `4711-0`; `process` is the process's id (`4711`, or `4711.2` when the pid came again). */
export const threadIdOf = (process: string, thread: number): string => `${process}-${thread}`;

/** Id of the n-th record of a thread: `4711-0-12`. */
export const recordIdOf = (thread: string, n: number): string => `${thread}-${n}`;

/** The number in a hook-made record's id; absent for host-made ones (`k-…`, `f-…`). Orders records of one instant. */
export function ordinalOfId(id: string): number | undefined {
  const n = Number(id.slice(id.lastIndexOf('-') + 1));
  return Number.isSafeInteger(n) ? n : undefined;
}

/** Orders ids as people count: `4711-0-9` before `4711-0-10`. */
export function compareIds(a: string, b: string): number {
  const x = a.split(/[-.]/);
  const y = b.split(/[-.]/);
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const p = x[i] as string;
    const q = y[i] as string;
    if (p === q) continue;
    const m = Number(p);
    const n = Number(q);
    return Number.isNaN(m) || Number.isNaN(n) ? (p < q ? -1 : 1) : m - n;
  }
  return x.length - y.length;
}
