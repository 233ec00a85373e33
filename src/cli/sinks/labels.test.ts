import { expect, test } from 'vitest';
import { LabelSets } from './labels';

test('what is beyond the bound is counted under other', () => {
  let overflow = 0;
  const sets = new LabelSets<'host' | 'method'>(2, () => overflow++);
  expect(sets.of({ host: 'a', method: 'GET' })).toEqual({ host: 'a', method: 'GET' });
  expect(sets.of({ host: 'b', method: 'GET' })).toEqual({ host: 'b', method: 'GET' });
  expect(sets.of({ host: 'c', method: 'GET' })).toEqual({ host: 'other', method: 'other' });
  expect(sets.of({ host: 'a', method: 'PUT' })).toEqual({ host: 'other', method: 'other' });
  // What is known stays.
  expect(sets.of({ host: 'a', method: 'GET' })).toEqual({ host: 'a', method: 'GET' });
  expect(overflow).toBe(2);
});

test('a long value is cut', () => {
  const sets = new LabelSets<'host'>(2, () => {});
  expect(sets.of({ host: 'x'.repeat(1000) }).host).toHaveLength(120);
});
