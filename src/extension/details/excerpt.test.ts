/** What a trace names is read only where it may be, and never waited for. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SourceMaps } from '../../session/sources/sourceMaps';
import { scratch } from '../../session/testing/scratch';
import { excerptOf } from './excerpt';

const windows = process.platform === 'win32';
const workspace = join(scratch(), 'workspace');
mkdirSync(workspace);
const elsewhere = scratch();
const code = 'one\ntwo\nthree\n';
for (const folder of [workspace, elsewhere]) writeFileSync(join(folder, 'a.js'), code);
const folders = [workspace];
const shown = { code: { first: 1, line: 2, lines: ['one', 'two', 'three', ''] } };

/** Paths of which nothing can be read, made in a folder. */
function hostileIn(folder: string): string[] {
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  symlinkSync(join(folder, 'pipe'), join(folder, 'to-pipe'));
  symlinkSync('/dev/zero', join(folder, 'to-zero'));
  return ['pipe', 'to-pipe', 'to-zero', '.'].map((name) => join(folder, name));
}

test('an opened trace shows files of the workspace, by name and by link target, and others on request', async () => {
  expect(await excerptOf(join(workspace, 'a.js'), 2, { folders })).toEqual(shown);
  const outside = join(elsewhere, 'a.js');
  expect(await excerptOf(outside, 2, { folders })).toEqual({ codeWithheld: 'outsideWorkspace' });
  expect(await excerptOf(outside, 2, { folders: [] })).toEqual({ codeWithheld: 'outsideWorkspace' });
  expect(await excerptOf(`${workspace}/../workspace/a.js`, 2, { folders })).toEqual(shown);
  expect(await excerptOf(join(workspace, '..', 'a.js'), 2, { folders })).toEqual({ codeWithheld: 'outsideWorkspace' });
  expect(await excerptOf(`${workspace}-more/a.js`, 2, { folders })).toEqual({ codeWithheld: 'outsideWorkspace' });
  expect(await excerptOf(outside, 2, { folders, asked: true })).toEqual(shown);
  if (windows) return;
  symlinkSync(outside, join(workspace, 'link.js'));
  expect(await excerptOf(join(workspace, 'link.js'), 2, { folders })).toEqual({ codeWithheld: 'outsideWorkspace' });
});

test('a run shows any file of this computer', async () => {
  expect(await excerptOf(join(elsewhere, 'a.js'), 2)).toEqual(shown);
  expect(await excerptOf(join(elsewhere, 'a.js'), 99)).toEqual({});
});

test.skipIf(windows)('pipes, devices and folders are not read, not even when asked for', async () => {
  for (const path of [...hostileIn(workspace), '/dev/zero', '/dev/stdin', '/proc/kmsg'])
    for (const options of [{}, { folders }, { folders, asked: true }])
      expect((await excerptOf(path, 1, options)).code).toBeUndefined();
});

test('a file of another computer is not looked at before it is asked for', async () => {
  for (const file of ['\\\\evil\\share\\a.js', '//evil/share/a.js', '\\\\.\\pipe\\x'])
    for (const options of [{}, { folders }, { folders: ['\\\\evil\\share'] }])
      expect(await excerptOf(file, 1, options)).toEqual(
        file.startsWith('//') || file.startsWith('\\\\') ? { codeWithheld: 'otherComputer' } : {},
      );
});

test.skipIf(windows)('source maps: neither a program nor a map leads to pipes and devices', async () => {
  const folder = scratch();
  const maps = new SourceMaps();
  for (const path of [...hostileIn(folder), '/dev/zero', '\\\\evil\\share\\a.js', '//evil/share/a.js']) {
    expect(await maps.locate(path, 1, 1)).toBeUndefined();
    expect(await maps.canBe(path, 1, 1)).toBe(true);
    expect(await maps.headOf(path, 'a')).toBeUndefined();
  }
  const named = (map: string): string => {
    const file = join(folder, `${Math.random()}.js`);
    writeFileSync(file, `x();\n//# sourceMappingURL=${map}\n`);
    return file;
  };
  for (const map of ['/dev/zero', './pipe', './to-zero', 'file://evil/share/a.map', '//evil/share/a.map'])
    expect(await maps.locate(named(map), 1, 1)).toBeUndefined();
  for (const source of ['/dev/zero', 'file:///dev/zero', '//evil/share/a.ts', './pipe']) {
    const map = JSON.stringify({ version: 3, sources: [source], names: [], mappings: 'AAAA' });
    const data = `data:application/json;base64,${Buffer.from(map).toString('base64')}`;
    expect(await maps.locate(named(data), 1, 1)).toEqual({ library: false });
  }
});
