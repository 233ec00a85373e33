import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { whyNot } from './helper';

const native = join(import.meta.dirname, '../../native');
const version = (JSON.parse(readFileSync(join(native, '../package.json'), 'utf8')) as { version: string }).version;
const why = whyNot('unit tests of the helper', { programs: ['cc', 'make'] });
const cross = { programs: ['aarch64-linux-gnu-gcc', 'make'] };
const whyNoCross = whyNot('the helper for arm64', cross);
const emulator = ['qemu-aarch64-static', 'qemu-aarch64'].find((p) => spawnSync(p, ['--version']).status === 0);

const make = (target: string) => spawnSync('make', ['-s', '-j2', '-C', native, target], { encoding: 'utf8' });

describe('the helper is built', () => {
  test.skipIf(why)('its unit tests pass under AddressSanitizer and UndefinedBehaviorSanitizer', () => {
    const { status, stdout, stderr } = make('check');
    expect({ status, text: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, text: '' });
  });

  test.skipIf(whyNoCross)('for arm64; run where there is an emulator', () => {
    const { status, stderr } = make('arm64');
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const file = join(native, 'build/arm64/nettrace-helper');
    // ELF for AArch64, with no loader: static.
    const head = readFileSync(file).subarray(0, 20);
    expect([head.toString('latin1', 1, 4), head.readUInt16LE(18)]).toEqual(['ELF', 183]);
    if (emulator === undefined) return console.log('skipped: running it: needs qemu-user');
    expect(execFileSync(emulator, [file, '--version'], { encoding: 'utf8' })).toBe(`${version}\n`);
    const answer = execFileSync(emulator, [file, '--stdio', '--as-root', '--features', 'counters'], { input: '' });
    expect(JSON.parse(answer.subarray(5).toString())).toMatchObject({ t: 'hello', machine: expect.any(String) });
  });
});
