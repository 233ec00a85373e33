/**
 * Slower or faster. Requests of one run share its noise (a busy machine, a cold cache), so the evidence is the run: with five
 * and more on each side the medians of runs are tested. Of one run each, a difference is said of these two traces only, and
 * only where it is greater than what changed within each of them.
 */
import { median, quantile } from '../../model/base/statistics';
import { phasesOf } from '../../model/phases/phases';
import type { PhaseName } from '../../model/records';
import { push } from '../base/facts';
import { compareLimits } from '../base/limits';
import type { TimeComparison, TimeFigures } from './comparison';
import type { Group, Made, Run } from './groups';
import { mannWhitney, shiftOf } from './statistics';

type Figure = 'total' | PhaseName;
/** Of one request: µs of its total and phases, and which run it is of. */
interface Sample {
  run: number;
  times: Partial<Record<Figure, number>>;
}
type Two<T> = readonly [before: T, after: T];
interface Sides {
  before: Sample[];
  after: Sample[];
}

const phases: readonly PhaseName[] = ['queue', 'dns', 'tcp', 'proxy', 'tls', 'send', 'wait', 'download'];
const quick = compareLimits.quickest.quantile;
const local = new Set<Figure>(['queue', 'dns', 'tcp', 'tls']);

export class Times {
  /** First of their thread: they load code, look names up, and fill caches. */
  readonly #first = new Set<string>();

  constructor(readonly runs: readonly Run[]) {
    for (const [run, { store }] of runs.entries()) {
      const first = new Map<string, { id: string; at: number }>();
      for (const { id, thread, createdAt = 0 } of store.requests.values())
        if (createdAt < (first.get(thread)?.at ?? Number.POSITIVE_INFINITY)) first.set(thread, { id, at: createdAt });
      for (const { id } of first.values()) this.#first.add(`${run} ${id}`);
    }
  }

  /** Requests on reused and on new connections apart, as only the latter connect. */
  compare({ before, after }: Group, runs: { before: number; after: number }): Record<'reused' | 'new', TimeComparison> {
    const of = (isReused: boolean): TimeComparison => {
      const sides = { before: this.#samples(before, isReused), after: this.#samples(after, isReused) };
      const total = compareFigure('total', sides, runs);
      const differs = total.result !== 'same' && total.result !== 'tooFew';
      const explains = differs ? phases.map((name) => compareFigure(name, sides, runs)) : [];
      const said = explains.filter(
        ({ result, shift = 0 }) => result === total.result && shift > 0 === (total.shift ?? 0) > 0,
      );
      return said.length > 0 ? { ...total, phases: said } : total;
    };
    return { reused: of(true), new: of(false) };
  }

  /** Only what ended as it should, in its own time. */
  #samples(made: readonly Made[], isReused: boolean): Sample[] {
    return made.flatMap(({ request: r, run }) => {
      if (r.outcome !== 'complete' || r.mocked || r.lost || (r.response?.status ?? 0) >= 400) return [];
      if (r.ordinal === undefined || r.ordinal > 1 !== isReused || this.#first.has(`${run} ${r.id}`)) return [];
      const { store } = this.runs[run] as Run;
      const { total, paused, phases: list } = phasesOf(r, store);
      if (total === undefined || paused > 0) return [];
      return [{ run, times: { total, ...Object.fromEntries(list.map((p) => [p.name, p.duration])) } }];
    });
  }
}

function compareFigure(of: Figure, { before, after }: Sides, runs: { before: number; after: number }): TimeComparison {
  const valuesOf = (samples: readonly Sample[]): number[] => samples.flatMap(({ times }) => times[of] ?? []);
  const [b, a] = [valuesOf(before), valuesOf(after)];
  const withP95 = Math.min(b.length, a.length) >= compareLimits.tail;
  const plain = { of, before: figuresOf(before, b, withP95), after: figuresOf(after, a, withP95) };
  if (runs.before === 1 && runs.after === 1) return { ...plain, ...ofTwoTraces(of, b, a) };
  const figures = (samples: readonly Sample[], q: number): number[] => {
    const byRun = new Map<number, number[]>();
    for (const { run, times } of samples) if (times[of] !== undefined) push(byRun, run, times[of]);
    return [...byRun.values()].map((values) => quantile(values, q) as number);
  };
  return {
    ...plain,
    ...ofRuns(of, [figures(before, 0.5), figures(after, 0.5)], [figures(before, quick), figures(after, quick)]),
  };
}

function figuresOf(samples: readonly Sample[], values: readonly number[], withP95: boolean): TimeFigures {
  const p95 = withP95 ? quantile(values, 0.95) : undefined;
  return {
    requests: values.length,
    runs: new Set(samples.map(({ run }) => run)).size,
    ...(values.length > 0 ? { median: median(values) } : {}),
    ...(p95 === undefined ? {} : { p95 }),
  };
}

type Statement = Pick<TimeComparison, 'result' | 'basis' | 'shift' | 'interval' | 'p'>;

/** Each side: a figure of each run. `quickest`: of its quick requests. */
function ofRuns(of: Figure, [before, after]: Two<number[]>, quickest: Two<number[]>): Statement {
  const { runs, p: level, min, share, local: here } = compareLimits.ofRuns;
  if (Math.min(before.length, after.length) < runs) return { result: 'tooFew' };
  const { p } = mannWhitney(before, after);
  const said = { basis: 'runs' as const, p, ...shiftOf(before, after, level) };
  const enough = local.has(of)
    ? Math.max(here.min, here.share * median(before))
    : Math.max(min, share * median(before));
  const differs =
    p <= level && Math.abs(said.shift) >= enough && isOfAll(said.shift, median(quickest[1]) - median(quickest[0]));
  if (!differs) return { ...said, result: 'same' };
  return { ...said, result: said.shift > 0 ? 'slower' : 'faster' };
}

/**
 * A busy machine adds to many requests, and hardly to the quickest; what a program waits for longer is added to all of them.
 */
const isOfAll = (shift: number, ofQuickest: number): boolean =>
  Math.sign(shift) === Math.sign(ofQuickest) && Math.abs(ofQuickest) >= compareLimits.quickest.share * Math.abs(shift);

function ofTwoTraces(_: Figure, before: readonly number[], after: readonly number[]): Statement {
  const { few, requests, p: level, min, share, probability: order, drift } = compareLimits.ofTwo;
  const count = Math.min(before.length, after.length);
  if (count < few) return { result: 'tooFew' };
  const { p, probability } = mannWhitney(before, after);
  const said = { basis: 'requests' as const, p, ...shiftOf(before, after, level) };
  if (count < requests) return { ...said, result: 'tooFew' };
  const within = Math.max(driftOf(before), driftOf(after));
  const differs =
    p < level &&
    Math.abs(said.shift) >= Math.max(min, share * median(before)) &&
    Math.max(probability, 1 - probability) >= order &&
    Math.abs(said.shift) >= drift * within &&
    isOfAll(said.shift, (quantile(after, quick) as number) - (quantile(before, quick) as number));
  return { ...said, result: differs ? 'differs' : 'same' };
}

/** By how much the second half of a run differs from its first. */
function driftOf(values: readonly number[]): number {
  const half = values.length >> 1;
  return Math.abs(shiftOf(values.slice(0, half), values.slice(half), 0.05).shift);
}
