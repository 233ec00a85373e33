import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { whyNot } from './testing/helper';

const native = join(import.meta.dirname, '../../native');
const why = whyNot('unit tests of the helper', { programs: ['cc', 'make'] });

const make = (target: string) => spawnSync('make', ['-s', '-j2', '-C', native, target], { encoding: 'utf8' });

/** On a busy machine each of its texts and messages takes its time. */
const timeoutMs = 300_000;

describe('the helper is built', () => {
  test.skipIf(why)(
    'its unit tests pass under AddressSanitizer and UndefinedBehaviorSanitizer',
    { timeout: timeoutMs },
    () => {
      const { status, stdout, stderr } = make('check');
      expect({ status, text: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, text: '' });
      const tests = readdirSync(join(native, 'test')).filter((name) => name.endsWith('_test.c'));
      expect([...stdout.matchAll(/^passed: (\w+)$/gm)].map((m) => `${m[1]}.c`).sort()).toEqual(tests.sort());
    },
  );
});
