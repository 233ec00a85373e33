import { describe, expect, test } from 'vitest';
import type { Request } from '../../model/records';
import { analyse } from '../analyse';
import { costTime } from '../base/draft';
import { list } from '../testing/ruleRecords';
import { exchange, type Records, site, storeOf } from '../testing/store';
import { changesOf } from './changes';
import { compare, type Side } from './compare';
import type { Comparison } from './comparison';
import type { ChangeKind } from './kinds';

type Made = Partial<Request> & { id: string };

const side = (...runs: Records[]): Side => {
  const stores = runs.map(storeOf);
  return {
    runs: stores.map((store, i) => ({ name: `run ${i + 1}`, store })),
    findings: stores.map((store) => analyse(store)),
  };
};
const requests = (...list: Made[]): Records => ({ requests: list });
const kinds = (comparison: Comparison): ChangeKind[] => changesOf(comparison).map(({ kind }) => kind);
const texts = (comparison: Comparison): string[] =>
  changesOf(comparison).map(({ kind, what, callSite, text }) => `${kind} ${what} ${callSite ?? '-'}: ${text}`);

/** n requests of one line, 100 ms apart, each of which waited so many ms. */
const waits = (waited: readonly number[], more: Parameters<typeof exchange>[2] = {}): Made[] =>
  waited.map((wait, i) => exchange(i, i * 100, { wait, callSite: site(31), ...more }));
/** Like times of one run: 40 ms and some noise, always the same. */
const noisy = (n: number, base: number, seed: number): number[] =>
  list(n, (i) => base + (((i + 1) * 7919 * (seed + 1)) % 97) / 10);

describe('what is requested', () => {
  test('the same twice is no difference', () => {
    const run = requests(...waits(noisy(30, 40, 1)));
    expect(kinds(compare(side(run), side(run)))).toEqual([]);
  });

  test('added and removed, by place, method, host and kind of URL', () => {
    const before = requests(exchange(1, 0, { callSite: site(3), url: 'https://a.example/v1/users/17?page=2' }));
    const after = requests(
      exchange(1, 0, { callSite: site(3), url: 'https://a.example/v1/users/18?page=9' }),
      exchange(2, 50, { callSite: site(3), url: 'https://a.example/v1/users/18', method: 'DELETE' }),
      exchange(3, 90, { callSite: site(9), url: 'https://b.example/' }),
    );
    expect(texts(compare(side(before), side(after)))).toEqual([
      'new-host b.example -: 0 → 1 request',
      'added DELETE a.example/v1/users/{id} shop.ts:3: 0 → 1 request',
      'added GET b.example/ shop.ts:9: 0 → 1 request',
    ]);
    expect(texts(compare(side(after), side(before)))).toEqual([
      'removed DELETE a.example/v1/users/{id} shop.ts:3: 1 → 0 requests',
      'removed GET b.example/ shop.ts:9: 1 → 0 requests',
      'gone-host b.example -: 1 → 0 requests',
    ]);
  });

  test('lines inserted above a call change nothing, nor does another folder', () => {
    const at = (line: number, file: string) =>
      waits(noisy(4, 40, 1), { callSite: { ...site(line, file), function: 'load' } });
    const before = requests(...at(31, '/home/me/shop/src/cart.ts'));
    const after = requests(...at(77, '/builds/42/shop/src/cart.ts'));
    expect(kinds(compare(side(before), side(after)))).toEqual([]);
  });

  test('several calls of one function are taken in order; one more is one more', () => {
    const calls = (...lines: number[]) =>
      requests(...lines.map((line, i) => exchange(i, i * 100, { callSite: { ...site(line), function: 'load' } })));
    expect(kinds(compare(side(calls(10, 20)), side(calls(14, 24))))).toEqual([]);
    expect(texts(compare(side(calls(10, 20)), side(calls(10, 15, 20))))).toEqual([
      'added GET api.shop.example/items shop.ts:15: 0 → 1 request',
    ]);
  });

  test('a call that was moved to another file is said to have moved', () => {
    const before = requests(...waits([10, 11], { callSite: site(31, '/app/a.ts') }));
    const after = requests(...waits([10, 11], { callSite: site(12, '/app/b.ts') }));
    expect(texts(compare(side(before), side(after)))).toEqual([
      'moved GET api.shop.example/items b.ts:12: was called at a.ts:31',
    ]);
  });

  test('a path with many names is one kind of request', () => {
    const names = (from: number) =>
      requests(
        ...list(12, (i) =>
          exchange(i, i, {
            callSite: site(3),
            url: `https://a.example/shops/${'abcdefghijklmnopqrstuvwxyz'[from + i]}/open`,
          }),
        ),
      );
    const { groups } = compare(side(names(0)), side(names(12)));
    expect(groups.map(({ template }) => template)).toEqual(['/shops/{*}/open']);
  });

  test('a port that the system gave to a server of a test is no new host', () => {
    const to = (port: number) => requests(exchange(1, 0, { callSite: site(3), url: `http://127.0.0.1:${port}/x` }));
    const { groups, hosts } = compare(side(to(40_123)), side(to(51_321)));
    expect(groups.map(({ host }) => host)).toEqual(['127.0.0.1:{port}']);
    expect(hosts.map(({ requests: { result } }) => result)).toEqual(['same']);
    expect(kinds(compare(side(to(3000)), side(to(3000))))).toEqual([]);
  });

  test('other answers are said, with how many of each', () => {
    const refused = {
      id: '1-0-1',
      createdAt: 100_000,
      endAt: 101_000,
      method: 'GET',
      url: 'https://api.shop.example/items',
    };
    const failed = { ...refused, callSite: site(31), outcome: 'failed', error: { phase: 'tcp', code: 'ECONNREFUSED' } };
    const before = requests(...waits([10, 11]));
    const after = requests(exchange(0, 0, { callSite: site(31) }), failed);
    expect(texts(compare(side(before), side(after)))).toContain(
      'answers GET api.shop.example/items shop.ts:31: 2 × 200 → 1 × 200, 1 × failed ECONNREFUSED',
    );
  });

  test('counts that differ from run to run are more only where all are more', () => {
    const runs = (...counts: number[]) => side(...counts.map((n) => requests(...waits(noisy(n, 10, 1)))));
    expect(kinds(compare(runs(1, 2), runs(2, 3)))).toEqual([]);
    expect(texts(compare(runs(1, 2), runs(4, 3)))).toEqual([
      'more GET api.shop.example/items shop.ts:31: 1 to 2 → 3 to 4 requests',
    ]);
  });
});

