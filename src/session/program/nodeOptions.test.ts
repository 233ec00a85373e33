import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scratch } from '../testing/scratch';
import { quoteWord, splitNodeOptions, withPreload } from './nodeOptions';

test('words are split as Node does', () => {
  expect(splitNodeOptions('')).toEqual([]);
  expect(splitNodeOptions('  --a   -r "x y" --t="a\\"b\\\\c" C:\\x ')).toEqual([
    '--a',
    '-r',
    'x y',
    '--t=a"b\\c',
    'C:\\x',
  ]);
  expect(splitNodeOptions('--require "x')).toBeUndefined();
  expect(splitNodeOptions('"a\\')).toBeUndefined();
});

test('any word survives quoting', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 })), (words) => {
      expect(splitNodeOptions(words.map(quoteWord).join(' '))).toEqual(words);
    }),
  );
});

test('the preload comes before what the user has, unchanged', () => {
  const hook = '/tmp/nettrace-hook-ab12/hook.cjs';
  expect(withPreload(undefined, hook)).toBe(`--require "${hook}"`);
  expect(withPreload(' --max-old-space-size=99 ', hook)).toBe(`--require "${hook}" --max-old-space-size=99`);
  expect(withPreload('--require "/a b/x.js"', 'C:\\c\\nettrace-hook-1\\hook.cjs')).toBe(
    '--require "C:\\\\c\\\\nettrace-hook-1\\\\hook.cjs" --require "/a b/x.js"',
  );
});

test('a nested run replaces the outer preload; a broken value stays as it is', () => {
  const outer = withPreload('--title="a b" --no-warnings', '/old/nettrace-hook-00ff/hook.cjs');
  expect(withPreload(outer, '/new/nettrace-hook-11/hook.cjs')).toBe(
    '--require "/new/nettrace-hook-11/hook.cjs" "--title=a b" --no-warnings',
  );
  expect(withPreload('--require "x', '/h/nettrace-hook-1/hook.cjs')).toBe('--require "x');
});

test('a real Node loads a hook from a path with spaces, quotes and backslashes beside the user’s own preload', () => {
  const folder = join(scratch(), 'a b"c\\d');
  mkdirSync(folder);
  for (const name of ['user', 'hook']) writeFileSync(join(folder, `${name}.cjs`), `console.log('${name}')`);
  const NODE_OPTIONS = withPreload(`--require ${quoteWord(join(folder, 'user.cjs'))}`, join(folder, 'hook.cjs'));
  const out = execFileSync(process.execPath, ['-e', 'console.log("program")'], {
    env: { ...process.env, NODE_OPTIONS },
    encoding: 'utf8',
  });
  expect(out).toBe('hook\nuser\nprogram\n');
});

test('Node ignores what follows a word that is not an option, and still loads the hook', () => {
  const folder = scratch();
  for (const name of ['user', 'hook']) writeFileSync(join(folder, `${name}.cjs`), `console.log('${name}')`);
  const NODE_OPTIONS = withPreload(
    `--title=my\\ title --require ${join(folder, 'user.cjs')}`,
    join(folder, 'hook.cjs'),
  );
  const out = execFileSync(process.execPath, ['-e', 'console.log("program")'], {
    env: { ...process.env, NODE_OPTIONS },
    encoding: 'utf8',
  });
  expect(out).toBe('hook\nprogram\n');
});
