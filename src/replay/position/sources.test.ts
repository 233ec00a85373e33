import { describe, expect, test } from 'vitest';
import { recordedPath, type SourceOptions, Sources } from './sources';

const located = (recorded: string[], here: string[], more: Partial<SourceOptions> = {}) => {
  const files = new Set(here);
  const sources = new Sources(recorded, { roots: ['/me/shop'], exists: (p) => files.has(p), ...more });
  return recorded.map((f) => {
    const found = sources.locate(f);
    return 'path' in found ? found.path : `– ${found.reason}`;
  });
};

describe('where sources are', () => {
  test.each<[string, string[], string[], string[], Partial<SourceOptions>?]>([
    ['as recorded', ['/me/shop/a.ts'], ['/me/shop/a.ts'], ['/me/shop/a.ts']],
    ['a file: URL', ['file:///me/shop/my%20a.ts'], ['/me/shop/my a.ts'], ['/me/shop/my a.ts']],
    [
      'another machine’s folder answers to one here; a single name is enough then',
      ['/ci/build/shop/src/pay.ts', '/ci/build/shop/src/cart.ts', '/ci/build/shop/index.ts'],
      ['/me/shop/src/pay.ts', '/me/shop/src/cart.ts', '/me/shop/index.ts'],
      ['/me/shop/src/pay.ts', '/me/shop/src/cart.ts', '/me/shop/index.ts'],
    ],
    [
      'a path of Windows',
      ['C:\\agent\\shop\\src\\pay.ts', 'file:///C:/agent/shop/src/cart.ts'],
      ['/me/shop/src/pay.ts', '/me/shop/src/cart.ts'],
      ['/me/shop/src/pay.ts', '/me/shop/src/cart.ts'],
    ],
    [
      'one of another package is not taken for a file of the same name',
      ['/ci/shop/src/a.ts', '/ci/shop/src/b.ts', '/other/index.ts'],
      ['/me/shop/src/a.ts', '/me/shop/src/b.ts', '/me/shop/index.ts'],
      ['/me/shop/src/a.ts', '/me/shop/src/b.ts', '– it is not on this machine'],
    ],
    [
      'in a second folder, by two parts of its path',
      ['/ci/shop/src/a.ts', '/ci/shop/lib/util/b.ts'],
      ['/me/shop/src/a.ts', '/me/shared/util/b.ts'],
      ['/me/shop/src/a.ts', '/me/shared/util/b.ts'],
      { roots: ['/me/shop', '/me/shared'] },
    ],
    [
      'the map goes before all, its longest entry first',
      ['/ci/shop/src/a.ts', '/ci/shop/lib/b.ts'],
      ['/x/a.ts', '/y/lib/b.ts', '/ci/shop/src/a.ts'],
      ['/x/a.ts', '/y/lib/b.ts'],
      { pathMap: { '/ci/shop': '/y', '/ci/shop/src/': '/x' } },
    ],
    [
      'a map that leads nowhere says where it led',
      ['/ci/a.ts'],
      [],
      ['– pathMap leads to /x/a.ts, which is not there'],
      { pathMap: { '/ci': '/x' } },
    ],
    [
      'what is no file',
      ['node:internal/x', 'evalmachine.<anonymous>', 'file://%'],
      [],
      Array(3).fill('– it is no file of the file system'),
    ],
  ])('%s', (_name, recorded, here, expected, more) => {
    expect(located(recorded, here, more)).toEqual(expected);
  });

  test('a path that only begins alike is not below a folder', () => {
    expect(located(['/cicd/a.ts'], ['/x/cd/a.ts'], { pathMap: { '/ci': '/x' } })).toEqual([
      '– it is not on this machine',
    ]);
  });

  test('a share that a trace names is not asked for', () => {
    const asked: string[] = [];
    const exists = (path: string) => asked.push(path) < 0;
    expect(located(['\\\\evil\\share\\a.ts'], [], { exists })).toEqual(['– it is not on this machine']);
    expect(asked.filter((p) => p.startsWith('//'))).toEqual([]);
  });

  test('recorded names as paths', () => {
    expect(recordedPath('\\\\host\\share\\a.ts')).toBe('//host/share/a.ts');
    expect(recordedPath('a.ts')).toBeUndefined();
  });
});
