import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withTools } from './published';

const text = readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8');

test('package.json has the tools; else run node scripts/options.mjs', () => {
  expect(text).toBe(withTools(text));
});

test('one that was changed by hand is set right', () => {
  const other = text.replace('"nettrace_summary"', '"nettrace_sumary"');
  expect(other).not.toBe(text);
  expect(withTools(other)).toBe(text);
});
