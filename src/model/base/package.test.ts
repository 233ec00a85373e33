import { expect, test } from 'vitest';
import { packageOf } from './package';

test.each([
  ['/app/node_modules/stripe/esm/StripeResource.js', 'stripe'],
  ['file:///app/node_modules/@aws-sdk/client-s3/dist-es/S3.js', '@aws-sdk/client-s3'],
  ['file:///app/node_modules/%40scope/name/index.js', '@scope/name'],
  ['C:\\app\\node_modules\\@scope\\name\\index.js', '@scope/name'],
  ['/app/node_modules/.pnpm/got@14.6.6/node_modules/got/dist/source/core/index.js', 'got'],
  ['/app/node_modules/.pnpm/@octokit+core@7.0.5/node_modules/@octokit/core/dist/index.js', '@octokit/core'],
  ['/app/node_modules/axios/node_modules/follow-redirects/index.js', 'follow-redirects'],
  ['/app/.yarn/cache/got-npm-14.6.6-0a1b2c.zip/node_modules/got/dist/index.js', 'got'],
  [
    '/app/.yarn/__virtual__/gaxios-virtual-1f/0/cache/gaxios-npm-7.1.2.zip/node_modules/gaxios/build/index.js',
    'gaxios',
  ],
  ['webpack://shop/./node_modules/next/src/server/lib/patch-fetch.ts', 'next'],
])('%s is of %s', (file, name) => {
  expect(packageOf(file)).toBe(name);
});

test.each([
  '/app/src/pay.ts',
  '/app/my_node_modules/x/index.js',
  '/app/node_modules.js',
  '/app/node_modules/.bin/tool',
  '/app/node_modules/.cache/x/index.js',
  'node:internal/deps/undici/undici',
  '',
])('%s is of no package', (file) => {
  expect(packageOf(file)).toBeUndefined();
});
