/**
 * Programs whose child drops the hook: it is traced all the same, or named. `no requests` is never said of what nobody saw.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { scratch } from '../../src/session/testing/scratch';
import { Nettrace } from './testing/nettrace';

const nettrace = new Nettrace();
let folder: string;
const env = { PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
const linux = process.platform === 'linux';

/** Two requests to its own server; prints what a program can see of how it was started. */
const app = `const http = require('node:http');
const server = http.createServer((_, res) => res.end('x')).listen(0, '127.0.0.1', async () => {
  const url = 'http://127.0.0.1:' + server.address().port + '/';
  for (const path of ['a', 'b']) await fetch(url + path).then((r) => r.text());
  server.closeAllConnections();
  server.close();
  const { argv0, title, execPath, env } = process;
  const { PATH } = env;
  console.log(JSON.stringify({ argv0, title, execPath, PATH, heap: /--max-old-space-size=100/.test(env.NODE_OPTIONS ?? '') }));
  process.exitCode = 7;
});`;

/** As cross-env does it: the variable is set again in a copy of the environment. */
const wrapper = (options: string) => `require('node:child_process')
  .spawn('node', ['app.cjs'], { stdio: 'inherit', env: { ...process.env, ${options} } })
  .on('exit', (code) => { process.exitCode = code; });`;

/** Each of the synchronous calls once: by another NODE_OPTIONS, in a command of a shell, and inherited. */
const syncWrapper = `const { execFileSync, execSync, spawnSync } = require('node:child_process');
const env = { ...process.env, NODE_OPTIONS: '--max-old-space-size=100' };
const answers = [
  spawnSync('node', ['app.cjs'], { env }),
  ...[
    () => execSync('node app.cjs', { env }),
    () => execSync('NODE_OPTIONS=--max-old-space-size=100 node app.cjs'),
    () => execFileSync('node', ['app.cjs'], { env }),
    () => execFileSync('node', ['app.cjs']),
  ].map((start) => { try { start(); } catch (error) { return error; } }),
];
for (const { status, stdout } of answers) console.log(status, JSON.parse(stdout).heap);
console.log(spawnSync('./no-such-program', { env }).error.code, Object.keys(env).length === Object.keys(process.env).length);`;

beforeAll(() => {
  folder = scratch();
  writeFileSync(join(folder, 'app.cjs'), app);
  writeFileSync(join(folder, 'replaces.cjs'), wrapper("NODE_OPTIONS: '--max-old-space-size=100'"));
  writeFileSync(join(folder, 'clears.cjs'), wrapper("NODE_OPTIONS: ''"));
  writeFileSync(join(folder, 'sync.cjs'), syncWrapper);
  writeFileSync(join(folder, 'start.sh'), '#!/bin/sh\nexport NODE_OPTIONS=--max-old-space-size=100\nnode app.cjs\n', {
    mode: 0o755,
  });
  const scripts = {
    sets: 'NODE_OPTIONS=--max-old-space-size=100 node app.cjs',
    cross: 'node replaces.cjs',
    absolute: `NODE_OPTIONS=--max-old-space-size=100 ${process.execPath} app.cjs`,
    appends: 'NODE_OPTIONS="$NODE_OPTIONS --max-old-space-size=100" node app.cjs',
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'x', version: '1.0.0', scripts }));
});

const run = (words: string[]) => nettrace.run(['run', '--json', '--', ...words], { cwd: folder, env });
const summaryOf = (stderr: string) =>
  JSON.parse(stderr.split('\n').find((l) => l.startsWith('{"trace"')) as string) as {
    counts: { requests: number };
    untracedProcesses?: { pid: number; argv: string[]; why: string }[];
  };

