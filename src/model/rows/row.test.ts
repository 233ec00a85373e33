import { expect, test } from 'vitest';
import { isUsersLine, placeOf, siteText } from './row';

const at = { line: 12, column: 5 };

test('a line of a package is never shown as one of the user’s', () => {
  const site = placeOf({ file: '/app/node_modules/stripe/esm/resource.js', ...at, kind: 'library', package: 'stripe' });
  expect(siteText(site)).toBe('resource.js:12 (via stripe)');
  expect(isUsersLine(site)).toBe(false);
});

test('a call site that a source map maps to a package is the package’s, in any file that ran', () => {
  const source = { file: '/app/node_modules/next/src/server/lib/dedupe-fetch.ts', line: 117, column: 3 };
  const site = placeOf({ file: '/app/.next/server/chunks/12.js', ...at, kind: 'user', source });
  expect(site).toMatchObject({ kind: 'library', package: 'next', line: 117 });
  expect(isUsersLine(site)).toBe(false);
});

test('a later hop of a request that has only a library’s line has that line, marked so', () => {
  const site = placeOf({ file: '/app/node_modules/got/dist/index.js', ...at, kind: 'inherited', package: 'got' });
  expect(siteText(site)).toBe('index.js:12 (via got)');
});

test('the user’s line has no package', () => {
  const site = placeOf({ file: '/app/dist/pay.js', ...at, kind: 'user', source: { file: '/app/src/pay.ts', ...at } });
  expect(siteText(site)).toBe('pay.ts:12');
  expect(isUsersLine(site)).toBe(true);
});
