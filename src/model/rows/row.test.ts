import { expect, test } from 'vitest';
import type { Store } from '../store/store';
import { isUsersLine, placeOf, siteText } from './row';
import { kernelFacts, ruleNames } from './rowFacts';

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

test('figures of the kernel: 0 repeated segments is a figure, and what was not measured is absent', () => {
  const window = { windowBeginAt: 0, windowEndAt: 9, samples: 2, shared: true };
  expect(kernelFacts({ ...window, rttEnd: 40, minRtt: 30, retransmits: 0 })).toEqual({
    roundTrip: 40,
    minRoundTrip: 30,
    retransmits: 0,
    retransmitsShared: true,
  });
  expect(kernelFacts(window)).toEqual({});
});

test('a trace rule is named by its description, else its condition, else its id', () => {
  const traceRequests = [
    { id: 'a', description: 'All requests', condition: '' },
    { id: 'b', description: '', condition: 'status:500' },
  ];
  const store = { header: { traceRequests } } as unknown as Store;
  expect(ruleNames(['a'], store)).toBe('All requests');
  expect(ruleNames(['a', 'b', 'c'], store)).toBe('All requests, status:500, c');
});
