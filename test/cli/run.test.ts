import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Trace } from '../../src/model/records';
import { scratch } from '../../src/session/testing/scratch';
import { nodes } from '../support/programs/nodes';
import { Nettrace, programs, requests } from './testing/nettrace';

const nettrace = new Nettrace();
afterEach(() => expect(nettrace.spools()).toEqual([]));

const node = process.execPath;

describe('the program is left as it is', () => {
  test.each([0, 1, 7, 255])('exit code %i', async (code) => {
    const result = await nettrace.run(['run', '--', node, '-e', `process.exit(${code})`]);
    expect(result.code).toBe(code);
    expect(result.stdout).toBe('');
  });

  test('its streams, binary and large', async () => {
    const input = randomBytes(3_000_000);
    const result = await nettrace.run(['run', '--quiet', '--', node, join(programs, 'echo.cjs')], { input });
    expect(createHash('sha256').update(result.out).digest('hex')).toBe(
      createHash('sha256').update(input).digest('hex'),
    );
    expect(result.stderr).toBe('on stderr\n');
    expect(result.code).toBe(0);
  });

  test('an exception: its own words, its own code', async () => {
    const plain = `console.log('out'); throw new Error('mine')`;
    const result = await nettrace.run(['run', '--quiet', '--', node, '-e', plain]);
    expect(result).toMatchObject({ code: 1, stdout: 'out\n' });
    expect(result.stderr).toMatch(/^\[eval\]:1\n.*\n\s+\^\n\nError: mine\n/s);
    expect(result.stderr).not.toContain('nettrace');
  });

  test('a program that becomes another (execve) has ended; nothing is said to be running', async () => {
    const file = join(scratch(), 'a.nettrace.json');
    const next = `process.execve(process.execPath, [process.execPath, '-e', 'console.log("next")'], process.env)`;
    const result = await nettrace.run([
      'run',
      '-o',
      file,
      '--',
      nodes.find(({ major }) => major === 24)?.binary as string,
      '--no-warnings',
      '-e',
      next,
    ]);
    expect(result).toMatchObject({ code: 0, stdout: 'next\n' });
    expect(result.stderr).not.toContain('still running');
    const { processes } = JSON.parse(readFileSync(file, 'utf8')) as Trace;
    expect(processes.map((p) => [p.end, p.exitCode])).toEqual([
      ['replaced', undefined],
      ['exit', 0],
    ]);
  });

  test('arguments as given, also those that look like ours', async () => {
    const print = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const args = ['--', '--quiet', '-o', 'a b', '', '*', '$HOME'];
    const result = await nettrace.run(['run', '--', node, '-e', print, ...args]);
    expect(JSON.parse(result.stdout)).toEqual(args.slice(1)); // node itself takes the first --
  });

  test('its NODE_OPTIONS stay in force', async () => {
    const preload = join(scratch(), 'a b.cjs');
    writeFileSync(preload, 'console.log("preloaded")');
    const NODE_OPTIONS = `--no-deprecation --require "${preload}"`;
    const result = await nettrace.run(['run', '--', node, '-p', 'process.noDeprecation'], { env: { NODE_OPTIONS } });
    // Node runs it in our own process too, before we have a say.
    expect(result.stdout).toBe('preloaded\npreloaded\ntrue\n');
  });

  test('the program keeps its own preload, whose request is recorded, with a stray word after it', async () => {
    const folder = scratch();
    const preload = join(folder, 'preload.cjs');
    writeFileSync(
      preload,
      `console.log('preloaded');
       require('node:http').get('http://127.0.0.1:1/of-the-preload').on('error', () => {});`,
    );
    const saved = join(folder, 'x.nettrace.json');
    const own = `NODE_OPTIONS=--require ${preload} --title=my\\ title`;
    const result = await nettrace.run(['run', '-o', saved, '--', 'env', own, 'node', '-e', '0'], {
      env: { PATH: `${dirname(node)}:${process.env.PATH}` },
    });
    expect(result.stdout).toBe('preloaded\n');
    const trace = JSON.parse(readFileSync(saved, 'utf8')) as Trace;
    expect(trace.requests.map((r) => r.url)).toEqual(['http://127.0.0.1:1/of-the-preload']);
  });
});

