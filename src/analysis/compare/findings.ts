/** Findings of both sides: the same rule on the same cause is the same finding. */

import { median } from '../../model/base/statistics';
import type { Finding } from '../../model/records';
import { costs } from '../base/draft';
import { compareLimits } from '../base/limits';
import type { FindingComparison, Pair } from './comparison';
import type { Group, Names, Run } from './groups';

interface Found {
  finding: Finding;
  /** Keys of what it is about. */
  causes: Set<string>;
  run: number;
}

/** What each cause did on both sides, to tell what is gone from what did not run. */
interface Ran {
  before: number;
  after: number;
}

/** These say what a trace cannot see, not what the program does. */
const ofTheTrace = new Set(['limits-of-sight']);

export class FindingsOf {
  readonly #groupOf = new Map<string, string>();
  readonly #ran = new Map<string, Ran>();
  readonly #found: { before: Found[]; after: Found[] };

  /** `findings`: those of each run, in the order of the runs. */
  constructor(
    readonly runs: { before: readonly Run[]; after: readonly Run[] },
    groups: readonly Group[],
    readonly names: Names,
    findings: { before: readonly Finding[][]; after: readonly Finding[][] },
  ) {
    for (const { key, before, after } of groups) {
      this.#ran.set(key, { before: before.length, after: after.length });
      for (const { request, run } of [...before, ...after]) this.#groupOf.set(`${run} ${request.id}`, key);
    }
    const offset = runs.before.length;
    this.#found = { before: this.#causesOf(findings.before, 0), after: this.#causesOf(findings.after, offset) };
  }

