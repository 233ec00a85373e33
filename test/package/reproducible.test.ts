/** The same sources give the same packages: in another folder, at another time, by another user's settings. */
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { scratch } from '../../src/session/testing/scratch';
import { build, filesIn, packages, repository } from './testing/packages';

const sources = [
  ...['src', 'webview', 'scripts', 'media', 'docs', 'native/src', 'native/bpf', 'native/gen', 'native/Makefile'],
  ...['package.json', 'package-lock.json', '.npmrc', '.vscodeignore', 'tsconfig.json'],
  ...['README.md', 'CHANGELOG.md', 'LICENSE'],
];

/** Tools: not part of what is built, so they need no other path. */
const tools = ['esbuild', '@esbuild', '.package-lock.json'];

/** The checkout elsewhere, with the packages that are bundled; nothing that was built. */
function copied(): string {
  const folder = join(scratch('elsewhere'), 'a longer name');
  for (const path of sources)
    cpSync(join(repository, path), join(folder, path), {
      recursive: true,
      filter: (from) => !from.includes('node_modules'),
    });
  const lock = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  const bundled = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && !dev);
  for (const [path] of bundled)
    if (existsSync(join(repository, path))) cpSync(join(repository, path), join(folder, path), { recursive: true });
  for (const name of tools) link(`node_modules/${name}`, folder);
  link('scripts/package/node_modules', folder);
  if (existsSync(join(repository, '.cache/musl-arm64'))) link('.cache/musl-arm64', folder);
  return folder;
}

function link(path: string, folder: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  symlinkSync(join(repository, path), join(folder, path));
}

test('two builds, in different folders and with other settings, are the same in each bit', () => {
  const first = packages();
  const before = process.umask(0o077);
  let second: string;
  try {
    const env = { TZ: 'Pacific/Auckland', LC_ALL: 'tr_TR.UTF-8', SOURCE_DATE_EPOCH: '1000000000' };
    second = build(copied(), join(scratch('packages'), 'second'), env);
  } finally {
    process.umask(before);
  }
  const sums = (folder: string) => readFileSync(join(folder, 'SHA256SUMS'), 'utf8').trim().split('\n');
  expect(filesIn(first).length).toBeGreaterThanOrEqual(5);
  expect(sums(second)).toEqual(sums(first));
  expect(sums(first).map((line) => line.split('  ')[1])).toEqual(filesIn(first).filter((one) => one !== 'SHA256SUMS'));
});
