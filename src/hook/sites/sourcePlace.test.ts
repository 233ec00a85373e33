import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { placeMatches } from './callPlace';
import { sourcePlace } from './sourcePlace';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nettrace-maps-'));
  mkdirSync(join(folder, 'out'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Line 2 of the output is line 3, column 5 of the first source. */
const map = (fields: object = {}) =>
  JSON.stringify({ version: 3, names: [], sources: ['../src/a.ts'], mappings: ';AAEI', ...fields });
const write = (name: string, comment: string) => {
  const file = join(folder, 'out', name);
  writeFileSync(file, `"use strict";\ncall();\n//# sourceMappingURL=old.map\n${comment}`);
  return file;
};
const comment = (url: string) => `//# sourceMappingURL=${url}\n`;

test('the map in a file beside it, also of a file: URL', () => {
  writeFileSync(join(folder, 'out/a b.js.map'), map());
  const file = write('a.js', comment('a%20b.js.map'));
  const place = { file: join(folder, 'src/a.ts'), line: 3, column: 5 };
  expect(sourcePlace(file, 2, 1)).toEqual(place);
  expect(sourcePlace(pathToFileURL(file).href, 2, 1)).toEqual(place);
});

test('a map inside it, and sources under a root', () => {
  const inside = (text: string) => comment(`data:application/json;base64,${Buffer.from(text).toString('base64')}`);
  const placeOf = (name: string, fields: object) => sourcePlace(write(name, inside(map(fields))), 2, 1)?.file;
  expect(placeOf('b.js', {})).toBe(join(folder, 'src/a.ts'));
  expect(placeOf('c.js', { sourceRoot: '/root', sources: ['a.ts'] })).toBe('/root/a.ts');
  expect(placeOf('d.js', { sources: ['file:///x/a.ts'] })).toBe('/x/a.ts');
  expect(placeOf('e.js', { sources: ['webpack://app/a.ts'] })).toBeUndefined();
});

test('none where there is no map, or none that can be read', () => {
  expect(sourcePlace(write('f.js', comment('gone.map')), 2, 1)).toBeUndefined();
  expect(sourcePlace(write('g.js', comment('data:application/json,{')), 2, 1)).toBeUndefined();
  expect(sourcePlace(join(folder, 'nowhere.js'), 2, 1)).toBeUndefined();
  expect(sourcePlace('node:internal/x', 2, 1)).toBeUndefined();
});

test('a call is in a line by its file that ran, and by its source', () => {
  const place = {
    file: 'file:///out/a.js',
    line: 2,
    column: 1,
    fn: '',
    source: { file: '/src/a.ts', line: 3, column: 5 },
  };
  expect(placeMatches(place, '/src/a.ts', 3)).toBe(true);
  expect(placeMatches(place, '/out/a.js', 2)).toBe(true);
  expect(placeMatches(place, '/src/a.ts', 2)).toBe(false);
  expect(placeMatches(place, '/src/b.ts', 3)).toBe(false);
  expect(placeMatches(undefined, '/src/a.ts', 3)).toBe(false);
});
