/** Which columns of a table of requests find room on a terminal, and how wide the flexible ones become. */

export interface Sized {
  /** The name by which it is listed when it is left out. */
  name: string;
  /** Widest cell or head. */
  wide: number;
  /** The least that it can be cut to; absent: it is not cut. */
  min?: number;
  /** Place in the order in which columns are left out, lowest first; absent: it always stays. */
  rank?: number;
}

export interface Fit {
  /** Names of columns that were left out. */
  hidden: string[];
  /** Widths of the flexible columns that stay. */
  widths: Map<string, number>;
}

const gap = 2;

/** Leaves out columns by rank until the rest fits at its least, then gives the flexible ones what is left. */
export function fitColumns(columns: readonly Sized[], width: number): Fit {
  const shown = columns.filter((c) => c.wide > 0);
  const hidden: string[] = [];
  const minWidthOf = (c: Sized) => Math.min(c.wide, c.min ?? c.wide);
  const needed = () => shown.reduce((sum, c) => sum + minWidthOf(c), 0) + gap * Math.max(0, shown.length - 1);
  for (;;) {
    if (needed() <= width) break;
    const ranked = shown.filter((c) => c.rank !== undefined);
    const next = ranked.sort((a, b) => (a.rank as number) - (b.rank as number))[0];
    if (next === undefined) break;
    shown.splice(shown.indexOf(next), 1);
    hidden.push(next.name);
  }
  let spare = Math.max(0, width - needed());
  const widths = new Map<string, number>();
  // The first flexible column takes what it can use, the next one what that leaves.
  for (const c of shown) {
    if (c.min === undefined) continue;
    const more = Math.min(spare, c.wide - minWidthOf(c));
    spare -= more;
    widths.set(c.name, minWidthOf(c) + more);
  }
  return { hidden, widths };
}
