/** Things that are done in one place only, as that place is what makes them safe. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(__dirname, '../..');

/** Product files of these rooms whose text has a match. */
function filesWith(pattern: RegExp, ...rooms: string[]): string[] {
  return rooms.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .map((name) => `${room}/${name}`)
      .filter((name) => /\.tsx?$/.test(name) && !/\.test\.|testing/.test(name))
      .filter((name) => pattern.test(readFileSync(join(root, name), 'utf8'))),
  );
}

test('what is copied goes through the place that removes control characters', () => {
  expect(filesWith(/env\.clipboard/, 'src', 'webview')).toEqual(['src/extension/support/clipboard.ts']);
});

test('the hook asks for modules of Node’s in one place, past what the program put in front of `require`', () => {
  const asks = filesWith(/\brequire\('node:/, 'src/hook').filter((name) => !name.startsWith('src/hook/dns/resolver/'));
  // While the program has not run yet.
  expect(asks).toEqual(['src/hook/runtime/builtins.ts']);
  const imports = /^import (?!type\b).* from 'node:(?!fs'|module'|path')/m;
  expect(filesWith(imports, 'src/hook').filter((name) => !name.startsWith('src/hook/dns/resolver/'))).toEqual([]);
});
