import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyse } from '../analyse';
import { list, tls } from '../testing/ruleRecords';
import { exchange, type Records, site, storeOf } from '../testing/store';
import { check } from './check';
import { publishedRulesSchema } from './published';
import type { RuleResult } from './result';
import { readRules } from './rules';
import type { RulesFile, RuleText } from './rulesFile';
import type { CheckedRun } from './subject';

const run = (records: Records, name = 'run'): CheckedRun => {
  const store = storeOf(records);
  store.header = { ...store.header, state: 'ended' };
  return { name, store, findings: analyse(store) };
};

function checked(
  rule: RuleText,
  runs: CheckedRun[],
  file: Partial<RulesFile> = {},
  baseline?: CheckedRun[],
): RuleResult {
  const read = readRules({ ...file, rules: [rule] });
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  const side = baseline && { runs: baseline, findings: baseline.map(({ findings }) => [...findings]) };
  const baselines = new Map(side ? [['main.json', side]] : []);
  const [result] = check({ rules: read.rules, runs, baselines, today: '2026-06-15' });
  return result as RuleResult;
}
/** `broken: 3 requests, allowed: <= 2` of a rule on these requests. */
const said = (rule: RuleText, records: Records, file?: Partial<RulesFile>): string => {
  const { state, cases } = checked(rule, [run(records)], file);
  return `${state}: ${cases.map(({ part, message }) => (part === undefined ? message : `${part}: ${message}`)).join(' | ')}`;
};
const made = (n: number, more: Parameters<typeof exchange>[2] = {}): Records => ({
  requests: list(n, (i) => exchange(i, i * 10, { callSite: site(3), ...more })),
});

describe('how many', () => {
  test.each<[RuleText, string]>([
    [{ assert: { count: '<= 3' } }, 'held: 3 requests, allowed: <= 3'],
    [{ assert: { count: '<= 2' } }, 'broken: 3 requests, allowed: <= 2'],
    [{ max: 2 }, 'broken: 3 requests, allowed: <= 2'],
    [{ query: 'status:>=500', max: 0 }, 'held: 0 requests, allowed: <= 0'],
    [{ where: 'status:200', assert: { none: true } }, 'broken: 3 requests, allowed: none'],
    [{ where: 'status:500', assert: { none: true } }, 'held: no request'],
    [{ assert: { every: 'scheme:https' } }, 'held: 3 of 3 requests match scheme:https'],
    [{ assert: { every: 'method:POST' } }, 'broken: 0 of 3 requests match method:POST'],
    [{ where: 'method:POST', assert: { every: 'scheme:https' } }, 'notExercised: no such request was made'],
    [{ assert: { failures: '<= 0' } }, 'held: 0 failed, allowed: <= 0'],
    [{ assert: { failures: '< 1%' } }, 'held: 0 of 3 failed (0.0 %), allowed: < 1%'],
    [{ assert: { count: '<= 2' }, within: 'call-site' }, 'broken: shop.ts:3: 3 requests, allowed: <= 2'],
    [{ assert: { count: '<= 5' }, within: 'host' }, 'held: api.shop.example: 3 requests, allowed: <= 5'],
  ])('%j', (rule, words) => {
    expect(said(rule, made(3))).toBe(words);
  });

  test('each test by itself, by the label that the program gave, else by its name', () => {
    const tests = [{ label: 'a' }, { label: 'a', test: 'x.test.ts › x' }, { test: 'b' }, {}];
    const requests = tests.map((named, i) => exchange(i, i, named));
    const { state, cases } = checked({ assert: { count: '<= 1' }, within: 'test' }, [run({ requests })]);
    expect(state).toBe('broken');
    expect(cases.map(({ part, state: of }) => `${part} ${of}`)).toEqual(['a broken', 'b held', '(no test) held']);
  });

  test('each trace is a run of its own', () => {
    const { cases } = checked({ max: 2 }, [run(made(2), 'first'), run(made(3), 'second')]);
    expect(cases.map(({ run: name, state }) => `${name} ${state}`)).toEqual(['first held', 'second broken']);
  });

  test('what is ignored, no rule sees', () => {
    expect(said({ max: 0 }, made(3), { ignore: ['path:/items'] })).toBe('held: 0 requests, allowed: <= 0');
  });

  test('connections that were opened, and lookups', () => {
    const records: Records = {
      requests: list(4, (i) => exchange(i, i, { connection: i < 3 ? 'c' : 'd', ordinal: i === 0 || i === 3 ? 1 : 2 })),
      connections: [
        { id: 'c', dial: 'x' },
        { id: 'd', dial: 'y' },
      ],
      dials: [
        { id: 'x', lookup: 'l' },
        { id: 'y', lookup: 'm' },
      ],
    };
    expect(said({ assert: { connections: '<= 1' } }, records)).toBe('broken: 2 connections, allowed: <= 1');
    expect(said({ assert: { lookups: '<= 2' } }, records)).toBe('held: 2 lookups, allowed: <= 2');
    const { cases } = checked({ assert: { connections: '<= 1' } }, [run(records)]);
    expect(cases[0]?.requests.map(({ id }) => id)).toEqual(['1-0-0', '1-0-3']);
  });
});

