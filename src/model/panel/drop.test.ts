import { expect, test } from 'vitest';
import { isDroppable, maxDropped, urisIn } from './drop';

test('the URIs of a list, without comments, web links and scripts; the first few', () => {
  expect(
    urisIn('# comment\r\nfile:///a/b.har\r\n\nhttps://x.test/c.har\njavascript:x.har\nvscode-remote://h/d.eve.json'),
  ).toEqual(['file:///a/b.har', 'vscode-remote://h/d.eve.json']);
  expect(urisIn('file:///a.har\n'.repeat(50))).toHaveLength(maxDropped);
  expect(urisIn(`file:///${'a'.repeat(5000)}.har`)).toEqual([]);
});

test.each([
  ['a.nettrace.json', true],
  ['A.HAR', true],
  ['x.pcapng', true],
  ['saved.json', true],
  ['main.ts', false],
  ['har', false],
])('%s: %s', (name, droppable) => {
  expect(isDroppable(name)).toBe(droppable);
});
