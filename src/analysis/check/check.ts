/** Rules applied to runs. Pure: the same rules, traces and day give the same results. */
import type { Side } from '../compare/compare';
import { baselineOutcome, hostsIn } from './baseline';
import { figureOutcome } from './figures';
import { certificateOutcome, findingOutcome, hostOutcome, requestOutcome } from './kinds';
import { broken, type Case, notDecided, type Outcome, type RuleResult, worst } from './result';
import type { Rule, Rules } from './rules';
import { type CheckedRun, partsOf, type Subject, subjectOf } from './subject';

export interface CheckInput {
  rules: Rules;
  runs: readonly CheckedRun[];
  /** By their path in the rules file. */
  baselines: ReadonlyMap<string, Side>;
  /** `2026-11-23`. */
  today: string;
}

export function check({ rules, runs, baselines, today }: CheckInput): RuleResult[] {
  const subjects = runs.map((run) => subjectOf(run, rules.ignored));
  return rules.rules.map((rule) => {
    const cases =
      rule.until !== undefined && rule.until < today
        ? [{ run: runsText(runs), ...broken(`its last day was ${rule.until}: review the rule`, []) }]
        : casesOf(rule, rules, subjects, baselines);
    return { rule, state: worst(cases.map(({ state }) => state)), cases };
  });
}

function casesOf(rule: Rule, rules: Rules, subjects: readonly Subject[], baselines: CheckInput['baselines']): Case[] {
  const { assert, where } = rule;
  const file = assert.baseline?.file ?? assert.hosts?.['new-since'];
  const baseline = file === undefined ? undefined : baselines.get(file);
  if (assert.baseline && baseline)
    return [{ run: runsText(subjects), ...baselineOutcome(assert.baseline, baseline, subjects) }];
  const known = baseline && hostsIn(baseline);
  return subjects.flatMap((subject) => {
    const about = where ? subject.rows.filter(where) : subject.rows;
    return partsOf(about, rule.within).map(([part, rows]): Case => {
      const outcome: Outcome =
        figureOutcome(rule, subject, rows) ??
        requestOutcome(rule, subject, rows) ??
        hostOutcome(rule, rules, subject, rows, known) ??
        findingOutcome(rule, subject, rows) ??
        certificateOutcome(rule, subject, rows) ??
        notDecided('nothing to compare with');
      return { run: subject.name, ...(part === undefined ? {} : { part }), ...outcome };
    });
  });
}

const runsText = (runs: readonly { name: string }[]): string =>
  runs.length === 1 ? (runs[0]?.name ?? '') : `${runs.length} traces`;
