/**
 * Tests of two samples that ask nothing of their distribution: times of requests have long tails. Mann and Whitney 1947,
 * Hodges and Lehmann 1963.
 */
import { median } from '../../model/base/statistics';

export interface RankTest {
  /** Two-sided p-value. */
  p: number;
  /** Share of pairs in which the second is greater, ties half. */
  probability: number;
}

/** Up to this many pairs, and without ties, the distribution is counted out. */
const exactPairs = 400;
/** Values of a side that are compared pair by pair; more are thinned evenly. */
const maxValues = 400;

/** Whether `b` tends to be greater than `a`, or smaller; both have values. */
export function mannWhitney(a: readonly number[], b: readonly number[]): RankTest {
  const all = [...a.map((v) => ({ v, isB: false })), ...b.map((v) => ({ v, isB: true }))].sort((x, y) => x.v - y.v);
  let rankSum = 0;
  let ties = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.v === all[from]?.v) to++;
    const count = to - from;
    const rank = (from + to + 1) / 2;
    for (let i = from; i < to; i++) if (all[i]?.isB) rankSum += rank;
    ties += count ** 3 - count;
    from = to;
  }
  const pairs = a.length * b.length;
  const u = rankSum - (b.length * (b.length + 1)) / 2;
  const probability = u / pairs;
  const p = ties === 0 && pairs <= exactPairs ? exactP(a.length, b.length, u) : normalP(a.length, b.length, u, ties);
  return { p: Math.min(1, p), probability };
}

function exactP(n: number, m: number, u: number): number {
  const ways = waysOf(n, m);
  const total = ways.reduce((sum, w) => sum + w, 0);
  const tail = Math.min(u, n * m - u);
  let below = 0;
  for (let i = 0; i <= tail; i++) below += ways[i] ?? 0;
  return (2 * below) / total;
}

/** In how many orders of n and m values U is 0, 1, 2 …: partitions that fit a rectangle of n by m. */
function waysOf(n: number, m: number): number[] {
  let ways: number[] = [1, ...Array(n * m).fill(0)];
  // Gaussian binomial coefficient: multiply by (1 - q^(m+i)), divide by (1 - q^i).
  for (let i = 1; i <= n; i++) {
    const next = ways.slice();
    for (let k = next.length - 1; k >= m + i; k--) next[k] = (next[k] as number) - (ways[k - m - i] as number);
    for (let k = i; k < next.length; k++) next[k] = (next[k] as number) + (next[k - i] as number);
    ways = next;
  }
  return ways;
}

function normalP(n: number, m: number, u: number, ties: number): number {
  const all = n + m;
  const variance = ((n * m) / 12) * (all + 1 - ties / (all * (all - 1)));
  if (variance <= 0) return 1;
  const distance = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5);
  return 2 * upperTail(distance / Math.sqrt(variance));
}

/** P(Z > z) for z >= 0; Abramowitz and Stegun 26.2.17, off by less than 1e-7. */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}

/** By how much `b` is greater, and the interval in which the true shift lies at this two-sided level. */
export function shiftOf(
  a: readonly number[],
  b: readonly number[],
  level: number,
): { shift: number; interval: [number, number] } {
  const xs = thinned(a);
  const ys = thinned(b);
  const differences = new Float64Array(xs.length * ys.length);
  let next = 0;
  for (const x of xs) for (const y of ys) differences[next++] = y - x;
  differences.sort();
  const cut = criticalValue(xs.length, ys.length, level);
  const low = differences[cut] ?? (differences[0] as number);
  const high = differences[differences.length - 1 - cut] ?? (differences.at(-1) as number);
  return { shift: median([...middleOf(differences)]), interval: [low, high] };
}

const middleOf = (sorted: Float64Array): Float64Array =>
  sorted.subarray((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);

/** The U below which a test at this level rejects: so many of the smallest and largest differences lie outside. */
function criticalValue(n: number, m: number, level: number): number {
  if (n * m <= exactPairs) {
    let u = 0;
    while (u < n * m && exactP(n, m, u) <= level) u++;
    return u;
  }
  let u = Math.floor((n * m) / 2);
  while (u > 0 && normalP(n, m, u, 0) > level) u -= Math.max(1, u >> 8);
  return Math.max(0, u);
}

function thinned(values: readonly number[]): readonly number[] {
  if (values.length <= maxValues) return values;
  const sorted = Float64Array.from(values).sort();
  return Array.from(
    { length: maxValues },
    (_, i) => sorted[Math.floor(((i + 0.5) * sorted.length) / maxValues)] as number,
  );
}

/**
 * Holm's step-down procedure: which of the p-values are significant at `level` when all are looked at. In the order given.
 */
export function holm(ps: readonly number[], level: number): boolean[] {
  const order = ps.map((p, i) => ({ p, i })).sort((x, y) => x.p - y.p);
  const result = ps.map(() => false);
  for (const [rank, { p, i }] of order.entries()) {
    if (p > level / (ps.length - rank)) break;
    result[i] = true;
  }
  return result;
}
