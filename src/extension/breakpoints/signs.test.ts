import { describe, expect, test } from 'vitest';
import { BreakpointList } from './list';
import { signsOf } from './signs';

const list = () => new BreakpointList({ get: () => undefined, set: () => {} });

describe('signs beside the lines that have network breakpoints of their own', () => {
  test('"break when this call fails" is one sign, gone with the breakpoints', () => {
    const breakpoints = list();
    const made = breakpoints.breakWhenFails({ file: '/w/shop.ts', line: 12 });
    expect(signsOf(breakpoints.all(), '/w/shop.ts')).toEqual([
      { line: 12, text: 'Network breakpoint of this line: request fails; status ≥ 400' },
    ]);
    expect(signsOf(breakpoints.all(), '/w/other.ts')).toEqual([]);
    breakpoints.setEnabled(made[0]?.id ?? '', false);
    expect(signsOf(breakpoints.all(), '/w/shop.ts')[0]?.text).toBe('Network breakpoint of this line: status ≥ 400');
    breakpoints.disableAll();
    expect(signsOf(breakpoints.all(), '/w/shop.ts')).toEqual([]);
  });

  test('a recorded URL is the same file; breakpoints of no line have no sign', () => {
    const breakpoints = list();
    breakpoints.setEnabled('status500', true);
    breakpoints.add({ kind: 'slowerThan', thresholdMs: 200, callSite: { file: 'file:///w/shop.ts', line: 3 } });
    expect(signsOf(breakpoints.all(), '/w/shop.ts')).toEqual([
      { line: 3, text: 'Network breakpoint of this line: slow request (> 200 ms)' },
    ]);
  });
});