  compare(): FindingComparison[] {
    const { before, after } = this.#found;
    const left = new Set(before);
    const kinds = (found: readonly Found[]): Found[][] => {
      const list: Found[][] = [];
      for (const one of found) {
        const like = list.find(([first]) => first && isSame(first, one));
        if (like) like.push(one);
        else list.push([one]);
      }
      return list;
    };
    const now = kinds(after).map((of) => {
      const was = [...left].filter((one) => isSame(one, of[0] as Found));
      for (const one of was) left.delete(one);
      return this.#compared(was, of);
    });
    return [...now, ...kinds([...left]).map((was) => this.#compared(was, []))];
  }

  #causesOf(findings: readonly Finding[][], offset: number): Found[] {
    return findings.flatMap((list, i) =>
      list
        .filter(({ rule }) => !ofTheTrace.has(rule))
        .map((finding) => ({ finding, run: offset + i, causes: this.#causes(finding, offset + i) })),
    );
  }

  /** Groups of its requests; else the hosts that its connections and lookups are for. */
  #causes({ subjects }: Finding, run: number): Set<string> {
    const groups = subjects.flatMap((id) => this.#groupOf.get(`${run} ${id}`) ?? []);
    if (groups.length > 0) return new Set(groups);
    const { store } = [...this.runs.before, ...this.runs.after][run] as Run;
    return new Set(
      subjects.flatMap((id) => {
        const dial = store.dials.get(store.connections.get(id)?.dial ?? id);
        return dial?.host ?? store.lookups.get(id)?.hostname ?? [];
      }),
    );
  }

  #compared(before: readonly Found[], after: readonly Found[]): FindingComparison {
    const { finding } = (after[0] ?? before[0]) as Found;
    const { rule, severity, title, text } = finding;
    const max = (found: readonly Found[]): number =>
      Math.max(0, ...found.map(({ finding: f }) => f.subjectCount ?? f.subjects.length));
    const runsOf = (found: readonly Found[]): number => new Set(found.map(({ run }) => run)).size;
    const subjects = { before: max(before), after: max(after) };
    const cost = costsOf(before, after);
    const result = after.length === 0 ? this.#goneOr(before) : before.length === 0 ? 'new' : trendOf(subjects, cost);
    return {
      rule,
      severity,
      title,
      text,
      result: isChange.has(result) && !this.#isSaid(before, after) ? 'unclear' : result,
      runs: { before: runsOf(before), after: runsOf(after) },
      subjects,
      ...(cost ? { cost: { before: median(cost.before), after: median(cost.after) } } : {}),
      examples: finding.subjects.slice(0, 5),
    };
  }

  /**
   * What a rule itself calls unclear, as a loop that waited on a busy machine, comes and goes by chance: it has to be in every
   * run of a side, or in none, and in enough of them.
   */
  #isSaid(before: readonly Found[], after: readonly Found[]): boolean {
    if ([...before, ...after].some(({ finding }) => finding.certainty !== 'unclear')) return true;
    return [
      { found: before, runs: this.runs.before.length },
      { found: after, runs: this.runs.after.length },
    ].every(({ found, runs }) => {
      const having = new Set(found.map(({ run }) => run)).size;
      return runs >= compareLimits.ofRuns.runs && (having === 0 || having === runs);
    });
  }

  #goneOr(before: readonly Found[]): 'gone' | 'notExercised' | 'notMeasured' {
    const { min, share } = compareLimits.exercised;
    const causes = [...new Set(before.flatMap(({ causes: c }) => [...c]))];
    const ran = causes.flatMap((cause) => this.#ran.get(cause) ?? []);
    const was = ran.reduce((sum, r) => sum + r.before, 0) / this.runs.before.length;
    const is = ran.reduce((sum, r) => sum + r.after, 0) / this.runs.after.length;
    if (ran.length > 0 && is < Math.min(was, Math.max(min, share * was))) return 'notExercised';
    const measuredBy = (side: readonly Run[]): Set<string> =>
      new Set(side.flatMap(({ store }) => store.header.sources.filter((s) => s.state === 'on').map((s) => s.name)));
    const [had, has] = [measuredBy(this.runs.before), measuredBy(this.runs.after)];
    const needsKernel = before.some(({ finding }) => kernelRules.has(finding.rule));
    return needsKernel && [...had].some((name) => kernelSources.has(name) && !has.has(name)) ? 'notMeasured' : 'gone';
  }
}

const isChange: ReadonlySet<FindingComparison['result']> = new Set(['new', 'gone', 'worse', 'better']);

/** Findings that rest on what the kernel or a capture measured. */
const kernelRules = new Set([
  'retransmit-wait',
  'pmtu-black-hole',
  'zero-window',
  'nagle-delayed-ack',
  'upload-limited',
]);
const kernelSources = new Set(['inetDiag', 'bpf', 'conntrack', 'capture']);

const isSame = (a: Found, b: Found): boolean =>
  a.finding.rule === b.finding.rule &&
  (a.causes.size + b.causes.size === 0 || [...a.causes].some((cause) => b.causes.has(cause)));

/** What it cost in each run, µs; undefined: it is not known of all. */
function costsOf(before: readonly Found[], after: readonly Found[]): Pair<number[]> | undefined {
  const of = (found: readonly Found[]): number[] => found.flatMap(({ finding }) => costOf(finding) ?? []);
  const cost = { before: of(before), after: of(after) };
  if (before.length === 0 || after.length === 0) return undefined;
  return cost.before.length < before.length || cost.after.length < after.length ? undefined : cost;
}

const isCost: ReadonlySet<string | undefined> = new Set(costs);

function costOf({ evidence }: Finding): number | undefined {
  const found = evidence.find(({ what, unit }) => unit === 'us' && isCost.has(what))?.value;
  return typeof found === 'number' ? found : undefined;
}

/**
 * By the cost where runs enough say that it differs. Else by the number, unless the cost went the other way: many that cost
 * less than the few did before are not worse.
 */
function trendOf({ before, after }: Pair<number>, cost: Pair<number[]> | undefined): 'worse' | 'better' | 'same' {
  const { share, min, cost: minCost } = compareLimits.finding;
  const byNumber =
    Math.abs(after - before) < Math.max(min, share * before) ? 'same' : after > before ? 'worse' : 'better';
  if (!cost) return byNumber;
  const by = median(cost.after) - median(cost.before);
  const { runs } = compareLimits.ofRuns;
  if (
    cost.before.length >= runs &&
    cost.after.length >= runs &&
    Math.abs(by) >= Math.max(minCost, share * median(cost.before))
  ) {
    if (Math.min(...cost.after) > Math.max(...cost.before)) return 'worse';
    if (Math.max(...cost.after) < Math.min(...cost.before)) return 'better';
  }
  return (byNumber === 'worse' && by <= 0) || (byNumber === 'better' && by >= 0) ? 'same' : byNumber;
}
