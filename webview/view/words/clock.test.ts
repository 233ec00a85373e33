import { expect, test } from 'vitest';
import { clockTextMs } from '../../../src/model/base/text';
import { clockTitle, wallTimeOf } from './clock';

test('the wall clock of a row is that of its run’s begin, and what went by since', () => {
  const run = { beginTime: '2026-11-23T12:46:43.500000Z', offset: -20_000 };
  const at = wallTimeOf({ createdAt: 415_000 }, run) as number;
  expect(new Date(at).toISOString()).toBe('2026-11-23T12:46:43.935Z');
  expect(clockTitle(at)).toBe(
    `2026-11-${String(new Date(at).getDate())} ${clockTextMs(new Date(at))} local time, 2026-11-23T12:46:43.935Z`,
  );
  expect(clockTextMs(new Date(at))).toMatch(/^\d\d:\d\d:43\.935$/);
});

test('is absent where it is not known', () => {
  expect(wallTimeOf({}, { beginTime: '2026-11-23T12:46:43Z', offset: 0 })).toBeUndefined();
  expect(wallTimeOf({ createdAt: 1 }, undefined)).toBeUndefined();
  expect(wallTimeOf({ createdAt: 1 }, { beginTime: 'yesterday', offset: 0 })).toBeUndefined();
});
