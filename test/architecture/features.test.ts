/** docs/features.md: each item once and in order, with a test that is there under that name, or with a reason; its counts. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { titlesOf } from '../support/titles';

const root = join(__dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** How many items there are; the last one is M175. */
const items = 175;

interface Item {
  id: string;
  capability: string;
  needs: string;
  shown: { file: string; name: string }[];
  state: 'kept' | 'partly' | 'not built';
  reason: string;
}

/** `partly: …` stands behind the tests of what there is, or alone. */
function itemOf(line: string): Item {
  const [, first = '', needs = '', cell = '', end] = line.split('|').map((text) => text.trim());
  if (end !== '') throw new Error(`not three cells: ${line}`);
  const [, tests = '', state, reason = ''] = /^(.*?)(?:(?:^|(?<=")\. )(partly|not built): (.*))?$/.exec(cell) ?? [];
  const one = /`([^`]+)`: "([^"]+)"/g;
  const left = tests.replace(one, '').replaceAll('; ', '');
  if (left !== '') throw new Error(`neither a test nor a reason: ${left}`);
  return {
    id: first.slice(0, 4),
    capability: first.slice(5),
    needs,
    shown: [...tests.matchAll(one)].map(([, file = '', name = '']) => ({ file, name })),
    state: state === 'partly' || state === 'not built' ? state : 'kept',
    reason,
  };
}

const page = read('docs/features.md');
const all = page
  .split('\n')
  .filter((line) => /^\| M\d/.test(line))
  .map(itemOf);

describe('docs/features.md', () => {
  test('has each item once, in order', () => {
    const numbers = Array.from({ length: items }, (_, i) => `M${String(i + 1).padStart(3, '0')}`);
    expect(all.map((item) => item.id)).toEqual(numbers);
  });

  test('says of each item what it is and what it needs', () => {
    const wrong = all.filter(
      ({ capability, needs }) => capability === '' || !/hook|helper|permission|VS Code/.test(needs),
    );
    expect(wrong).toEqual([]);
  });

  test('names files of tests that are there', () => {
    const files = [...new Set(all.flatMap((item) => item.shown.map(({ file }) => file)))];
    expect(files.length).toBeGreaterThan(50);
    const kind = /\.(?:test|steps)\.tsx?$|^native\/test\/\w+_test\.c$/;
    expect(files.filter((file) => !kind.test(file) || !existsSync(join(root, file)))).toEqual([]);
  });

  test('names tests by a part of their title, as it is written there', () => {
    const missing = all.flatMap(({ id, shown }) =>
      shown
        .filter(({ file, name }) => !existsSync(join(root, file)) || !titlesOf(file).some((t) => t.includes(name)))
        .map(({ file, name }) => `${id}: no test "${name}" in ${file}`),
    );
    expect(missing).toEqual([]);
    // What stands for a value is in no log.
    const names = all.flatMap(({ shown }) => shown.map(({ name }) => name));
    expect(names.filter((name) => name.length < 5 || /%[sidjof]\b|\$\w/.test(name))).toEqual([]);
  });

  test('has a test of each kept item, and a reason where something is missing', () => {
    expect(all.filter((item) => item.state === 'kept' && item.shown.length === 0)).toEqual([]);
    expect(all.filter((item) => item.state !== 'kept' && item.reason.split(' ').length < 4)).toEqual([]);
    expect(all.filter((item) => item.state === 'not built' && item.shown.length > 0)).toEqual([]);
  });

  test('counts them', () => {
    const counts = /^\| shown by a test \| partly \| not built \|\n\|[-:|]+\|\n\| (\d+) \| (\d+) \| (\d+) \|$/m.exec(
      page,
    );
    const count = (state: Item['state']) => all.filter((item) => item.state === state).length;
    expect(counts?.slice(1).map(Number)).toEqual([count('kept'), count('partly'), count('not built')]);
  });
});
