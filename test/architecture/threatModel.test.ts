/** docs/threat-model.md: each way in and out names what protects it, and tests that are there under that name. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { titlesOf } from '../support/titles';

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs/threat-model.md'), 'utf8');

/** Rows of the table below a heading, without its head. */
function rowsBelow(heading: string): string[][] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const one = /`([^`]+)`: "([^"]+)"/g;

describe.each([
  { heading: 'Ways in', columns: 4, atLeast: 28 },
  { heading: 'Ways out', columns: 3, atLeast: 5 },
])('$heading', ({ heading, columns, atLeast }) => {
  const rows = rowsBelow(heading);

  test('each has all its cells', () => {
    expect(rows.length).toBeGreaterThanOrEqual(atLeast);
    expect(rows.filter((row) => row.length !== columns || row.some((cell) => cell === ''))).toEqual([]);
  });

  test('the last cell is tests, and nothing else', () => {
    const left = rows.map((row) => (row.at(-1) ?? '').replace(one, '').replaceAll('; ', ''));
    expect(left.filter((text) => text !== '')).toEqual([]);
  });

  test.each(
    rows.flatMap((row) => [...(row.at(-1) ?? '').matchAll(one)].map(([, file = '', name = '']) => ({ file, name }))),
  )('$file has a test "$name"', ({ file, name }) => {
    expect(existsSync(join(root, file))).toBe(true);
    expect(
      titlesOf(file).some((title) => title.includes(name)),
      titlesOf(file).join('\n'),
    ).toBe(true);
  });
});
