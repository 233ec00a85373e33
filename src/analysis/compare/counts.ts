/** How often: exact figures of each run, without statistics. */
import type { Request } from '../../model/records';
import type { CountComparison, CountResult, Pair } from './comparison';
import type { Group, Made } from './groups';

/** One figure a run. More means: in every run of the later side more than in any before. */
export function compareCounts(before: number[], after: number[]): CountComparison {
  const varies = new Set(before).size > 1 || new Set(after).size > 1;
  return { before, after, result: resultOf(before, after), ...(varies ? { varies } : {}) };
}

function resultOf(before: readonly number[], after: readonly number[]): CountResult {
  const isNone = (counts: readonly number[]): boolean => counts.every((n) => n === 0);
  if (isNone(before)) return isNone(after) ? 'same' : 'added';
  if (isNone(after)) return 'removed';
  if (Math.min(...after) > Math.max(...before)) return 'more';
  if (Math.max(...after) < Math.min(...before)) return 'fewer';
  return 'same';
}

/** How many in each of the runs with these numbers. */
export function perRun(made: readonly Made[], runs: readonly number[]): number[] {
  const counts = new Map(runs.map((run) => [run, 0]));
  for (const { run } of made) counts.set(run, (counts.get(run) ?? 0) + 1);
  return [...counts.values()];
}

/** `200`, `failed ECONNREFUSED`, `aborted`, `running`. */
export function answerOf({ outcome, response, error, mocked }: Request): string {
  const status = response?.status;
  const words = wordsOf(outcome, status, error?.code);
  return mocked ? `${words} (mocked)` : words;
}

function wordsOf(outcome: string | undefined, status: number | undefined, code: string | undefined): string {
  if (outcome === 'failed') return ['failed', status, code].filter((word) => word !== undefined).join(' ');
  if (outcome === 'aborted' || outcome === 'interrupted') return outcome;
  return status === undefined ? (outcome ?? 'running') : String(status);
}

export function answersOf({ before, after }: Group): Pair<Record<string, number>> & { differ?: true } {
  const of = (made: readonly Made[]): Record<string, number> => {
    const counts = new Map<string, number>();
    for (const { request } of made) counts.set(answerOf(request), (counts.get(answerOf(request)) ?? 0) + 1);
    return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  const [b, a] = [of(before), of(after)];
  const kinds = (counts: object): string => Object.keys(counts).join('\n');
  const differ = before.length > 0 && after.length > 0 && kinds(b) !== kinds(a);
  return { before: b, after: a, ...(differ ? { differ } : {}) };
}

/** Mean of what came back; absent where any side does not know it of all its requests. */
export function meanReceived({ before, after }: Group): Pair<number> | undefined {
  const mean = (made: readonly Made[]): number | undefined => {
    const known = made.flatMap(({ request }) => request.bytesReceived ?? []);
    return known.length === 0 || known.length < made.length
      ? undefined
      : known.reduce((s, n) => s + n, 0) / known.length;
  };
  const [b, a] = [mean(before), mean(after)];
  return b === undefined || a === undefined ? undefined : { before: b, after: a };
}
