import { expect, test } from 'vitest';
import { exitCodeOf } from '../run/signals';
import { tableLines } from '../table/table';
import { pathOf, printable, shortened, styleFor } from './say';

test('colours only on a terminal that wants them', () => {
  expect(styleFor({ isTTY: true }, {}).red('x')).toBe('\x1b[31mx\x1b[39m');
  expect(styleFor({ isTTY: true }, { NO_COLOR: '1' }).red('x')).toBe('x');
  expect(styleFor({ isTTY: true }, { TERM: 'dumb' }).red('x')).toBe('x');
  expect(styleFor({ isTTY: false }, {}).red('x')).toBe('x');
  expect(styleFor({}, {}).bold('x')).toBe('x');
  expect(styleFor({ isTTY: true }, { NO_COLOR: '' }).bold('')).toBe('');
});

test('nothing that comes from outside moves the cursor, breaks the line or turns the reading direction', () => {
  expect(printable('a\x1b[2Jb\r\nc\u009bd\u202ee')).toBe('a\ufffd[2Jb\ufffd\ufffdc\ufffdd\ufffde');
  expect(printable('größe 日本')).toBe('größe 日本');
});

test('long texts lose their middle', () => {
  expect(shortened('0123456789', 10)).toBe('0123456789');
  expect(shortened('0123456789', 7)).toBe('012…789');
  expect(shortened('0123456789', 4)).toBe('01…9');
});

test('exit codes as shells count them', () => {
  expect(exitCodeOf(0, null)).toBe(0);
  expect(exitCodeOf(7, null)).toBe(7);
  expect(exitCodeOf(null, 'SIGKILL')).toBe(137);
  expect(exitCodeOf(null, 'SIGTERM')).toBe(143);
});

test('columns are aligned whatever is painted; empty ones are left out', () => {
  const paint = (text: string) => `<${text}>`;
  const columns = [{ head: ['name'] }, { head: ['never'] }, { head: ['long', 'time'], right: true }];
  const rows = [
    [{ text: 'a' }, { text: '' }, { text: '1 ms', paint }],
    [{ text: 'longer', paint }, { text: '' }, { text: '12.5 ms' }],
    [{ text: 'c' }],
  ];
  expect(tableLines(columns, rows, (t) => t)).toEqual([
    '           long',
    'name       time',
    'a          <1 ms>',
    '<longer>  12.5 ms',
    'c',
  ]);
});

test('file: URLs of modules are printed as paths', () => {
  expect(pathOf('/app/a b.cjs')).toBe('/app/a b.cjs');
  expect(pathOf('file:///app/a%20b.mjs')).toBe(process.platform === 'win32' ? 'file:///app/a%20b.mjs' : '/app/a b.mjs');
  expect(pathOf('file://elsewhere/a.mjs')).toContain('elsewhere');
  expect(pathOf('data:text/javascript,0')).toBe('data:text/javascript,0');
});
