/**
 * Which globals a room knows: `tsconfig/pure.json` neither Node's nor the browser's, `node.json` Node's, `page.json` the
 * browser's. `npm run types` checks each room with its own, so that `process` in the model is an error.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { rooms } from './rooms';

const root = resolve(__dirname, '../..');
const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const kinds = { pure: [[], false], node: [['node'], false], page: [[], true] } as const;

test('each room is checked as one kind', () => {
  const included = Object.keys(kinds).flatMap((kind) => read(`tsconfig/${kind}.json`).include as string[]);
  expect(included.map((path) => path.replace('../', '')).sort()).toEqual([...rooms].sort());
});

test.each(Object.entries(kinds))('%s rooms know the globals of their kind only', (kind, [types, dom]) => {
  const { compilerOptions, exclude } = read(`tsconfig/${kind}.json`);
  expect(compilerOptions.types).toEqual(types);
  expect(compilerOptions.lib.includes('DOM')).toBe(dom);
  expect(exclude).toEqual(['../**/*.test.ts', '../**/testing']);
});

test('npm run types and npm test check all of them', () => {
  const all = ['tsconfig/pure.json', 'tsconfig/node.json', 'tsconfig/page.json', 'tsconfig.json'];
  expect(read('package.json').scripts.types).toBe(`tsc -b ${all.join(' ')}`);
  expect(read('package.json').scripts.check).toContain('npm run -s types');
  expect(readFileSync(join(root, 'scripts/test.mjs'), 'utf8')).toContain("'-b', ...typeChecks");
});
