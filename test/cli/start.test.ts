/** What V8 compiled of the command line is kept for the next start, and nothing depends on it. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { scratch } from '../../src/session/testing/scratch';
import { Nettrace } from './testing/nettrace';

const nettrace = new Nettrace();
// root's copies are in the temporary folder, as its home is closed to others.
const folder = process.getuid?.() === 0 ? join(nettrace.home, 'nettrace-0') : join(nettrace.home, 'cache/nettrace');
const kept = () => (existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('cli-')) : []);

async function version(env: Record<string, string> = {}): Promise<void> {
  const { code, stdout, stderr } = await nettrace.run(['--version'], { env });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' });
}

afterEach(() => {
  if (existsSync(folder)) chmodSync(folder, 0o755);
});

test('the first start of a command keeps its code, the next one takes it as it is', async () => {
  await version();
  const [name = ''] = kept();
  expect(kept()).toHaveLength(1);
  const before = statSync(join(folder, name));
  expect(before.size).toBeGreaterThan(100_000);
  await version();
  expect(kept()).toEqual([name]);
  expect(statSync(join(folder, name)).mtimeMs).toBe(before.mtimeMs);
});

test('what V8 does not take is compiled and replaced', async () => {
  await version();
  const file = join(folder, kept()[0] ?? '');
  const good = readFileSync(file);
  for (const bad of [
    Buffer.alloc(0),
    Buffer.from('not code'),
    good.subarray(0, good.length / 2),
    Buffer.alloc(good.length, 7),
  ]) {
    writeFileSync(file, bad);
    await version();
    expect(readFileSync(file).length).toBeGreaterThan(100_000);
  }
});

test.skipIf(process.platform === 'win32')('a file that others can write is not read', async () => {
  await version();
  const file = join(folder, kept()[0] ?? '');
  writeFileSync(file, 'planted');
  chmodSync(file, 0o666);
  await version();
  expect(statSync(file).mode & 0o022).toBe(0);
});

test.skipIf(process.platform === 'win32')('a folder that others can write is not used', async () => {
  const before = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs]);
  chmodSync(folder, 0o777);
  const file = join(folder, kept()[0] ?? '');
  writeFileSync(file, 'planted');
  const { mtimeMs } = statSync(file);
  await version();
  expect(statSync(file).mtimeMs).toBe(mtimeMs);
  expect(readdirSync(folder)).toHaveLength(before.length);
});

test('without any folder to keep it in, the command works', async () => {
  const closed = join(scratch(), 'file');
  writeFileSync(closed, '');
  await version({ TMPDIR: closed, XDG_CACHE_HOME: closed });
});

test('those of old builds go', async () => {
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < 40; i++) {
    const file = join(folder, `cli-run-old-${i}`);
    writeFileSync(file, '');
    utimesSync(file, 1000 + i, 1000 + i);
  }
  writeFileSync(join(folder, kept().find((name) => name.startsWith('cli-none')) ?? 'cli-none'), 'refused');
  await version();
  expect(kept()).toHaveLength(16);
  expect(kept()).toContain('cli-run-old-39');
  expect(kept()).not.toContain('cli-run-old-0');
});

test.skipIf(process.platform === 'win32')(
  'a current folder that is gone is named, also where the cache would be in it',
  async () => {
    const gone = join(scratch(), 'gone');
    const script = 'mkdir "$1" && cd "$1" && rmdir "$1" && shift && exec "$@"';
    const { code, stderr } = await nettrace.run(['doctor'], {
      wrap: ['sh', '-c', script, 'sh', gone],
      env: { TMPDIR: 'relative', XDG_CACHE_HOME: 'relative' },
    });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^nettrace: The current folder no longer exists/),
    });
  },
);

test('the bundle has its checks of schemas made: the first line of a program waits for none', () => {
  const text = readFileSync(join(nettrace.bin, '../cli.cjs'), 'utf8');
  for (const name of ['line.req', 'message.sample', 'kernel.state', 'trace', 'har', 'eve'])
    expect(text).toMatch(new RegExp(`^ *"?${name.replace('.', '\\.')}"?: \\(\\) => \\{$`, 'm'));
});

test('doctor --json says what doctor says', async () => {
  const plain = await nettrace.run(['doctor']);
  const json = await nettrace.run(['doctor', '--json']);
  const { format, works, checks } = JSON.parse(json.stdout) as {
    format: string;
    works: boolean;
    checks: { state: string; text: string }[];
  };
  expect([format, works, json.code, json.stderr]).toEqual(['nettrace-doctor', plain.code === 0, plain.code, '']);
  const marks: Record<string, string> = { ok: 'ok', warn: 'note', bad: 'BAD' };
  expect(checks.map(({ state, text }) => `${marks[state]?.padEnd(4)}  ${text}`)).toEqual(
    plain.stdout.split('\n').filter((line) => /^(ok|note|BAD) /.test(line)),
  );
});
