import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratch } from '../testing/scratch';
import { executableOf } from './executable';
import { preloadWouldFail, whyNotLoaded } from './unloaded';

const folder = scratch();
function program(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}
const oldNode = program('old/node', '#!/bin/sh\necho v16.20.2\n');
program('bin/bun', '#!/bin/sh\n');
program('bin/tool', '#!/usr/bin/env node\n');
program('bin/locked', `#!/usr/bin/env -S node --permission\n`);
const node = process.execPath;

const why = (command: string, args: string[] = [], env: Record<string, string> = {}, exitCode = 0) =>
  whyNotLoaded({
    exitCode,
    command,
    args,
    env: { PATH: `${folder}/bin:${dirname(node)}:/usr/bin:/bin`, NODE_OPTIONS: '--require "/c/hook.cjs"', ...env },
    hook: '/c/nettrace-hook-1/hook.cjs',
    spool: '/s/nettrace-spool-1-abcdef',
  });

test('each reason has its own words and a step to take', async () => {
  expect(await why(oldNode, ['app.js'])).toMatchObject({
    reason: 'oldNode',
    text: expect.stringContaining('Node 16.20.2'),
  });
  expect(await why('bun', ['app.ts'])).toMatchObject({ reason: 'otherRuntime', text: expect.stringContaining('bun') });
  expect(await why(node, ['--permission', 'app.js'])).toMatchObject({
    reason: 'permission',
    advice: 'Allow both: --allow-fs-read=/c/* --allow-fs-write=/s/nettrace-spool-*',
  });
  expect(await why('locked')).toMatchObject({ reason: 'permission' });
  expect(await why(node, ['app.js', '--permission'])).toMatchObject({ reason: 'cleared' });
  expect(await why('tool')).toMatchObject({ reason: 'cleared', text: expect.stringContaining('Node started') });
  expect(await why('sh', ['-c', 'env -i node x'])).toMatchObject({
    reason: 'cleared',
    text: expect.stringContaining('sh started no'),
  });
  expect(await why(node, [], { NODE_OPTIONS: '--require "x' })).toMatchObject({ reason: 'brokenOptions' });
  expect(await why('no-such-program')).toMatchObject({ reason: 'cleared' });
});

test('a Node that runs nothing is not one whose options were cleared', async () => {
  expect(await why(node, ['--version'])).toMatchObject({
    reason: 'ranNothing',
    text: expect.stringContaining('--version'),
  });
  expect(await why(node, ['--no-such-flag', 'app.js'], {}, 9)).toMatchObject({ reason: 'ranNothing' });
  expect(await why(node, ['app.js', '--version'])).toMatchObject({ reason: 'cleared' });
  expect(await why('tool', [], {}, 1)).toMatchObject({ reason: 'cleared' });
});

describe('where preloading would keep Node from starting', () => {
  const hook = '/c/nettrace-hook-1/hook.cjs';
  test.each([
    ['--experimental-permission a.js', true],
    ['--experimental-permission --allow-fs-read=* a.js', false],
    ['--experimental-permission --allow-fs-read=/app/* a.js', true],
    ['--experimental-permission --allow-fs-read=/app/*,/c/* a.js', false],
    ['--experimental-permission --allow-fs-read /c a.js', false],
    ['--permission a.js', false],
    ['--permission -e 0', true],
    ['-e 0 --permission', true],
    ['--permission', true],
    ['--permission -', true],
    ['--permission --allow-fs-read=* -e 0', false],
    ['--permission --require ./x.js a.js', false],
    ['a.js --experimental-permission', false],
    ['-e 0', false],
  ])('node %s: %s', (args, fails) => expect(preloadWouldFail(args.split(' '), undefined, hook)).toBe(fails));

  test('by NODE_OPTIONS', () => {
    expect(preloadWouldFail(['a.js'], '--experimental-permission', hook)).toBe(true);
    expect(preloadWouldFail(['-p', '1'], '--permission', hook)).toBe(true);
    expect(preloadWouldFail(['a.js'], '--permission', hook)).toBe(false);
  });
});

test('the program that a command starts is recognised', async () => {
  const env = { PATH: `${folder}/bin:${dirname(node)}` };
  expect(await executableOf('node', env)).toEqual({ path: join(dirname(node), 'node'), name: 'node', flags: [] });
  expect(await executableOf('locked', env)).toMatchObject({ name: 'node', flags: ['--permission'] });
  expect(await executableOf('./bin/bun', env, folder)).toMatchObject({ name: 'bun' });
  expect(await executableOf('nope', env)).toBeUndefined();
  expect(await executableOf('bin', {}, folder)).toBeUndefined();
});
