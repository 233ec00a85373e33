import { describe, expect, test } from 'vitest';
import { preloadIn, separated, withoutPreload } from './nodeOptions';

describe('withoutPreload', () => {
  const folder = '/home/me/.cache/nettrace/nettrace-hook-0a1b';
  const hook = `${folder}/hook.cjs`;
  test.each([
    [`--require "${hook}"`, ''],
    [`--require ${hook}`, ''],
    [`-r ${hook}`, ''],
    [`--require=${hook}`, ''],
    [`--max-old-space-size=64 --require "${hook}"`, '--max-old-space-size=64'],
    [`--require "${hook}" --inspect-publish-uid=http`, '--inspect-publish-uid=http'],
    [
      ` --require /js-debug/bootloader.js  --require "${hook}" --title="a  b"`,
      '--require /js-debug/bootloader.js --title="a  b"',
    ],
    ['--require ./other.cjs', '--require ./other.cjs'],
    [`--require "${folder}-2/hook.cjs"`, `--require "${folder}-2/hook.cjs"`],
    ['', ''],
  ])('%s', (options, left) => expect(withoutPreload(options, folder)).toBe(left));

  test('a quoted path with escapes', () => {
    expect(withoutPreload('--require "C:\\\\my \\"files\\"/n/hook.cjs" --x', 'C:\\my "files"\\n')).toBe('--x');
  });
});

describe('preloads that a program has joined', () => {
  const hook = '/tmp/my hook/hook.cjs';
  const own = `--require "${hook}"`;
  test.each([
    // As it is: nothing to change.
    [own, own],
    [`--require=${hook.replace('my ', '')}`, `--require=${hook.replace('my ', '')}`],
    [`--require="${hook}" --title=a`, `--require="${hook}" --title=a`],
    ['--require="/a b.cjs"', '--require="/a b.cjs"'],
    // Twice the hook's; with another before and behind it.
    [`--require="${hook} ${hook}" --title=a`, `${own} --title=a`],
    [`--title=a --require="${hook} /own.cjs"`, `--title=a ${own} --require "/own.cjs"`],
    [`--require="/own.cjs ${hook}"`, `${own} --require "/own.cjs"`],
  ])('%s', (options, apart) => expect(separated(options, own)).toBe(apart));

  test('written with an equals sign it is found', () => {
    expect(preloadIn(`--require=/tmp/hook/hook.cjs`, '/tmp/hook')).toBe('--require=/tmp/hook/hook.cjs');
  });
});
