import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withSqlTables } from './described';
import { stores, tables, views } from './tables';

const all = [...tables, ...views, ...stores];

test('docs/sql.md has the tables as they are', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/sql.md'), 'utf8');
  expect(withSqlTables(text) === text, 'run `node scripts/schema.mjs` and look at the difference').toBe(true);
});

test('names need no quotes, and each is there once', () => {
  const names = all.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, columns } of all) {
    const list = columns.map((c) => c.name);
    expect(new Set(list).size, name).toBe(list.length);
    for (const column of [name, ...list]) expect(column).toMatch(/^[a-z][a-z_]*$/);
  }
});

test('a column of a time names its unit', () => {
  for (const { name, columns } of tables)
    for (const c of columns) if (c.type === 'REAL') expect(`${name}.${c.name}`).toMatch(/_ms$/);
});

test('a column that may be NULL says when, or follows one that does', () => {
  const silent = tables.flatMap(({ name, columns }) => (columns.some((c) => c.about.includes('NULL')) ? [] : [name]));
  // Of samples the table says it once.
  expect(silent).toEqual(['kernel_samples']);
});
