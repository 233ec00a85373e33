import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withOptions, withReference, withRunOptions } from './published';

const root = join(import.meta.dirname, '../../..');

test.each([
  ['package.json', withOptions],
  ['docs/reference.md', withReference],
  ['docs/command-line.md', withRunOptions],
] as const)('%s has the options of the table; else run node scripts/options.mjs', (name, rewritten) => {
  const text = readFileSync(join(root, name), 'utf8');
  expect(text).toBe(rewritten(text));
});

test('an option that was changed by hand in package.json is set right', () => {
  const text = readFileSync(join(root, 'package.json'), 'utf8');
  const other = text.replace('"netTrace.bodies"', '"netTrace.bodys"');
  expect(other).not.toBe(text);
  expect(withOptions(other)).toBe(text);
});
