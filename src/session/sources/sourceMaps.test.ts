import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';
import { scratch } from '../testing/scratch';
import { localPath, SourceMaps } from './sourceMaps';

const source = `interface Order { id: number }
type Name = string;

export async function pay(order: Order, name: Name) {
  const url: string = 'http://pay.test/' + order.id + name;
  return fetch(url);
}
`;

/** A project with `src/pay.ts`, built to `dist/pay.js`, and the position of `fetch(` in the built file. */
function project(options: Parameters<typeof buildSync>[0] = {}) {
  const root = scratch('maps and more');
  mkdirSync(join(root, 'src'));
  writeFileSync(join(root, 'src/pay.ts'), source);
  const built = join(root, 'dist/pay.js');
  buildSync({
    absWorkingDir: root,
    entryPoints: ['src/pay.ts'],
    outfile: built,
    format: 'cjs',
    minifyWhitespace: true,
    logLevel: 'silent',
    ...options,
  });
  const lines = readFileSync(built, 'utf8').split('\n');
  const line = lines.findIndex((l) => l.includes('fetch(')) + 1;
  const column = (lines[line - 1]?.indexOf('fetch(') ?? -1) + 1;
  expect(line).toBeGreaterThan(0);
  return { root, built, line, column, original: { file: join(root, 'src/pay.ts'), line: 6, column: 10 } };
}

test.each(['inline', 'linked', 'external'] as const)('%s map, by path and by file: URL', async (sourcemap) => {
  const { built, line, column, original } = project({ sourcemap });
  const maps = new SourceMaps();
  expect((await maps.locate(built, line, column))?.frame).toEqual(original);
  const url = `${pathToFileURL(built).href}?t=17#x`;
  expect((await maps.locate(url, line, column))?.frame).toEqual(original);
});

test('sourceRoot, percent-encoded inline maps and bundler schemes', async () => {
  const { root, built, line, column, original } = project({ sourcemap: 'external' });
  const map = JSON.parse(readFileSync(`${built}.map`, 'utf8'));
  const code = readFileSync(built, 'utf8');
  writeFileSync(`${built}.map`, JSON.stringify({ ...map, sourceRoot: '../src/', sources: ['pay.ts'] }));
  expect((await new SourceMaps().locate(built, line, column))?.frame).toEqual(original);
  const inline = encodeURIComponent(JSON.stringify({ ...map, sources: ['../src/pay.ts'] }));
  writeFileSync(built, `${code}\n//# sourceMappingURL=data:application/json;charset=utf-8,${inline}\n`);
  expect((await new SourceMaps().locate(built, line, column))?.frame).toEqual(original);
  writeFileSync(built, `${code}\n//# sourceMappingURL=pay.js.map\n`);
  writeFileSync(`${built}.map`, JSON.stringify({ ...map, sources: ['webpack://shop/./src/pay.ts?1f2e'] }));
  expect((await new SourceMaps().locate(built, line, column))?.frame?.file).toBe(join(root, 'src/pay.ts'));
});

test('no map, a broken map, a map of the network, a source that is gone: no position rather than a wrong one', async () => {
  const { built, line, column } = project();
  const code = readFileSync(built, 'utf8');
  const located = async () => new SourceMaps().locate(built, line, column);
  expect(await located()).toBeUndefined();
  for (const named of [
    'pay.js.map',
    'https://maps.test/pay.js.map',
    'data:application/json;base64,e30',
    'data:x',
    '%',
  ]) {
    writeFileSync(`${built}.map`, '{"version":3,"sources":');
    writeFileSync(built, `${code}\n//# sourceMappingURL=${named}`);
    expect(await located()).toBeUndefined();
  }
  const gone = project({ sourcemap: 'inline' });
  writeFileSync(gone.built, readFileSync(gone.built, 'utf8'));
  const { rmSync } = await import('node:fs');
  rmSync(join(dirname(gone.built), '../src/pay.ts'));
  expect(await new SourceMaps().locate(gone.built, gone.line, gone.column)).toEqual({ library: false });
  expect(await new SourceMaps().locate('/nowhere/x.js', 1, 1)).toBeUndefined();
});

test('a file that was built again is read again; many asks at once read it once', async () => {
  const { root, built, line, column, original } = project({ sourcemap: 'linked' });
  const maps = new SourceMaps();
  const all = await Promise.all(Array.from({ length: 50 }, () => maps.locate(built, line, column)));
  expect(all.every((at) => at?.frame?.line === original.line)).toBe(true);
  writeFileSync(join(root, 'src/pay.ts'), `// a line more\n${source}`);
  buildSync({
    absWorkingDir: root,
    entryPoints: ['src/pay.ts'],
    outfile: built,
    format: 'cjs',
    minifyWhitespace: true,
    sourcemap: 'linked',
    banner: { js: '/**/' },
  });
  const text = readFileSync(built, 'utf8').split('\n');
  const newLine = text.findIndex((l) => l.includes('fetch('));
  const at = await maps.locate(built, newLine + 1, (text[newLine]?.indexOf('fetch(') ?? 0) + 1);
  expect(at?.frame?.line).toBe(7);
});

test('a position that the file on disk cannot have is not believed', async () => {
  const { root, built } = project();
  const written = join(root, 'src/pay.ts');
  const maps = new SourceMaps();
  expect(await maps.canBe(written, 6, 10)).toBe(true); // Node took the types out in place
  expect(await maps.canBe(pathToFileURL(written).href, 6, 10)).toBe(true);
  expect(await maps.canBe(written, 6, 9)).toBe(false);
  expect(await maps.canBe(written, 2, 1350)).toBe(false); // one long line in the memory of a loader
  expect(await maps.canBe(written, 5, 10)).toBe(false);
  expect(await maps.canBe(built, 1, 3)).toBe(true);
  expect(await maps.canBe(built, 99, 1)).toBe(false);
  expect(await maps.canBe('[eval]', 99, 1)).toBe(true);
  expect(await maps.canBe('/nowhere.ts', 99, 1)).toBe(true);
});

test('only local paths and file: URLs are local files', () => {
  expect(localPath('/a/b.js')).toBe('/a/b.js');
  expect(localPath('file:///a/b%20c.js?x')).toBe('/a/b c.js');
  expect(localPath('C:\\a\\b.js')).toBe('C:\\a\\b.js');
  for (const file of ['node:net', 'evalmachine.<anonymous>', '[eval]', 'https://x.test/a.js', 'file://%zz']) {
    expect(localPath(file)).toBeUndefined();
  }
});
