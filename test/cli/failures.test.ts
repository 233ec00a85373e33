import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratch } from '../../src/session/testing/scratch';
import { Nettrace, programs } from './testing/nettrace';

const nettrace = new Nettrace();

const node = process.execPath;

describe('own failures', () => {
  test.each([
    ['no such program', ['run', '--', 'no-such-program'], 'no-such-program: no such program'],
    ['not a program', ['run', '--', '/etc/passwd'], '/etc/passwd may not be executed'],
    ['a script alone', ['run', '--', import.meta.filename], 'Write: nettrace run -- node /'],
    ['no content type', ['run', '--body-types', ' ,', '--', 'node'], 'Use names, with commas between.'],
    ['a command in quotes', ['run', '--', 'node -e 0'], 'Write it without quotes: nettrace run -- node -e 0'],
    ['no command', ['run'], "missing required argument 'command'"],
    ['an option that does not exist', ['run', '--outputs', 'x', '--', 'node'], "unknown option '--outputs'"],
    [
      'a level that does not exist',
      ['run', '--headers', 'all', '--', 'node'],
      'Allowed choices are off, names, lengths, values',
    ],
    ['a verb that does not exist', ['rum', '--', 'node'], "unknown command 'rum'"],
  ])('%s: exit code 2 and a hint', async (_, args, message) => {
    const result = await nettrace.run(args);
    expect(result.code).toBe(2);
    expect(result.stdout).toBe('');
    expect(result.stderr).toContain(`nettrace: `);
    expect(result.stderr).toContain(message);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });

  test('no place for the hook', async () => {
    const env = { TMPDIR: '/dev/null/tmp', XDG_CACHE_HOME: '/dev/null' };
    const result = await nettrace.run(['run', '--', node, '-e', '0'], { env });
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/^nettrace: no folder for the hook/);
  });

  test('one file by two names', async () => {
    const folder = scratch();
    symlinkSync(join(folder, 'a.nettrace.json'), join(folder, 'b.har'));
    symlinkSync(folder, join(folder, 'same'));
    for (const [a, b] of [
      ['a.nettrace.json', 'b.har'],
      ['b.har', 'a.nettrace.json'],
      ['c.har', 'same/c.har'],
    ] as const) {
      const result = await nettrace.run(['run', '-o', a, '-o', b, '--', node, '-p', '1'], { cwd: folder });
      expect(result).toMatchObject({ code: 2, stdout: '', stderr: `nettrace: ${b} is given twice.\n` });
    }
  });

  test('Node that runs nothing: no word of a cleared environment', async () => {
    const version = await nettrace.run(['run', '--', node, '--version']);
    expect(version).toMatchObject({ code: 0, stderr: expect.stringContaining('--version runs no program') });
    const refused = await nettrace.run(['run', '--', node, '--no-such-flag', 'a.js']);
    expect(refused).toMatchObject({ code: 9, stderr: expect.stringContaining('rejected one of its options') });
  });

  test('permissions that would keep the preload from being read: untraced, and the advice helps', async () => {
    const print = ['-p', '"ran"'];
    const [experimental = ''] = Number.parseInt(process.versions.node, 10) < 22 ? ['experimental-'] : [];
    const flag = `--${experimental}permission`;
    const first = await nettrace.run(['run', '--', node, flag, ...print]);
    expect(first).toMatchObject({ code: 0, stdout: 'ran\n', stderr: expect.stringContaining('runs untraced') });
    const advice = /--allow-fs-read=\S+ --allow-fs-write=\S+/.exec(first.stderr)?.[0].split(' ') ?? [];
    const second = await nettrace.run(['run', '--json', '--', node, '--no-warnings', flag, ...advice, ...print]);
    expect(JSON.parse(second.stderr)).toMatchObject({ exitCode: 0, processes: 1 });
  });
});

test('a process that outlives the command is named', async () => {
  const script = `"$0" "$1" >out 2>&1 & until grep -q ready out; do sleep 0.05; done; echo $!`;
  const waits = join(programs, 'waits.cjs');
  const result = await nettrace.run(['run', '--', 'sh', '-c', script, node, waits], { cwd: scratch() });
  const pid = Number(result.stdout);
  process.kill(pid, 'SIGKILL');
  expect(result.code).toBe(0);
  expect(result.stderr).toContain(`nettrace: process ${pid} is still running`);
});
