/** A program that takes another's place under the same pid (`process.execve`), or a pid that the kernel gave out again. */
import { expect, test } from 'vitest';
import { emptyStore, foldLines, procLine } from '../testing/store';
import { Folder } from './folder';

const running = { k: 'req', id: 1, createdAt: 10, api: 'http', method: 'GET', url: 'http://a.example/' };

test('the one before is over, what it had under way too; the root is the one that took its place', () => {
  const store = foldLines([running], emptyStore());
  new Folder(store).fold(procLine(1, 0, '5000000'), { file: 'second', offset: 0 });
  expect([...store.processes.values()].map(({ id, end }) => [id, end])).toEqual([
    ['1', 'replaced'],
    ['1.2', undefined],
  ]);
  expect(store.requests.get('1-0-1')).toMatchObject({ outcome: 'interrupted' });
  expect(store.requests.get('1-0-1')?.endAt).toBeUndefined();
  expect(store.rootProcess()?.id).toBe('1.2');
});

test('one that had ended stays as it was', () => {
  const store = foldLines([{ k: 'exit', at: 20, code: 3 }], emptyStore());
  new Folder(store).fold(procLine(1, 0, '5000000'), { file: 'second', offset: 0 });
  expect(store.processes.get('1')).toMatchObject({ end: 'exit', exitCode: 3, endAt: 20 });
  expect(store.rootProcess()?.id).toBe('1');
});
