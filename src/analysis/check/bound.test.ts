import { expect, test } from 'vitest';
import { boundOf, isUpper, isWithin } from './bound';

test.each([
  ['<= 5', 'number', '<=', 5],
  ['5k', 'number', undefined, 0],
  ['< 1.5k', 'number', '<', 1500],
  ['=0', 'number', '=', 0],
  ['<= 1%', 'number', '<=', 0.01],
  ['< 300ms', 'time', '<', 300_000],
  ['< 300', 'time', '<', 300_000],
  ['>= 2 s', 'time', '>=', 2_000_000],
  ['<= 50 µs', 'time', '<=', 50],
  ['< 2MB', 'bytes', '<', 2_000_000],
  ['< 2MB', 'time', undefined, 0],
  ['< 2ms', 'number', undefined, 0],
  ['< 2%', 'time', undefined, 0],
  [3, 'number', '<=', 3],
] as const)('%s as %s', (text, of, op, value) => {
  const bound = boundOf(text, of);
  expect(bound?.op).toBe(op);
  if (bound) expect(bound.value).toBeCloseTo(value, 9);
});

test('within and upper', () => {
  const within = (text: string, figure: number) => isWithin(boundOf(text, 'number') as never, figure);
  expect([within('< 5', 5), within('<= 5', 5), within('= 5', 5), within('>= 5', 5), within('> 5', 5)]).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
  expect(isUpper(boundOf('<= 5', 'number') as never)).toBe(true);
  expect(isUpper(boundOf('>= 5', 'number') as never)).toBe(false);
});
