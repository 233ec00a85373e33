/** The hook loaded by hand, as CONTRIBUTING.md says: a folder, and no settings. All is traced. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratch } from '../../../src/session/testing/scratch';
import { hookAlone } from '../../support/programs/hook';
import { repository } from '../../support/programs/nodes';
import { cleanEnvironment } from '../../support/programs/program';

test('without NETTRACE_CONF', () => {
  const folder = scratch();
  const hook = hookAlone();
  const { status, stdout } = spawnSync(process.execPath, [join(repository, 'samples/hello/hello.js')], {
    env: { ...cleanEnvironment(), NODE_OPTIONS: `--require "${hook}"`, NETTRACE_SPOOL: folder },
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'hello from /one\nhello from /two\nhello from /three\n' });
  const lines = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
  const requests = lines.map((line) => JSON.parse(line) as { k: string; url?: string }).filter((l) => l.k === 'req');
  expect(requests.map((r) => new URL(r.url ?? '').pathname)).toEqual(['/one', '/two', '/three']);
});