describe.skipIf(process.platform === 'win32')('a NODE_OPTIONS set by the program', () => {
  test.each([
    ['an npm script that sets it', ['npm', 'run', '-s', 'sets']],
    ['an npm script that runs a wrapper such as cross-env', ['npm', 'run', '-s', 'cross']],
    ['an npm script that appends to it', ['npm', 'run', '-s', 'appends']],
    ['a shell command', ['sh', '-c', 'NODE_OPTIONS=--max-old-space-size=100 node app.cjs']],
    ['a shell script', ['./start.sh']],
    ['env', ['env', 'NODE_OPTIONS=--max-old-space-size=100', 'node', 'app.cjs']],
  ])('%s: traced, and the program sees what it would see without us', async (_, words) => {
    const { code, stdout, stderr } = await run(words);
    const summary = summaryOf(stderr);
    expect(summary.counts.requests).toBe(2);
    expect(summary.untracedProcesses).toBeUndefined();
    const [program = '', ...args] = words;
    let plain = '';
    try {
      execFileSync(program, args, { cwd: folder, env: { ...process.env, ...env, NODE_OPTIONS: '' } });
    } catch (error) {
      plain = String((error as { stdout: Buffer }).stdout);
      expect((error as { status: number }).status).toBe(7);
    }
    expect(code).toBe(7);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(plain));
    expect(JSON.parse(stdout)).toMatchObject({ heap: true });
  });

  test('children of spawnSync, execSync and execFileSync: traced, with their output and exit code', async () => {
    const { code, stdout, stderr } = await run(['node', 'sync.cjs']);
    expect(code).toBe(0);
    expect(stdout).toBe('7 true\n7 true\n7 true\n7 true\n7 false\nENOENT true\n');
    const summary = summaryOf(stderr);
    expect(summary.counts.requests).toBe(10);
    expect(summary.untracedProcesses).toBeUndefined();
  });

  test('a program that asks to be warned of what Node will remove is not warned of us', async () => {
    const script = `process.on('warning', (w) => console.log(w.code)); require('node:child_process').spawnSync('true')`;
    expect((await run(['node', '--pending-deprecation', '-e', script])).stdout).toBe('');
  });

  test.skipIf(!linux)('a signal reaches the program behind it', async () => {
    const script = `NODE_OPTIONS=--max-old-space-size=100 node -e "process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 9999)"; echo $?`;
    expect((await run(['sh', '-c', script])).stdout).toBe('143\n');
  });
});

describe('what cannot be traced is named, with what to do', () => {
  test('a child whose NODE_OPTIONS was cleared', async () => {
    const { code, stderr } = await nettrace.run(['run', '--', 'node', 'clears.cjs'], { cwd: folder, env });
    expect(code).toBe(7);
    expect(stderr).toContain('no requests in the one process that loaded the hook (node clears.cjs)');
    expect(stderr).toMatch(
      /nettrace: not traced: node app\.cjs \(process \d+\): its environment has no NODE_OPTIONS\. To trace it too, pass that variable on/,
    );
  });

  test.skipIf(!linux)('a Node that is named by its path, and in the saved trace too', async () => {
    const file = join(scratch(), 'a.nettrace.json');
    const words = ['run', '-o', file, '--', 'npm', 'run', '-s', 'absolute'];
    const { stderr } = await nettrace.run(words, { cwd: folder, env });
    expect(stderr).toMatch(/nettrace: not traced: .*app\.cjs.*: the command sets NODE_OPTIONS itself\. Append to it/);
    const shown = await nettrace.run(['show', file]);
    expect(shown.stdout).toContain('no requests in the one process that loaded the hook');
    expect(shown.stdout).toMatch(/^not traced: .*app\.cjs \(process \d+\): the command sets NODE_OPTIONS itself\./m);
  });

  test.skipIf(!linux)('a program of another environment, by the list of processes', async () => {
    const script = `env -i ${process.execPath} -e "setTimeout(() => {}, 1500)"`;
    const { stderr } = await run(['sh', '-c', script]);
    expect(summaryOf(stderr).untracedProcesses).toMatchObject([
      { why: 'seen', argv: [process.execPath, '-e', expect.any(String)] },
    ]);
  });

  test('a wrapper that starts nothing that is seen: no claim about other processes', async () => {
    const { stderr } = await nettrace.run(['run', '--', 'npm', '--version'], { cwd: folder, env });
    expect(stderr).toContain('no requests in the one process that loaded the hook (node npm --version)');
    expect(stderr).toContain('If the program is another process, it did not load the hook');
  });
});

test('node --version and other children of a traced program are not named', async () => {
  const parent = `const { spawn } = require('node:child_process');
    spawn('sh', ['-c', 'node --version; echo $NODE_OPTIONS'], { stdio: 'ignore' });
    spawn('node', ['-e', ''], { stdio: 'ignore' });
    spawn('true', { env: {} });`;
  const { stderr } = await run(['node', '-e', parent]);
  expect(summaryOf(stderr).untracedProcesses).toBeUndefined();
});
