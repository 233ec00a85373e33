import { expect, test } from 'vitest';
import { styleFor } from '../terminal/say';
import { outputOf, type QueryFormat, type SqlRow } from './output';

const shown = { style: styleFor({}, {}), cell: 20 };
const names = ['id', 'n', 'id'];
const rows: SqlRow[] = [
  ['a,"b"', 0, null],
  ['', 9_007_199_254_740_993n, new Uint8Array([1, 255])],
  ['\u001b[2Jlong text that is cut in the middle', 1.5, 'x\r\ny'],
];
const text = (format: QueryFormat, list: readonly SqlRow[] = rows) =>
  [...outputOf(format, names, list, shown)].join('');

test('a table shows NULL as such, and no control sequences', () => {
  const table = text('table');
  expect(table.split('\n').length).toBe(5);
  expect(table).toContain('NULL');
  expect(table).not.toContain('\u001b');
  expect(table).toContain('9007199254740993');
  expect(table).toContain('01ff');
});

test('a table without rows has its head', () => expect(text('table', [])).toBe('id  n  id\n'));

test('a column that is empty in each row is shown', () => expect(text('table', [['', 1, '']])).toContain('id'));

test('JSON is a list of objects; columns of one name have different keys', () => {
  expect(JSON.parse(text('json', rows.slice(0, 1)))).toEqual([{ id: 'a,"b"', n: 0, id_2: null }]);
  expect(text('json')).toContain('"n":9007199254740993,');
  expect(JSON.parse(text('json', [['x', Number.POSITIVE_INFINITY, null]]))).toEqual([
    { id: 'x', n: 'Infinity', id_2: null },
  ]);
  expect(text('json', [])).toBe('[]\n');
});

test('CSV: NULL is nothing, an empty text two quotes', () => {
  expect(text('csv')).toBe(
    'id,n,id\r\n"a,""b""",0,\r\n"",9007199254740993,01ff\r\n\u001b[2Jlong text that is cut in the middle,1.5,"x\r\ny"\r\n',
  );
});