describe('signals', () => {
  test.each(['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const)(
    '%s reaches it once, and its code comes back',
    async (signal) => {
      const result = await nettrace.run(['run', '--', node, join(programs, 'waits.cjs')], {
        on: ['ready', (child) => child.kill(signal)],
      });
      expect(result.stdout).toBe(`ready\n${signal} 1\n`);
      expect(result.code).toBe(5);
    },
  );

  test.each([
    ['SIGKILL', 137],
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('ended by %s: %i', async (signal, code) => {
    const kill = `process.kill(process.pid, '${signal}'); setInterval(() => {}, 1000)`;
    expect((await nettrace.run(['run', '--', node, '-e', kill])).code).toBe(code);
  });
});

test('Ctrl-C in a terminal reaches the program once', async () => {
  const inner = `stty -echo; exec '${node}' '${nettrace.bin}' run --quiet -- '${node}' '${join(programs, 'waits.cjs')}'`;
  const terminal = spawn('script', ['-qefc', inner, '/dev/null'], {
    env: { ...process.env, TMPDIR: nettrace.home, XDG_CACHE_HOME: join(nettrace.home, 'cache') },
  });
  let text = '';
  const ended = once(terminal, 'close');
  terminal.stdout.on('data', (chunk: Buffer) => {
    if (!text.includes('ready') && (text + chunk).includes('ready')) terminal.stdin.write('\x03');
    text += chunk;
  });
  const [code] = await ended;
  expect(text.match(/SIGINT \d/g)).toEqual(['SIGINT 1']);
  expect(code).toBe(5);
});

describe('what is recorded', () => {
  test('the trace has every request of the program and none of nettrace', async () => {
    const { code, stdout, stderr, trace } = await nettrace.trace([requests, '12']);
    expect(code).toBe(0);
    expect(stdout).toBe('served 12\n');
    expect(trace.requests).toHaveLength(12);
    expect(trace.counts).toMatchObject({ requests: 12, failed: 0 });
    expect(trace.requests.every((r) => r.outcome === 'complete' && r.response?.status === 200)).toBe(true);
    expect(trace.state).toBe('ended');
    expect(trace.processes).toMatchObject([{ exitCode: 0, end: 'exit' }]);
    expect(JSON.stringify(trace) + stderr).not.toContain('planted-secret');
    for (const words of [/waiting for\s+content/, /server\s+download/, /TCP/, /12 requests/])
      expect(stderr).toMatch(words);
    expect(stderr.match(/GET {2}/g)).toHaveLength(12);
  });

  test.each([
    ['exit', 3],
    ['kill', 137],
    ['term', 143],
    ['throw', 1],
  ])('a program that ends by %s loses nothing that was written, and the file opens', async (how, code) => {
    const result = await nettrace.trace([join(programs, 'dies.cjs'), how]);
    expect(result.code).toBe(code);
    const outcomes = result.trace.requests.map((r) => r.outcome);
    expect(outcomes).toHaveLength(21);
    expect(outcomes.slice(0, 20)).toEqual(Array(20).fill('complete'));
    expect(['processExit', 'interrupted', 'failed']).toContain(outcomes[20]);
    expect(result.trace.losses).toEqual([]);
    expect(result.trace.state).toBe('ended');
  });

  test('children, several at once, in one trace; two traces at once apart', async () => {
    const parent = `const { spawn } = require('node:child_process');
      for (const n of ['2', '3']) spawn(process.execPath, [${JSON.stringify(requests)}, n], { stdio: 'inherit' });`;
    const [a, b] = await Promise.all([nettrace.trace(['-e', parent]), nettrace.trace([requests, '4'])]);
    expect(a.trace.requests).toHaveLength(5);
    expect(a.trace.processes).toHaveLength(3);
    expect(a.trace.processes.filter((p) => p.parent !== undefined)).toHaveLength(2);
    expect(b.trace.requests).toHaveLength(4);
    expect(a.trace.id).not.toBe(b.trace.id);
  });

  test('--no-trace: the hook is loaded and nothing is recorded', async () => {
    const result = await nettrace.run(['run', '--no-trace', '-o', 't.nettrace.json', '--', node, requests, '2']);
    const trace = JSON.parse(readFileSync(join(nettrace.home, 't.nettrace.json'), 'utf8'));
    expect(result.stdout).toBe('served 2\n');
    expect(trace.requests).toEqual([]);
    expect(trace.processes).toHaveLength(1);
  });

  test('many requests: all counted, few lines', async () => {
    const { stderr, trace } = await nettrace.trace([requests, '500']);
    expect(trace.requests).toHaveLength(500);
    expect(stderr).toContain('… and 450 more');
    expect(stderr.split('\n').length).toBeLessThan(75);
  });
});

test('nettrace itself is killed: the program goes on, and its spool opens as a trace', async () => {
  const killed = await nettrace.run(['run', '--quiet', '--', node, join(programs, 'slowly.cjs')], {
    on: ['served 10', (child) => child.kill('SIGKILL')],
  });
  expect(killed.signal).toBe('SIGKILL');
  expect(killed.stdout).toBe('served 10\nserved 20\n');
  const [name] = nettrace.spools() as [string];
  const spool = join(nettrace.home, name);
  const out = join(scratch(), 'recovered.nettrace.json');
  const converted = await nettrace.run(['convert', spool, out]);
  expect(converted).toMatchObject({ code: 0, stderr: expect.stringMatching(/^nettrace: saved .* \(20 requests, /) });
  const trace = JSON.parse(readFileSync(out, 'utf8'));
  expect(trace).toMatchObject({ state: 'interrupted', counts: { requests: 20, failed: 0 } });
  expect((await nettrace.run(['show', spool])).stdout).toContain('20 requests');
  rmSync(spool, { recursive: true });
  const none = await nettrace.run(['show', scratch()]);
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('without a trace') });
});

describe('files', () => {
  test('several, each in its format; the description is the masked command', async () => {
    const folder = scratch();
    const files = ['a.nettrace.json', 'b.har', 'c.eve.json'].map((name) => join(folder, name));
    const options = files.flatMap((f) => ['-o', f]);
    const result = await nettrace.run(['run', ...options, '--', node, requests, '2', '--password=planted-secret']);
    expect(result.code).toBe(0);
    const [native, har, eve] = files.map((f) => JSON.parse(readFileSync(f, 'utf8')));
    expect(native.description).toContain('--password=***');
    expect(har.log.entries).toHaveLength(2);
    expect(eve.httpRequests).toHaveLength(2);
    for (const f of files) expect(readFileSync(f, 'utf8')).not.toContain('planted-secret');
    for (const f of files)
      expect(result.stderr).toContain(`saved ${f} (${statSync(f).size.toLocaleString('en')} bytes)`);
  });

  const marker = () => join(scratch(), 'started');
  const touch = (path: string) => ['--', node, '-e', `require('fs').writeFileSync(${JSON.stringify(path)}, '')`];

  test.each([
    [
      'an unknown suffix',
      ['-o', 'trace.json'],
      'trace.json: unknown file extension. Use .nettrace.json, .nettrace.db, .har, .eve.json, .otlp.json or .pcapng.',
    ],
    ['no folder', ['-o', '/nowhere/at/all.har'], 'the folder /nowhere/at does not exist'],
    ['a file as folder', ['-o', '/etc/passwd/a.har'], '/etc/passwd is not a folder'],
    ['a device', ['-o', '/dev/full'], 'unknown file extension'],
    ['twice the same', ['-o', 'a.har', '-o', './a.har'], 'given twice'],
  ])('%s: an error before the program starts', async (_, options, message) => {
    const started = marker();
    const result = await nettrace.run(['run', ...options, ...touch(started)]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(message);
    expect(result.stdout).toBe('');
    expect(existsSync(started)).toBe(false);
  });

  test('a device behind a good name, and a read-only folder, likewise', async () => {
    const started = marker();
    const device = join(scratch(), 'x.har');
    symlinkSync('/dev/full', device);
    const first = await nettrace.run(['run', '-o', device, ...touch(started)]);
    expect(first).toMatchObject({ code: 2, stderr: expect.stringContaining('is not a regular file') });
    const folder = scratch();
    chmodSync(folder, 0o555);
    // root may write anywhere: run as nobody.
    const wrap = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--clear-groups'] : [];
    const second = await nettrace.run(['run', '-o', join(folder, 'x.har'), ...touch(started)], { wrap });
    expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining(`no right to write in ${folder}`) });
    expect(existsSync(started)).toBe(false);
  });

  test('a folder deleted during the run is reported, the trace is kept elsewhere, the exit code stays', async () => {
    const folder = join(scratch(), 'gone');
    mkdirSync(folder);
    const remove = `require('fs').rmSync(${JSON.stringify(folder)}, { recursive: true }); process.exit(9)`;
    const result = await nettrace.run(['run', '--quiet', '-o', join(folder, 'x.har'), '--', node, '-e', remove]);
    expect(result.code).toBe(9);
    expect(result.stderr).toContain('the folder does not exist');
    const kept = /the trace is kept in (.*)/.exec(result.stderr)?.[1] as string;
    expect(JSON.parse(readFileSync(kept, 'utf8')).format).toBe('nettrace');
  });
});

describe('what is said', () => {
  test('--quiet: nothing; --json: one object', async () => {
    const quiet = await nettrace.run(['run', '--quiet', '--', node, requests, '2']);
    expect(quiet.stderr).toBe('');
    const json = await nettrace.run(['run', '--json', '-o', 'j.har', '--', node, requests, '2']);
    expect(JSON.parse(json.stderr)).toMatchObject({
      exitCode: 0,
      state: 'ended',
      counts: { requests: 2, failed: 0 },
      phases: { wait: { count: 2 } },
      outputs: [{ path: join(nettrace.home, 'j.har') }],
    });
  });

  test('a program that did not load the hook: why, and what to do', async () => {
    const result = await nettrace.run(['run', '--', 'env', '-u', 'NODE_OPTIONS', node, requests, '1']);
    expect(result).toMatchObject({ code: 0, stdout: 'served 1\n' });
    expect(result.stderr).toContain('nothing was recorded. env started no Node program with the hook loaded.');
    const old = join(scratch(), 'node');
    writeFileSync(old, '#!/bin/sh\necho v14.21.3\n');
    chmodSync(old, 0o755);
    expect((await nettrace.run(['run', '--', old])).stderr).toContain(
      'is Node 14.21.3; the hook needs Node 18 or later',
    );
  });

  const root = process.getuid?.() === 0;
  if (!root) console.warn('A test is skipped: only root can start a program that becomes another user.');
  test.skipIf(!root)('a program that becomes another user: runs, untraced', async () => {
    const other = ['setpriv', '--reuid=65534', '--clear-groups', node, '-e', 'console.log(process.getuid())'];
    const result = await nettrace.run(['run', '--', ...other]);
    expect(result).toMatchObject({ code: 0, stdout: '65534\n' });
    expect(result.stderr).toMatch(/nothing was recorded.*becomes another user/);
  });

  test('a run inside a run: each has its own', async () => {
    const folder = scratch();
    const inner = [node, nettrace.bin, 'run', '-o', join(folder, 'inner.nettrace.json'), '--', node, requests, '3'];
    const result = await nettrace.run(['run', '-o', join(folder, 'outer.nettrace.json'), '--', ...inner]);
    expect(result).toMatchObject({ code: 0, stdout: 'served 3\n' });
    const [outer, within] = ['outer', 'inner'].map((name) =>
      JSON.parse(readFileSync(join(folder, `${name}.nettrace.json`), 'utf8')),
    );
    expect([outer.requests.length, within.requests.length]).toEqual([0, 3]);
  });

  test('a closed stderr, a full stderr: the program’s code all the same', async () => {
    const shell = (redirect: string) => ['sh', '-c', `exec "$@" ${redirect}`, 'sh'];
    for (const redirect of ['2>&-', '2>/dev/full']) {
      const result = await nettrace.run(['run', '--', node, '-e', 'process.exit(4)'], { wrap: shell(redirect) });
      expect(result.code).toBe(4);
    }
  });

  test('control sequences of the program do not reach the terminal', async () => {
    const evil = `require('http').get('http://127.0.0.1:1/', { method: 'X' }).on('error', () => {});
      require('http').request({ host: '127.0.0.1\\x1b[2J', port: 1 }).on('error', () => {}).end();`;
    const result = await nettrace.run(['run', '--', node, '-e', evil]);
    expect(result.stderr).not.toContain('\x1b');
  });
});
