/** A disk of 256 kB that runs full, mounted in a separate mount namespace. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Nettrace, requests } from './testing/nettrace';

const nettrace = new Nettrace();
afterEach(() => expect(nettrace.spools()).toEqual([]));

const node = process.execPath;

const disk = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;
if (!disk)
  console.warn('Full disk (3 tests): skipped, only root may mount a small one, and util-linux has to be there.');
test.skipIf(!disk)('a full disk: said clearly, the whole trace kept elsewhere, the code stays', async () => {
  const script = 'mount -t tmpfs -o size=256k none /mnt && exec "$@"';
  const wrap = ['unshare', '-m', 'sh', '-c', script, 'sh'];
  const result = await nettrace.run(
    ['run', '--quiet', '-o', '/mnt/a.har', '-o', '/mnt/a.nettrace.json', '--', node, requests, '600'],
    { wrap },
  );
  expect(result).toMatchObject({ code: 0, stdout: 'served 600\n' });
  expect(result.stderr).toMatch(/a\.har: could not be saved: no space is left on the disk/);
  const kept = /the trace is kept in (.*)/.exec(result.stderr)?.[1] as string;
  expect(JSON.parse(readFileSync(kept, 'utf8')).requests).toHaveLength(600);
});

test.skipIf(!disk)(
  'a full disk under the spool: the program goes on, what was written stays, and it is said',
  async () => {
    // Room for the hook's own copy, and some hundred requests.
    const script = 'mount -t tmpfs -o size=640k none /mnt && TMPDIR=/mnt exec "$@"';
    const wrap = ['unshare', '-m', 'sh', '-c', script, 'sh'];
    const result = await nettrace.run(['run', '--quiet', '-o', 'f.nettrace.json', '--', node, requests, '2000'], {
      wrap,
    });
    expect(result).toMatchObject({ code: 0, stdout: 'served 2000\n' });
    expect(result.stderr).toContain('the disk of /mnt is full');
    const trace = JSON.parse(readFileSync(join(nettrace.home, 'f.nettrace.json'), 'utf8'));
    expect(trace.requests.length).toBeGreaterThan(100);
    expect(trace.requests.length).toBeLessThan(2000);
  },
);

test.skipIf(!disk)('no room for the hook: nothing is started, and the folder is named', async () => {
  const script = 'mount -t tmpfs -o size=64k none /mnt && TMPDIR=/mnt exec "$@"';
  const result = await nettrace.run(['run', '--', node, requests, '1'], {
    wrap: ['unshare', '-m', 'sh', '-c', script, 'sh'],
  });
  expect(result).toMatchObject({ code: 2, stdout: '' });
  expect(result.stderr).toMatch(/^nettrace: ENOSPC: .*\. The temporary folder is \/mnt\.\n$/);
});
