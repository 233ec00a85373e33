import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesText, numberText, ordinalText, plural, timeText } from './text';

test.each([
  [0, '0.0 ms'],
  [550, '0.6 ms'],
  [9_940, '9.9 ms'],
  [9_960, '10 ms'],
  [412_000, '412 ms'],
  [999_400, '999 ms'],
  [999_600, '1.00 s'],
  [1_210_000, '1.21 s'],
  [12_340_000, '12.3 s'],
  [59_999_000, '1 min 00 s'],
  [123_000_000, '2 min 03 s'],
  [3_720_000_000, '1 h 02 min'],
])('%d µs is %s', (us, text) => {
  expect(timeText(us)).toBe(text);
});

test.each([
  [0, '0 B'],
  [812, '812 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [4_321, '4.3 kB'],
  [36_000, '36 kB'],
  [999_700, '1.0 MB'],
  [1_900_000, '1.9 MB'],
])('%d bytes are %s', (n, text) => {
  expect(bytesText(n)).toBe(text);
});

test.each([
  [1, '1st'],
  [2, '2nd'],
  [3, '3rd'],
  [4, '4th'],
  [11, '11th'],
  [12, '12th'],
  [21, '21st'],
  [102, '102nd'],
  [113, '113th'],
])('%d is %s', (n, text) => {
  expect(ordinalText(n)).toBe(text);
});

test.each([
  [0, '0', '0 bodies'],
  [1, '1', '1 body'],
  [812, '812', '812 bodies'],
  [19_621, '19,621', '19,621 bodies'],
  [1_234_567, '1,234,567', '1,234,567 bodies'],
])('%d is written %s', (n, text, counted) => {
  expect(numberText(n)).toBe(text);
  expect(plural(n, 'body', 'bodies')).toBe(counted);
  expect(plural(n, 'request')).toBe(`${text} request${n === 1 ? '' : 's'}`);
});

test('counts are grouped as Intl groups them', () => {
  const { format } = new Intl.NumberFormat('en');
  fc.assert(fc.property(fc.maxSafeInteger(), (n) => numberText(n) === format(n)));
});
