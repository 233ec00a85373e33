import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { recordedOf, tracedEnvironment } from '../program/environment';
import { installHook } from '../program/hookCopy';
import { scratch } from '../testing/scratch';
import { hookHome, isPlain, makeSpoolFolder, ownFolder } from './folders';
import { readOwnFile } from './ownFiles';

test('the spool is new, private and apart from every other', async () => {
  const [a, b] = [await makeSpoolFolder(), await makeSpoolFolder()];
  for (const folder of [a, b]) onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(a).not.toBe(b);
  expect(statSync(a).mode & 0o777).toBe(0o700);
});

test('a folder that others could write to, or that is a link, is refused', async () => {
  const open = join(scratch(), 'open');
  mkdirSync(open);
  chmodSync(open, 0o777);
  await expect(ownFolder(open)).rejects.toThrow('can be written by other users');
  const link = join(scratch(), 'link');
  symlinkSync(scratch(), link);
  await expect(ownFolder(link)).rejects.toThrow('is not a folder');
  await expect(hookHome(link)).rejects.toThrow('no folder for the hook');
});

test('a linked or foreign-writable file is never trusted', async () => {
  const folder = scratch();
  writeFileSync(join(folder, 'a'), 'x');
  symlinkSync(join(folder, 'a'), join(folder, 'b'));
  expect((await readOwnFile(join(folder, 'a')))?.toString()).toBe('x');
  expect(await readOwnFile(join(folder, 'b'))).toBeUndefined();
  chmodSync(join(folder, 'a'), 0o666);
  expect(await readOwnFile(join(folder, 'a'))).toBeUndefined();
  expect(await readOwnFile(join(folder, 'none'))).toBeUndefined();
});

test('the hook lands under its hash, is shared by sessions that race, and a changed copy is put right', async () => {
  const home = scratch();
  const hookFile = join(scratch(), 'hook.cjs');
  writeFileSync(hookFile, `console.log('hook ${randomBytes(4).toString('hex')}')`);
  const paths = await Promise.all(Array.from({ length: 20 }, () => installHook(hookFile, home)));
  expect(new Set(paths).size).toBe(1);
  const path = paths[0] as string;
  expect(path).toMatch(/nettrace-hook-[0-9a-f]{16}\/hook\.cjs$/);
  const main = join(dirname(path), 'main.cjs');
  expect(readFileSync(main)).toEqual(readFileSync(hookFile));
  writeFileSync(main, 'broken');
  expect(await installHook(hookFile, home)).toBe(path);
  expect(readFileSync(main)).toEqual(readFileSync(hookFile));
  writeFileSync(hookFile, '// other');
  expect(await installHook(hookFile, home)).not.toBe(path);
});

test('the resolver goes where the hook goes, and counts for its hash', async () => {
  const home = scratch();
  const hookFile = join(scratch(), 'hook.cjs');
  writeFileSync(hookFile, '// hook');
  const alone = await installHook(hookFile, home);
  writeFileSync(join(dirname(hookFile), 'resolver.cjs'), '// resolver');
  const path = await installHook(hookFile, home);
  expect(path).not.toBe(alone);
  expect(readFileSync(join(dirname(path), 'resolver.cjs'), 'utf8')).toBe('// resolver');
});

test('a hook that throws or cannot be read leaves the program as it is', async () => {
  const hookFile = join(scratch(), 'hook.cjs');
  writeFileSync(hookFile, `console.log('hook'); throw new Error('x')`);
  const path = await installHook(hookFile, scratch());
  const env = tracedEnvironment({}, path, '/nowhere', {
    v: 1,
    trace: 't',
    enabled: [],
    ...recordedOf({}),
  });
  const run = () =>
    execFileSync(process.execPath, ['-e', 'console.log("program")'], {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
  expect(run()).toBe('hook\nprogram\n');
  writeFileSync(join(dirname(path), 'main.cjs'), 'class {');
  expect(run()).toBe('program\n');
});

test('which paths every reader of NODE_OPTIONS can take', () => {
  expect(isPlain('/home/a/.cache/nettrace')).toBe(true);
  expect(isPlain('C:\\Users\\a\\nettrace')).toBe(true);
  expect(isPlain('/home/a b')).toBe(false);
  expect(isPlain('/home/é')).toBe(false);
});
