/**
 * `nettrace diff` and `nettrace check` on real runs of a program in two versions: each planted change is found, and nothing
 * else. `node test/twin/planted.mjs` is the same with twenty runs a side, one by one and five at a time.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { repository } from '../../support/programs/nodes';
import { cleanEnvironment } from '../../support/programs/program';
import { Nettrace } from '../testing/nettrace';

test('an N+1, a slow call and a new host are found, and nothing in the same program twice', async () => {
  const nettrace = new Nettrace();
  const args = [join(repository, 'test/twin/planted.mjs'), '--repeats', '1', '--cli', nettrace.bin];
  const env = { ...cleanEnvironment(), TMPDIR: nettrace.home };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env });
  expect(stderr).toBe('');
  expect(stdout.trim().split('\n').slice(2)).toEqual([
    '| nothing | 1 | 1 | – | 0 | – | 0 |',
    '| n-plus-one | 1 | 1 | 1 | 0 | 1 | 0 |',
    '| slow-call | 1 | 1 | 1 | 0 | 1 | 0 |',
    '| new-host | 1 | 1 | 1 | 0 | 1 | 0 |',
  ]);
  // Five runs of the job and 17 of the command, one after the other.
}, 240_000);
