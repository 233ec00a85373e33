import { expect, test } from 'vitest';
import { sinceAnchor, takeAnchor } from './anchor';

test('both clocks are read at one instant', () => {
  for (let i = 0; i < 5; i++) {
    const anchor = takeAnchor();
    expect(anchor.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    const since = sinceAnchor(anchor);
    const wall = Date.now() - Date.parse(anchor.time);
    expect(since).toBeGreaterThanOrEqual(0);
    expect(Math.abs(wall - since / 1000)).toBeLessThan(2);
  }
});