describe('how long', () => {
  const times = (...waits: number[]): Records => ({ requests: waits.map((wait, i) => exchange(i, i * 50, { wait })) });

  test('quantiles need samples', () => {
    expect(said({ assert: { p50: { is: '< 20ms' } } }, times(10, 10, 10, 10))).toBe(
      'notDecided: p50 of 4 requests: at least 5 are needed',
    );
    expect(said({ assert: { p50: { is: '< 20ms' } } }, times(10, 10, 10, 10, 10))).toMatch(/^held: p50 is 11 ms over/);
    expect(said({ assert: { p95: { is: '< 20ms' } }, 'min-samples': 3 }, times(10, 30, 40))).toMatch(/^broken: p95 is/);
    expect(said({ assert: { p50: { is: '< 20ms' } } }, { requests: [] })).toBe(
      'notExercised: no such request was made',
    );
  });

  test('the requests over the bound are the evidence, slowest first', () => {
    const { cases } = checked({ assert: { max: { is: '< 20ms' } } }, [run(times(10, 30, 40))]);
    expect(cases[0]?.requests.map(({ id }) => id)).toEqual(['1-0-2', '1-0-1']);
  });

  test('a phase that no request has decides nothing', () => {
    expect(said({ assert: { max: { phase: 'tls', is: '< 20ms' } } }, times(10))).toBe(
      'notDecided: none of 1 request has this time',
    );
  });
});

describe('hosts', () => {
  const to = (...hosts: string[]): Records => ({
    requests: hosts.map((host, i) => exchange(i, i, { url: `https://${host}/x` })),
  });
  test.each([
    [['api.shop.example'], 'held'],
    [['api.shop.example:8443'], 'held'],
    [['evil.example'], 'broken'],
    [['api.shop.example.evil.example'], 'broken'],
    [['shop-example.test'], 'broken'],
    [['127.0.0.1:4000'], 'held'],
  ])('%s', (hosts, state) => {
    const rule = { assert: { hosts: { only: ['ours', '127.0.0.1'] } } };
    expect(checked(rule, [run(to(...hosts))], { hosts: { ours: ['*.shop.example'] } }).state).toBe(state);
  });

  test('new since a baseline', () => {
    const rule: RuleText = { assert: { hosts: { 'new-since': 'main.json' } } };
    expect(checked(rule, [run(to('a.example', 'b.example'))], {}, [run(to('a.example'))])).toMatchObject({
      state: 'broken',
      cases: [{ message: '1 request to b.example' }],
    });
  });
});

