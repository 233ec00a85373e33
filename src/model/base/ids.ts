/**
 * Ids. A hook-made record is `pid-thread-n` (`4711-0-12`): one counter an isolate over all kinds. In spool lines ids
 * are bare integers; the reducer adds the thread. Consumers treat ids as opaque.
 */

/** Id of a thread: `4711-0`; `process` is the process's id (`4711`, or `4711.2` when the pid came again). */
export const threadIdOf = (process: string, thread: number): string => `${process}-${thread}`;

/** Id of the n-th record of a thread: `4711-0-12`. */
export const recordIdOf = (thread: string, n: number): string => `${thread}-${n}`;

/** Orders ids as people count: `4711-0-9` before `4711-0-10`. */
export function compareIds(a: string, b: string): number {
  const x = a.split(/[-.]/);
  const y = b.split(/[-.]/);
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const p = x[i] as string;
    const q = y[i] as string;
    if (p === q) continue;
    // Numbers sort before texts, so that the order is total for ids of any form.
    const m = /^\d+$/.test(p);
    const n = /^\d+$/.test(q);
    if (m !== n) return m ? -1 : 1;
    const d = m ? Number(p) - Number(q) : p < q ? -1 : 1;
    if (d !== 0) return d;
  }
  return x.length - y.length || (a < b ? -1 : a > b ? 1 : 0);
}
