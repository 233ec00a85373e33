/** A disk that takes no more, in the middle of a batch: what was written before is there, the rest is evicted and counted. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Spill } from './spill';

/** As the system does it: as many bytes as there is room for, then the error. */
const diskOf =
  (size: number) =>
  (file: number, bytes: Buffer, from: number, length: number, position: number): number => {
    const room = size - position;
    if (room <= 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    return fs.writeSync(file, bytes, from, Math.min(length, room), position);
  };

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'nettrace-test-'));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

const record = (n: number) => ({
  id: `1-0-${n}`,
  thread: '1-0',
  createdAt: n,
  url: `http://a.example/${'x'.repeat(80)}`,
});

test('batches that fit whole are kept, and the error is said', () => {
  const spill = new Spill(join(folder, 'evicted'), { write: diskOf(300_000) });
  for (let n = 0; n < 5000; n++) spill.keep('requests', record(n), true);
  expect(spill.error).toContain('ENOSPC');
  const kept = spill.counted('requests');
  expect([kept % 1000, kept > 0, kept < 5000]).toEqual([0, true, true]);
  expect([...spill.records('requests')]).toEqual(Array.from({ length: kept }, (_, n) => record(n)));
  spill.close();
});

test('records longer than what is read at once, in another order than they came', () => {
  const spill = new Spill(join(folder, 'evicted'));
  const long = (n: number) => ({ ...record(n), label: 'é'.repeat(n === 7 ? 3_000_000 : 10) });
  for (let n = 19; n >= 0; n--) spill.keep('requests', long(n), false);
  expect([...spill.records('requests')]).toEqual(Array.from({ length: 20 }, (_, n) => long(n)));
  expect(spill.counted('requests')).toBe(0);
  spill.close();
});

test('it takes no more than it may, and says so', () => {
  const spill = new Spill(join(folder, 'evicted'), { largest: 400_000 });
  for (let n = 0; n < 2500; n++) spill.keep('requests', record(n), true);
  // Two batches, and what waits for the third.
  expect([spill.error, spill.held('requests')]).toEqual([undefined, 2500]);
  for (let n = 2500; n < 3000; n++) spill.keep('requests', record(n), true);
  expect(spill.error).toBe('the most it may take is 400 kB');
  expect([spill.held('requests'), spill.counted('requests')]).toEqual([2000, 2000]);
  expect([...spill.records('requests')]).toHaveLength(2000);
  spill.close();
});
