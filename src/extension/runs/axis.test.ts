import { expect, test } from 'vitest';
import { rows } from '../../../test/webview/testing/sample';
import { startedOf } from '../../model/query/rowFields';
import type { Row } from '../../model/rows/row';
import { placed } from '../rows/rows';
import { gapBetweenRuns, offsetOfNext } from './axis';

test('the first run begins at zero', () => expect(offsetOfNext(5n, [])).toBe(0));

test('a run beside a running one keeps the real distance', () => {
  const a = { beginNs: 1_000_000_000n, offset: 700 };
  expect(offsetOfNext(1_002_500_000n, [a])).toBe(3200);
  // Also when another one, between them, has ended.
  expect(offsetOfNext(1_002_500_000n, [a, { beginNs: 1_001_000_000n, offset: 1700, endAt: 2000 }])).toBe(3200);
});

test('a run after all others follows the latest end, whenever it begins', () => {
  const a = { beginNs: 1n, offset: 0, endAt: 9000 };
  const b = { beginNs: 2n, offset: 50, endAt: 4000 };
  expect(offsetOfNext(10n ** 15n, [a, b])).toBe(9000 + gapBetweenRuns);
});

test('on the axis of several runs it is known when a request was called in its own', () => {
  const first = rows[0] as Row;
  const copy = (): Row => structuredClone(first);
  expect(startedOf(placed(copy(), 1, 0))).toBe(first.createdAt);
  const later = placed(copy(), 2, 5_000_000);
  expect(later.createdAt).toBe(5_000_000 + (first.createdAt ?? 0));
  expect(startedOf(later)).toBe(first.createdAt);
  // What passed before the program began does not count.
  expect(startedOf(placed(copy(), 2, 4_000_000, 5_000_000))).toBe((first.createdAt ?? 0) - 1_000_000);
  expect(startedOf({ runBegan: 5 })).toBeUndefined();
});
