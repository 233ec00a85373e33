import { describe, expect, test } from 'vitest';
import type { ListedBreakpoint } from './list';
import { detailsOf, fieldsOf, tooltipOf, typedValue } from './viewWords';

const plain: ListedBreakpoint = { id: 'status500', kind: 'status500', enabled: true };

describe('a network breakpoint in the tree', () => {
  test.each<[ListedBreakpoint, number | undefined, string]>([
    [plain, undefined, ''],
    [plain, 1, 'hit once'],
    [{ ...plain, condition: 'path:/x', hitCondition: '>=3' }, 2, 'path:/x · hit count >=3 · hit 2 times'],
    [{ ...plain, logMessage: '{url}' }, undefined, 'logs “{url}”'],
    [{ ...plain, id: 'slowerThan', kind: 'slowerThan' }, undefined, '> 1 s'],
    [{ ...plain, id: 'slowerThan', kind: 'slowerThan', thresholdMs: 200 }, undefined, '> 200 ms'],
    [{ ...plain, kind: 'slowerThan', thresholdMs: 200 }, undefined, ''],
  ])('%j, %s hits: %s', (b, hits, text) => expect(detailsOf(b, hits)).toBe(text));

  test('the hover says all of it', () => {
    expect(tooltipOf(plain, undefined)).toBe('Stops when: status ≥ 500\nEnabled');
    const whole: ListedBreakpoint = {
      id: 'x',
      kind: 'requestFails',
      enabled: false,
      condition: 'host:a',
      hitCondition: '2',
      logMessage: 'm',
      callSite: { file: '/w/shop.ts', line: 12 },
    };
    expect(tooltipOf(whole, 3)).toBe(
      [
        'Logs when: request fails at shop.ts:12',
        'Condition: host:a',
        'Hit count: 2',
        'Log message: m',
        'Only for requests made at /w/shop.ts:12',
        'Not enabled',
        'hit 3 times since the program started',
      ].join('\n'),
    );
  });

  test('only "slow request" has a threshold', () => {
    expect(fieldsOf(plain)).toEqual(['condition', 'hitCondition', 'logMessage']);
    expect(fieldsOf({ kind: 'slowerThan' })).toContain('thresholdMs');
  });

  test('what is typed: nothing takes a field away; a threshold is a number', () => {
    expect([typedValue('condition', ' '), typedValue('condition', 'a'), typedValue('thresholdMs', '250')]).toEqual([
      undefined,
      'a',
      250,
    ]);
    expect(typedValue('thresholdMs', 'x')).toBeNaN();
  });
});