describe('slower', () => {
  const runs = (base: number, seed: number, count = 5) =>
    side(...list(count, (i) => requests(...waits(noisy(8, base + i / 10, seed + i)))));

  test('medians of five runs each: 40 ms more of waiting', () => {
    const comparison = compare(runs(40, 1), runs(80, 7));
    expect(kinds(comparison)).toEqual(['slower']);
    const time = comparison.groups[0]?.times.reused;
    expect(time).toMatchObject({ result: 'slower', basis: 'runs', before: { runs: 5, requests: 35 } });
    expect(time?.shift).toBeGreaterThan(38_000);
    expect(time?.shift).toBeLessThan(42_000);
    expect(time?.phases?.map(({ of }) => of)).toEqual(['wait']);
    expect(kinds(compare(runs(80, 7), runs(40, 1)))).toEqual(['faster']);
  });

  test('what a busy machine adds to most requests is not in the quickest: no difference', () => {
    /** Of ten requests, so many are held up for 30 ms. */
    const heldUp = (tenths: number, seed: number) =>
      requests(...waits(noisy(30, 40, seed).map((wait, i) => (i % 10 < tenths ? wait + 30 : wait))));
    const five = (tenths: number, seed: number) => side(...list(5, (i) => heldUp(tenths, seed + i)));
    expect(kinds(compare(five(0, 1), five(8, 7)))).toEqual([]);
    expect(kinds(compare(five(0, 1), five(10, 7)))).toEqual(['slower']);
    expect(kinds(compare(side(heldUp(0, 1)), side(heldUp(8, 2))))).toEqual([]);
    expect(kinds(compare(side(heldUp(0, 1)), side(heldUp(10, 2))))).toEqual(['times-differ']);
  });

  test('less than 5 ms or a tenth is not worth a word; four runs say nothing', () => {
    expect(kinds(compare(runs(40, 1), runs(43, 7)))).toEqual([]);
    const few = compare(runs(40, 1, 4), runs(80, 7, 4));
    expect(few.groups[0]?.times.reused?.result).toBe('tooFew');
    expect(few.notes.join(' ')).toContain('too few to call anything slower');
  });

  test('one run each: said of these two traces, from 20 requests on', () => {
    const one = (n: number, base: number, seed: number) => side(requests(...waits(noisy(n, base, seed))));
    expect(texts(compare(one(30, 40, 1), one(30, 80, 2)))[0]).toMatch(/^times-differ .* \(in these two traces; by \+/);
    expect(kinds(compare(one(15, 40, 1), one(15, 80, 2)))).toEqual([]);
  });

  test('one run each: what changed as much within a run says nothing', () => {
    const drifting = side(requests(...waits([...noisy(15, 40, 1), ...noisy(15, 80, 2)])));
    const after = side(requests(...waits([...noisy(15, 60, 3), ...noisy(15, 100, 4)])));
    expect(kinds(compare(drifting, after))).toEqual([]);
  });

  test('failed, aborted and paused requests, and the first of a thread, are no times', () => {
    const slow = waits(noisy(30, 400, 2)).map((r, i) => (i === 0 ? r : { ...r, outcome: 'aborted' as const }));
    const { groups } = compare(side(requests(...waits(noisy(30, 40, 1)))), side(requests(...slow)));
    expect(groups[0]?.times.reused?.after).toEqual({ requests: 0, runs: 0 });
    expect(groups[0]?.times.reused?.result).toBe('tooFew');
  });
});

describe('findings', () => {
  const one = requests(exchange(0, 0, { callSite: site(3), url: 'https://a.example/ids' }));
  const plusOne = (n: number) =>
    requests(...list(n, (i) => exchange(i, i * 14, { callSite: site(5), url: `https://a.example/items/${i}` })));

  test('new, gone, worse', () => {
    const findings = (a: Records, b: Records) =>
      compare(side(a), side(b)).findings.map(({ rule, result }) => `${rule} ${result}`);
    expect(findings(one, plusOne(8))).toEqual(['n-plus-one new']);
    expect(findings(plusOne(8), plusOne(8))).toEqual(['n-plus-one same']);
    expect(findings(plusOne(8), plusOne(16))).toEqual(['n-plus-one worse']);
    expect(findings(plusOne(16), plusOne(8))).toEqual(['n-plus-one better']);
  });

  test('whose cause is not clear: only if each of five runs of a side has them, and none of the other', () => {
    const waited = (ms: number): Side['findings'][number][number] => ({
      id: 'f-1',
      rule: 'event-loop-blocked',
      severity: 'info',
      title: `The event loop was blocked for ${ms} ms`,
      text: 'Blocked.',
      fault: 'unclear',
      certainty: 'unclear',
      subjects: waits(noisy(8, 40, 1)).map(({ id }) => id),
      evidence: [],
      analysisVersion: '1',
    });
    /** Runs, of which some have it. */
    const runs = (...has: readonly (0 | 1)[]): Side => ({
      ...side(...has.map(() => requests(...waits(noisy(8, 40, 1))))),
      findings: has.map((one) => (one === 1 ? [waited(112)] : [])),
    });
    const said = (a: Side, b: Side): [string[], string[]] => {
      const comparison = compare(a, b);
      return [comparison.findings.map(({ result }) => result), kinds(comparison)];
    };
    const [none, all] = [runs(0, 0, 0, 0, 0), runs(1, 1, 1, 1, 1)];
    expect(said(runs(0), runs(1))).toEqual([['unclear'], []]);
    expect(said(runs(1), runs(0))).toEqual([['unclear'], []]);
    expect(said(none, runs(0, 1, 0, 0, 0))).toEqual([['unclear'], []]);
    expect(said(none, all)).toEqual([['new'], ['new-finding']]);
    expect(said(all, none)).toEqual([['gone'], ['gone-finding']]);
    expect(said(all, all)).toEqual([['same'], []]);
  });

  test('by their cost, where it is known', () => {
    /** Runs with one finding about so many requests, which cost so many ms together. */
    const runs = (n: number, costs: readonly number[]): Side => ({
      ...side(...costs.map(() => requests(...waits(noisy(n, 40, 1))))),
      findings: costs.map((ms) => [
        {
          id: 'f-1',
          rule: 'avoidable-connections',
          severity: 'warning',
          title: 'New connections',
          text: 'New connections.',
          fault: 'yourCode',
          certainty: 'sure',
          subjects: waits(noisy(n, 40, 1)).map(({ id }) => id),
          evidence: [costTime('total setup', ms * 1000)],
          analysisVersion: '1',
        },
      ]),
    });
    const result = (a: Side, b: Side) => compare(a, b).findings.map((f) => [f.result, f.cost?.before, f.cost?.after]);
    // One run each: the number says it, unless the cost goes the other way.
    expect(result(runs(8, [80]), runs(16, [160]))).toEqual([['worse', 80_000, 160_000]]);
    expect(result(runs(8, [80]), runs(16, [70]))).toEqual([['same', 80_000, 70_000]]);
    expect(result(runs(16, [80]), runs(8, [90]))).toEqual([['same', 80_000, 90_000]]);
    expect(result(runs(8, [80]), runs(8, [900]))).toEqual([['same', 80_000, 900_000]]);
    // Of five runs each, the cost alone says it.
    const five = [80, 90, 100, 110, 120];
    expect(result(runs(8, five), runs(8, [180, 190, 200, 210, 220]))).toEqual([['worse', 100_000, 200_000]]);
    expect(result(runs(8, [180, 190, 200, 210, 220]), runs(8, five))).toEqual([['better', 200_000, 100_000]]);
    expect(result(runs(8, five), runs(8, [100, 190, 200, 210, 220]))).toEqual([['same', 100_000, 200_000]]);
    expect(kinds(compare(runs(8, [80]), runs(16, [160])))).toContain('worse-finding');
    expect(texts(compare(runs(8, [80]), runs(16, [160]))).join()).toContain(
      'of 8 → 16 records, 80 ms → 160 ms in total (avoidable-connections)',
    );
  });

  test('is not gone where what it was about did not run', () => {
    expect(compare(side(plusOne(8)), side(one)).findings.map(({ result }) => result)).toEqual(['notExercised']);
  });
});

describe('what bounds the comparison', () => {
  test('another Node.js, and a trace that is not complete', () => {
    const run = (version: string): Records => ({
      ...requests(...waits([10])),
      process: { runtime: { name: 'node', version } },
    });
    const { notes } = compare(side(run('20.20.0')), side(run('24.1.0')));
    expect(notes).toContain('The sides differ in Node.js: 20.20.0 before, 24.1.0 after.');
  });
});
