import { describe, expect, test } from 'vitest';
import { withoutPreload } from './nodeOptions';

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
