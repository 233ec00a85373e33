import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { whyNot } from './helper';

const native = join(import.meta.dirname, '../../native');
const why = whyNot('unit tests of the helper', { programs: ['cc', 'make'] });

const make = (target: string) => spawnSync('make', ['-s', '-j2', '-C', native, target], { encoding: 'utf8' });

describe('the helper is built', () => {
  test.skipIf(why)('its unit tests pass under AddressSanitizer and UndefinedBehaviorSanitizer', () => {
    const { status, stdout, stderr } = make('check');
    expect({ status, text: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, text: '' });
  });
});
