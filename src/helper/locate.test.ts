import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { version } from '../../package.json';
import { locateHelper } from './locate';

const folder = mkdtempSync(join(tmpdir(), 'nettrace-locate-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program in its own folder. */
function program(...path: string[]): string {
  const at = join(folder, ...path);
  mkdirSync(at, { recursive: true });
  const file = join(at, 'nettrace-helper');
  writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 });
  return file;
}

test('a missing helper has its reason: not Linux, not found, or not executable', async () => {
  expect(await locateHelper(folder, { platform: 'darwin' })).toMatchObject({ missing: 'platform' });
  const places = { platform: 'linux', arch: 'x64', installed: join(folder, 'none') };
  expect(await locateHelper(folder, places)).toMatchObject({ missing: 'noHelper' });
  const file = program('native', 'linux-x64');
  expect(await locateHelper(folder, places)).toEqual({ file, installed: false });
  expect(await locateHelper(folder, { ...places, arch: 'arm64' })).toMatchObject({ missing: 'noHelper' });
  chmodSync(file, 0o644);
  expect(await locateHelper(folder, places)).toMatchObject({ missing: 'noHelper' });
  chmodSync(file, 0o755);
});

test('an installed one is taken only if nobody but root can have put it there', async () => {
  const bundled = program('native', 'linux-x64');
  const installed = program('installed', version);
  const places = { platform: 'linux', arch: 'x64', installed: join(folder, 'installed') };
  const own = process.getuid?.() === 0 ? { file: installed, installed: true } : { file: bundled, installed: false };
  chmodSync(join(folder, 'installed', version), 0o755);
  expect(await locateHelper(folder, places)).toEqual(own);
  chmodSync(join(folder, 'installed', version), 0o775);
  expect(await locateHelper(folder, places)).toEqual({ file: bundled, installed: false });
  chmodSync(join(folder, 'installed', version), 0o755);
  chmodSync(installed, 0o757);
  expect(await locateHelper(folder, places)).toEqual({ file: bundled, installed: false });
});
