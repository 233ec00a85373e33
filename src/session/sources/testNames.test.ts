import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Request } from '../../model/records';
import { TestNames } from './testNames';

const folder = mkdtempSync(join(tmpdir(), 'nettrace-tests-'));
afterAll(() => rmSync(folder, { recursive: true }));
const began = Date.parse('2026-05-01T10:00:00Z');

function source(name: string, text: string, secondsBefore = 60): string {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  utimesSync(file, began / 1000 - secondsBefore, began / 1000 - secondsBefore);
  return file;
}

const frame = (file: string, line: number, column = 3) => ({ file, line, column, kind: 'user' as const });
const of = (callSite: ReturnType<typeof frame>, stack?: Request['stack']) =>
  new TestNames(began).of({ callSite, ...(stack ? { stack } : {}) });
const body = "test('asks', async () => {\r\n  await fetch(url);\r\n});\n";

test('the test of the calling line', () => {
  expect(of(frame(source('a.test.ts', body), 2))).toBe('a.test.ts › asks');
});

test('the test that called a helper, by recorded stacks', () => {
  const file = source('b.test.ts', `${body}function help() {\n  return fetch(url);\n}\n`);
  expect(of(frame(file, 5))).toBeUndefined();
  expect(of(frame(file, 5), [frame(file, 5), { ...frame(file, 2), async: true }])).toBe('b.test.ts › asks');
});

test('the place as written counts', () => {
  const written = frame(source('c.test.ts', body), 2);
  expect(of({ ...frame('/out/c.js', 99), source: written } as never)).toBe('c.test.ts › asks');
});

test.each([
  ['a file that was written after the run began', () => source('later.test.ts', body, -5)],
  ['a file of no test runner', () => source('testing.ts', body)],
  ['a package', () => source('node_modules/x/a.test.js', body)],
  ['a file that is not there', () => join(folder, 'none.test.ts')],
  ['a folder', () => source('d.test.ts/x.txt', '').replace(/.x\.txt$/, '')],
])('there is none: %s', (_, make) => expect(of(frame(make(), 2))).toBeUndefined());

test('a file named otherwise, of a known runner', () => {
  expect(of(frame(source('tests/prices.js', `require('node:test');\n${body}`), 3))).toBe('prices.js › asks');
});
