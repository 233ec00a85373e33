import { describe, expect, test } from 'vitest';
import { changedLines, conclusion, failedSuites, read, repeated } from './report.mjs';

const resultOf = (state, rest = {}) => ({ name: 'a.test.ts > counts', state, flaky: false, messages: [], ...rest });
const failure = ['AssertionError: expected 1 to be 2\n    at x'];

describe('report of a run', () => {
  test('counts', () => {
    const tests = [resultOf('passed'), resultOf('passed'), resultOf('skipped'), resultOf('pending')];
    expect(read({ tests, others: [] }, 0, 'unit')).toEqual({ passed: 2, failed: 0, skipped: 2, names: [], flaky: [] });
  });

  test('names each failed test with the first line of its message', () => {
    const { failed, names, flaky } = read(
      { tests: [resultOf('failed', { messages: failure })], others: [] },
      1,
      'unit',
    );
    expect(failed).toBe(1);
    expect(names).toEqual(['a.test.ts > counts: AssertionError: expected 1 to be 2']);
    expect(flaky).toEqual([]);
  });

  test('names a test that passed when it was repeated, with what failed first', () => {
    const tests = [resultOf('passed', { flaky: true, messages: failure }), resultOf('passed')];
    const { passed, failed, names, flaky } = read({ tests, others: [] }, 0, 'unit');
    expect({ passed, failed, names }).toEqual({ passed: 2, failed: 0, names: [] });
    expect(flaky).toEqual(['a.test.ts > counts: AssertionError: expected 1 to be 2']);
  });

  test('counts a file that does not load, and a hook that fails', () => {
    const others = ['a.test.ts: SyntaxError: x', 'b.test.ts > server: Error: EADDRINUSE\n  at y'];
    const counts = read({ tests: [resultOf('skipped')], others }, 1, 'unit');
    expect(counts).toMatchObject({
      failed: 2,
      names: ['a.test.ts: SyntaxError: x', 'b.test.ts > server: Error: EADDRINUSE'],
    });
  });

  test.each([[undefined], [{ tests: [resultOf('passed')], others: [] }]])(
    'counts an exit code that no test explains',
    (report) => {
      expect(read(report, 3, 'unit')).toMatchObject({
        failed: 1,
        names: [expect.stringMatching(/^unit: exit code 3/)],
      });
    },
  );

  test('counts a part that was ended, beside the tests that had failed', () => {
    const tests = [resultOf('failed', { messages: failure })];
    expect(read(undefined, 124, 'e2e')).toMatchObject({ failed: 1, names: [expect.stringMatching(/^e2e: ended/)] });
    expect(read({ tests, others: [] }, 124, 'e2e')).toMatchObject({
      failed: 2,
      names: ['a.test.ts > counts: AssertionError: expected 1 to be 2', expect.stringMatching(/^e2e: ended/)],
    });
  });
});

describe('difference of two values', () => {
  const head = '- Expected\n+ Received\n\n  {\n';

  test('is the changed lines alone', () => {
    expect(changedLines(`${head}    "same": 1,\n-   "code": 0,\n+   "code": 1,\n  }`)).toBe(
      '- "code": 0, | + "code": 1,',
    );
    expect(changedLines()).toBe('');
  });

  test('is bounded', () => {
    const changed = changedLines(head + `+ ${'x'.repeat(1000)}\n`.repeat(9));
    expect(changed).toMatch(/ \| 3 more$/);
    expect(changed.length).toBeLessThan(1300);
  });
});

describe('failed suites that are repeated', () => {
  const step = (suite, name, state, messages = []) => ({
    ...resultOf(state, { messages }),
    suite,
    name: `${suite} > ${name}`,
  });
  const first = {
    tests: [
      step('replay', 'opens', 'passed'),
      step('reload', 'shows', 'failed', ['TimeoutError: x (reload.steps.ts:31)']),
      step('reload', 'goes on', 'failed', ['AssertionError: y']),
      step('rough', 'opens', 'skipped'),
    ],
    others: ['vscode.e2e.ts > rough: TimeoutError: z (shared.ts:14)'],
  };
  const flaky = [
    'vscode.e2e.ts > rough: TimeoutError: z (shared.ts:14)',
    'reload > shows: TimeoutError: x (reload.steps.ts:31)',
  ];
  const passed = [
    step('reload', 'shows', 'passed'),
    step('reload', 'goes on', 'passed'),
    step('rough', 'opens', 'passed'),
  ];

  test('are those of failed tests and of failed hooks', () => {
    expect([...failedSuites(first).keys()]).toEqual(['rough', 'reload']);
  });

  test('are flaky, once each, when they pass', () => {
    const tests = [step('replay', 'opens', 'skipped'), ...passed];
    const counts = read(repeated(first, { tests, others: [] }), 0, 'e2e');
    expect(counts).toEqual({ passed: 4, failed: 0, skipped: 0, names: [], flaky });
  });

  test('fail with what failed the second time', () => {
    const again = {
      tests: [step('reload', 'shows', 'failed', ['TimeoutError: again']), ...passed.slice(1)],
      others: [],
    };
    const counts = read(repeated(first, again), 1, 'e2e');
    expect(counts).toMatchObject({
      passed: 3,
      failed: 1,
      names: ['reload > shows: TimeoutError: again'],
      flaky: flaky.slice(0, 1),
    });
  });

  test('fail when a hook fails again', () => {
    const again = { tests: passed, others: ['vscode.e2e.ts > rough: TimeoutError: z'] };
    expect(read(repeated(first, again), 1, 'e2e')).toMatchObject({ failed: 1, flaky: flaky.slice(1) });
  });
});

describe('last lines', () => {
  const part = (name, counts) => ({ part: name, passed: 0, failed: 0, skipped: 0, names: [], flaky: [], ...counts });

  test('add the parts up', () => {
    const { lines, failed } = conclusion([
      { part: 'types', passed: 1, failed: 0, skipped: 0 },
      part('unit', { passed: 2, skipped: 1 }),
    ]);
    expect(lines).toEqual([
      'types     1 passed, 0 failed',
      'unit      2 passed, 0 failed, 1 skipped',
      '3 passed, 0 failed, 1 skipped',
    ]);
    expect(failed).toBe(0);
  });

  test('name failures and flaky tests below the counts', () => {
    const { lines, failed } = conclusion([
      part('unit', { passed: 2, failed: 1, names: ['a: x'], flaky: ['b: y', 'c: z'] }),
    ]);
    expect(lines.slice(1)).toEqual(['2 passed, 1 failed', '', 'a: x', '', 'flaky: b: y', 'flaky: c: z']);
    expect(failed).toBe(1);
  });

  test('more than two flaky tests, of all parts together, fail the run', () => {
    const { lines, failed } = conclusion([
      part('unit', { passed: 2, flaky: ['a: x', 'b: y'] }),
      part('hook', { passed: 1, flaky: ['c: z'] }),
    ]);
    expect(failed).toBe(1);
    expect(lines.slice(2)).toEqual([
      '3 passed, 1 failed',
      '',
      '3 tests are flaky; more than 2 fail the run',
      '',
      'flaky: a: x',
      'flaky: b: y',
      'flaky: c: z',
    ]);
  });
});
