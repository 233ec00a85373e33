import { expect, test } from 'vitest';
import { oneStatement } from './statement';

test.each([
  ['select 1', 'select 1'],
  ['  SELECT a FROM b ;\n -- the end\n', '  SELECT a FROM b '],
  ['select \';\', "a;b", [c;d], `e;f` from t', 'select \';\', "a;b", [c;d], `e;f` from t'],
  ["select 'it''s; one' /* ; */ -- ;\n from t", "select 'it''s; one' /* ; */ -- ;\n from t"],
  ['/* first */ with x as (select 1) select * from x', '/* first */ with x as (select 1) select * from x'],
  ['values (1), (2)', 'values (1), (2)'],
  ['explain query plan select 1', 'explain query plan select 1'],
  ["PRAGMA table_info('requests')", "PRAGMA table_info('requests')"],
  ['pragma table_list', 'pragma table_list'],
])('%j is let through', (sql, statement) => expect(oneStatement(sql)).toBe(statement));

test.each([
  ['', /empty/],
  [' ; -- nothing\n', /empty/],
  ['select 1; select 2', /several/],
  ["select ''';'; drop table x", /several/],
  ['select 1 /* ; */ ; attach database x as y', /several/],
  ['delete from requests', /not with delete/],
  ["ATTACH DATABASE '/etc/passwd' AS x", /not with ATTACH/],
  ["/* select */ attach 'x' as y", /not with attach/],
  ["vacuum into '/tmp/x'", /not with vacuum/],
  ['insert into requests values (1)', /not with insert/],
  ['begin', /not with begin/],
  ['.read /etc/passwd', /only reads/],
  ["'select' 1", /only reads/],
  ['pragma query_only = off', /of PRAGMA there are/],
  ['pragma journal_mode(wal)', /of PRAGMA there are/],
  ["pragma table_info('a') ", undefined],
  ['pragma writable_schema', /of PRAGMA there are/],
  ['select 1\0; drop table x', /zero byte/],
  [`select ${'1,'.repeat(60_000)}1`, /has 120008 characters/],
])('%j', (sql, message) => {
  if (message === undefined) expect(oneStatement(sql)).toBe(sql);
  else expect(() => oneStatement(sql)).toThrow(message);
});
