import { describe, expect, it } from 'vitest';
import { read } from './report.mjs';

const test = (status, fullName = 'a test', failureMessages = []) => ({ status, fullName, failureMessages });
const report = (...testResults) => ({ numPassedTests: 3, numPendingTests: 1, numTodoTests: 1, testResults });

describe('report of a run', () => {
  it('counts', () => {
    expect(
      read(report({ name: '/p/a.test.ts', status: 'passed', assertionResults: [test('passed')] }), 0, '/p'),
    ).toEqual({
      passed: 3,
      failed: 0,
      skipped: 2,
      names: [],
      files: [],
    });
  });

  it('names each failed test with the first line of its message', () => {
    const failed = test('failed', 'suite counts', ['AssertionError: expected 1 to be 2\n    at x']);
    const file = { name: '/p/b/a.test.ts', status: 'failed', assertionResults: [test('passed'), failed, failed] };
    const { failed: count, names, files } = read(report(file), 1, '/p');
    expect(count).toBe(2);
    expect(names[0]).toBe('b/a.test.ts > suite counts: AssertionError: expected 1 to be 2');
    expect(files).toEqual(['/p/b/a.test.ts']);
  });

  it('counts a file that does not load', () => {
    const file = { name: '/p/a.test.ts', status: 'failed', message: 'SyntaxError: x', assertionResults: [] };
    expect(read(report(file), 1, '/p')).toMatchObject({ failed: 1, names: ['a.test.ts: SyntaxError: x'] });
  });

  it.each([[undefined], [report()]])('counts an exit code that no test explains', (nothing) => {
    expect(read(nothing, 1, '/p')).toMatchObject({ failed: 1, files: [] });
  });
});
