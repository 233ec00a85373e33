import { expect, test } from 'vitest';
import { packageDifference } from './setup.mjs';

const wanted = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/a/node_modules/@scope/b': { version: '2.0.0' },
    'node_modules/a-win32': { version: '1.0.0', optional: true },
  },
};
const installed = (changes) => ({
  packages: {
    'node_modules/a': { version: '1.0.0' },
    'node_modules/a/node_modules/@scope/b': { version: '2.0.0' },
    ...changes,
  },
});

test('what the lock file names is installed: nothing to do', () => {
  expect(packageDifference(wanted, installed())).toBeUndefined();
});

test('an optional package may be missing, but not be another version', () => {
  expect(packageDifference(wanted, installed({ 'node_modules/a-win32': { version: '1.0.0' } }))).toBeUndefined();
  expect(packageDifference(wanted, installed({ 'node_modules/a-win32': { version: '0.9.0' } }))).toBe(
    'a-win32 0.9.0 instead of 1.0.0',
  );
});

test('the first difference is named', () => {
  expect(packageDifference(wanted, undefined)).toBe('none is there yet');
  expect(packageDifference(wanted, { packages: { 'node_modules/a': { version: '1.0.0' } } })).toBe(
    '@scope/b is missing',
  );
  expect(packageDifference(wanted, installed({ 'node_modules/a': { version: '1.1.0' } }))).toBe(
    'a 1.1.0 instead of 1.0.0',
  );
});