describe('findings, certificates, baseline', () => {
  const plusOne: Records = {
    requests: list(8, (i) => exchange(i, i * 15, { callSite: site(5), url: `https://a.example/items/${i}` })),
  };

  test('findings by id, any, of some requests', () => {
    const rule = (id: string[] | 'any', more: object = {}): RuleText => ({ assert: { finding: { id, ...more } } });
    expect(said(rule(['n-plus-one']), plusOne)).toMatch(/^broken: n-plus-one: 8 similar requests/);
    expect(said(rule(['body-not-read']), plusOne)).toBe('held: 0 findings, allowed: 0');
    expect(checked(rule('any', { max: 1 }), [run(plusOne)]).state).toBe('held');
    expect(checked({ ...rule(['n-plus-one']), where: 'host:b.example' }, [run(plusOne)]).state).toBe('held');
    expect(checked(rule(['n-plus-one'], { 'min-severity': 'error' }), [run(plusOne)]).state).toBe('held');
  });

  test('days of a certificate, from the day of the trace', () => {
    const rule: RuleText = { where: 'scheme:https', assert: { certificate: { 'days-left': '>= 14' } } };
    expect(said(rule, tls(10))).toBe('broken: 10 days left, asked for: >= 14');
    expect(said(rule, tls(20))).toBe('held: 20 days left, asked for: >= 14');
    expect(said(rule, made(1))).toBe('notDecided: no certificate was recorded');
  });

  test('a baseline: only what is asked for', () => {
    const against = (what: object) =>
      checked({ assert: { baseline: { file: 'main.json', ...what } } }, [run(plusOne)], {}, [run(made(1))]).state;
    expect(against({ 'new-hosts': 'none' })).toBe('broken');
    expect(against({ 'new-findings': 'none' })).toBe('broken');
    expect(against({ answers: 'none' })).toBe('held');
    expect(against({ slower: 'none' })).toBe('notDecided');
    expect(against({})).toBe('broken');
  });
});

describe('what is missing is never a pass', () => {
  const incomplete = (): CheckedRun => {
    const { store, ...rest } = run(made(3));
    store.counts.evictedRequests = 5;
    return { store, ...rest };
  };
  test.each<[RuleText, string]>([
    [{ assert: { count: '<= 3' } }, 'notDecided'],
    [{ assert: { count: '<= 2' } }, 'broken'],
    [{ assert: { count: '>= 3' } }, 'held'],
    [{ assert: { count: '>= 4' } }, 'notDecided'],
    [{ where: 'status:500', assert: { none: true } }, 'notDecided'],
    [{ assert: { hosts: { only: ['*.example'] } } }, 'notDecided'],
    [{ assert: { finding: { id: ['n-plus-one'] } } }, 'notDecided'],
  ])('%j: %s', (rule, state) => {
    expect(checked(rule, [incomplete()]).state).toBe(state);
  });
});

test('a rule after its last day is broken', () => {
  expect(checked({ max: 9, until: '2026-06-14' }, [run(made(1))])).toMatchObject({
    state: 'broken',
    cases: [{ message: 'its last day was 2026-06-14: review the rule' }],
  });
  expect(checked({ max: 9, until: '2026-06-15' }, [run(made(1))]).state).toBe('held');
});

test.each<[RuleText[], string]>([
  [[{ assert: {} }], 'a rule needs assert with one key'],
  [[{}], 'a rule needs assert with one key'],
  [[{ assert: { count: '<= 1', none: true } }], 'assert takes one key, and here are count and none'],
  [[{ assert: { count: '<= 1' }, max: 1 }], 'use either max or assert'],
  [[{ where: 'a', query: 'b', max: 1 }], 'use either where or query'],
  [[{ where: 'status:>=', max: 1 }], 'expected a value'],
  [[{ assert: { count: '<= 1ms' } }], 'this unit does not fit here'],
  [[{ assert: { count: '<= 1%' } }], 'this unit does not fit here'],
  [
    [
      { id: 'a', max: 1 },
      { id: 'a', max: 2 },
    ],
    '"a" is the id of an earlier rule',
  ],
])('%j is refused', (rules, words) => {
  const read = readRules({ rules });
  expect('problems' in read && read.problems.map(({ message }) => message).join()).toContain(words);
});

test('docs/rules.schema.json is the one of the program', () => {
  const committed = readFileSync(join(import.meta.dirname, '../../../docs/rules.schema.json'), 'utf8');
  expect(committed === publishedRulesSchema(), 'run `node scripts/schema.mjs`').toBe(true);
});
