import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readEnvFile } from './envFile';

const folder = mkdtempSync(join(tmpdir(), 'nettrace-envfile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('environment file, by the rules of dotenv', () => {
  test('reads names, quotes, comments, exports, spaces and line ends', () => {
    const text = [
      '\uFEFFA=1',
      'export B = two words # comment',
      "C='single # kept \\n'",
      'D="double\\nline"',
      'E=',
      '# F=no',
      'G="two',
      'lines"',
      'H=`back "tick"`',
      'NODE_OPTIONS=--no-warnings --require "./a b.js"',
      'A=last',
      'I: yaml',
      'J=a=b=c',
    ].join('\r\n');
    const file = join(folder, '.env');
    writeFileSync(file, text);
    expect(readEnvFile(file)).toEqual({
      A: 'last',
      B: 'two words',
      C: 'single # kept \\n',
      D: 'double\nline',
      E: '',
      G: 'two\nlines',
      H: 'back "tick"',
      NODE_OPTIONS: '--no-warnings --require "./a b.js"',
      I: 'yaml',
      J: 'a=b=c',
    });
  });

  test('a file that is not there is empty; one that cannot be read is an error', () => {
    expect(readEnvFile('/nowhere/.env')).toEqual({});
    expect(() => readEnvFile('/')).toThrow();
  });
});
