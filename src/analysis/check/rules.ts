/** A rules file made ready: defaults filled in, queries compiled, bounds read. */
import { compileQuery, parseQuery } from '../../model/query';
import { rowFields } from '../../model/query/rowFields';
import type { Row } from '../../model/rows/row';
import type { Bound } from './bound';
import { boundOf } from './bound';
import type { Assertion, RuleSeverity, RulesFile, RuleText, Within } from './rulesFile';

export interface Rule {
  id: string;
  title?: string;
  because?: string;
  until?: string;
  severity: RuleSeverity;
  within: Within;
  minSamples?: number;
  where?: (row: Row) => boolean;
  /** Its one key and what it says. */
  assert: Assertion;
  every?: (row: Row) => boolean;
  bound?: Bound;
}

export interface Rules {
  rules: Rule[];
  ignored: (row: Row) => boolean;
  hosts: Readonly<Record<string, readonly string[]>>;
  /** Paths of traces that rules compare with, as they are written. */
  baselines: string[];
}

/** Something wrong that the schema cannot see; `path` as in a JSON pointer, without its slashes. */
export interface RulesProblem {
  path: (string | number)[];
  message: string;
}

/** Either the rules, or all that is wrong with them. */
export function readRules(file: RulesFile): { rules: Rules } | { problems: RulesProblem[] } {
  const problems: RulesProblem[] = [];
  const compiled = (text: string, path: (string | number)[]): ((row: Row) => boolean) => {
    const { query, error } = parseQuery(text);
    if (query === undefined) {
      problems.push({ path, message: error.message });
      return () => false;
    }
    const passes = compileQuery(query, rowFields);
    return (row) => passes(row) === true;
  };

  const ignores = (file.ignore ?? []).map((text, i) => compiled(text, ['ignore', i]));
  const ids = new Set<string>();
  const rules = file.rules.map((rule, i) => {
    const path = ['rules', i];
    const id = rule.id ?? `rule-${i + 1}`;
    if (ids.has(id)) problems.push({ path: [...path, 'id'], message: `"${id}" is the id of an earlier rule.` });
    ids.add(id);
    const { assert, problem } = assertionOf(rule);
    if (problem !== undefined) problems.push({ path: rule.assert ? [...path, 'assert'] : path, message: problem });
    if (rule.where !== undefined && rule.query !== undefined)
      problems.push({ path: [...path, 'query'], message: 'use either where or query: they are the same.' });
    const where = rule.where ?? rule.query;
    return made(rule, file, assert, {
      id,
      ...(where === undefined
        ? {}
        : { where: compiled(where, [...path, rule.where === undefined ? 'query' : 'where']) }),
      ...(assert.every === undefined ? {} : { every: compiled(assert.every, [...path, 'assert', 'every']) }),
      ...boundIn(assert, (key) =>
        problems.push({ path: [...path, 'assert', key], message: 'this unit does not fit here.' }),
      ),
    });
  });
  if (problems.length > 0) return { problems };
  const baselines = rules.flatMap(({ assert }) => assert.baseline?.file ?? assert.hosts?.['new-since'] ?? []);
  return {
    rules: {
      rules,
      ignored: (row) => ignores.some((passes) => passes(row)),
      hosts: file.hosts ?? {},
      baselines: [...new Set(baselines)],
    },
  };
}

function assertionOf({ assert, max }: RuleText): { assert: Assertion; problem?: string } {
  if (max !== undefined)
    return assert ? { assert, problem: 'use either max or assert.' } : { assert: { count: `<= ${max}` } };
  const keys = Object.keys(assert ?? {});
  if (assert && keys.length === 1) {
    const { hosts } = assert;
    const isOne = hosts === undefined || Object.keys(hosts).length === 1;
    return isOne ? { assert } : { assert, problem: 'hosts takes either only or new-since.' };
  }
  const problem =
    keys.length === 0
      ? 'a rule needs assert with one key (count, none, every, p95 …), or max.'
      : `assert takes one key, and here are ${keys.join(' and ')}: make one rule of each.`;
  return { assert: assert ?? {}, problem };
}

function made(
  { title, because, until, severity, within, 'min-samples': minSamples }: RuleText,
  { defaults = {} }: RulesFile,
  assert: Assertion,
  of: Pick<Rule, 'id' | 'where' | 'every' | 'bound'>,
): Rule {
  const samples = minSamples ?? defaults['min-samples'];
  return {
    ...of,
    assert,
    severity: severity ?? defaults.severity ?? 'error',
    within: within ?? defaults.within ?? 'run',
    ...(title === undefined ? {} : { title }),
    ...(because === undefined ? {} : { because }),
    ...(until === undefined ? {} : { until }),
    ...(samples === undefined ? {} : { minSamples: samples }),
  };
}

function boundIn(assert: Assertion, wrong: (key: string) => void): { bound?: Bound } {
  const { count, failures, connections, lookups, bytes, p50, p95, max, certificate } = assert;
  const all = {
    number: { count, failures, connections, lookups, certificate: certificate?.['days-left'] },
    bytes: { bytes },
    time: { p50: p50?.is, p95: p95?.is, max: max?.is },
  } as const;
  for (const [of, texts] of Object.entries(all))
    for (const [key, text] of Object.entries(texts)) {
      if (text === undefined) continue;
      const bound = boundOf(text, of as keyof typeof all);
      if (bound === undefined || (bound.isShare && key !== 'failures')) wrong(key);
      else return { bound };
    }
  return {};
}
