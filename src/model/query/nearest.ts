/** "Did you mean": the word nearest to one that is not known. */

/** The candidate with the fewest changed letters; undefined if even that is another word. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  if (wanted.length > 32) return undefined;
  let best: string | undefined;
  // One letter of a short word, two of a long one; two changed places count as one.
  let limit = wanted.length <= 4 ? 1 : 2;
  for (const candidate of candidates) {
    const d = distance(wanted, candidate);
    if (d > limit || d >= candidate.length) continue;
    if (d === limit && best !== undefined) continue;
    best = candidate;
    limit = d;
  }
  return best;
}

/** Letters to insert, delete, replace or swap with the next. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let d = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, (before[j - 2] ?? 0) + 1);
      row.push(d);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
