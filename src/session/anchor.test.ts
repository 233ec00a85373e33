import { expect, test } from 'vitest';
import { sinceAnchor, takeAnchor } from './anchor';

test('both clocks are read at one instant', () => {
  let nearest = Number.POSITIVE_INFINITY; // a busy machine may stop us between any two readings, but not each time
  for (let i = 0; i < 10; i++) {
    const anchor = takeAnchor();
    expect(anchor.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    const since = sinceAnchor(anchor);
    const wall = Date.now() - Date.parse(anchor.time);
    expect(since).toBeGreaterThanOrEqual(0);
    nearest = Math.min(nearest, Math.abs(wall - since / 1000));
  }
  expect(nearest).toBeLessThan(1.1);
});
