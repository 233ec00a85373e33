/** Options that have no effect, or not the one that was meant, are said. */
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Trace } from '../../src/model/records';
import { scratch } from '../../src/session/testing/scratch';
import { Nettrace, programs } from './testing/nettrace';

const nettrace = new Nettrace();
const requests = ['--', process.execPath, join(programs, 'requests.cjs'), '2'];

test.each([
  [
    '--body-types without --bodies',
    ['run', '--body-types', 'text/', ...requests],
    '--body-types needs --bodies BYTES.',
  ],
  ['a forgotten --', ['run', '-e', '1'], 'must follow --, such as: nettrace run -- node -e 1'],
  ['a number that is none', ['run', '--sample', 'x', ...requests], 'Use a whole number, 1 or more.'],
  ['no bound at all', ['run', '--max-requests', '0', ...requests], 'Use a whole number from 1 to 10,000,000.'],
])('%s: refused before the program starts', async (_, args, message) => {
  const { code, stdout, stderr } = await nettrace.run(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test.skipIf(process.platform !== 'linux')('a folder that takes no files is not said to be missing', async () => {
  const { code, stderr } = await nettrace.run(['run', '-o', '/proc/x.har', ...requests]);
  expect(code).toBe(2);
  expect(stderr).toContain('/proc/x.har cannot be written: no file can be made in /proc.');
});

test.each([
  [['help', 'foo'], "unknown command 'foo'"],
  [['requests', 'help', 'foo'], "unknown command 'foo'"],
  [['help', 'requests', 'foo'], "unknown command 'foo'"],
  [['run', '-o', 'x.parquet', ...requests], 'x.parquet: unknown file extension. Use .nettrace.json'],
  [['run', '--', ''], 'The name of the program is empty.'],
  [['requests', 'enable', ''], 'The id is empty. `nettrace rules list` lists the ids.'],
])('%j says what is wrong', async (args, message) => {
  const { code, stdout, stderr } = await nettrace.run(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('help of a command, and of one below it', async () => {
  expect(await nettrace.run(['help'])).toMatchObject({ code: 0, stdout: (await nettrace.run(['--help'])).stdout });
  for (const [words, usage] of [
    [['help', 'show'], 'Usage: nettrace show [options] <trace>'],
    [['help', 'requests', 'get'], 'Usage: nettrace rules get [options] <id>'],
    [['requests', 'help', 'get'], 'Usage: nettrace rules get [options] <id>'],
  ] as const)
    expect(await nettrace.run(words)).toMatchObject({ code: 0, stdout: expect.stringContaining(usage) });
});

test('--no-trace says that nothing was traced', async () => {
  const { code, stderr } = await nettrace.run(['run', '--no-trace', ...requests]);
  expect(code).toBe(0);
  expect(stderr).toBe('nettrace: nothing was traced: --no-trace, and no trace rule was enabled during the run\n');
});

test('--max-requests bounds a trace without a file for all of it; the sums stay those of all', async () => {
  const folder = scratch();
  const dropped = 'The oldest 7 requests were dropped from the trace (limit 5; change it with run --max-requests)';
  const command = [process.execPath, join(programs, 'requests.cjs'), '12'];
  const { stderr } = await nettrace.run([
    ...['run', '--max-requests', '5', '-o', join(folder, 'a.har'), '-o', join(folder, 'a.eve.json'), '--'],
    ...command,
  ]);
  expect(stderr).toContain('12 requests');
  expect(stderr).toContain(dropped);

  // What VS Code saves of such a run.
  const file = join(folder, 'a.nettrace.json');
  await nettrace.run(['run', '--max-requests', '5', '-o', file, '--', ...command]);
  const trace = JSON.parse(readFileSync(file, 'utf8')) as Trace;
  trace.requests.splice(0, 7);
  const ends = { serverErrors: 0, clientErrors: 0, aborted: 0, interrupted: 0 };
  trace.counts.evictedRequests = 7;
  trace.counts.totals = { ...ends, reuses: 3, bytesSent: 1200, bytesReceived: 2400 };
  trace.losses.push({ source: 'session', what: 'requests', kind: 'evicted', count: 7 });
  writeFileSync(file, JSON.stringify(trace));
  const { stdout } = await nettrace.run(['show', file]);
  for (const text of ['12 requests', 'reused 3 times', dropped]) expect(stdout).toContain(text);
  for (const form of [
    ['--top', 'host'],
    ['--columns', 'url'],
    ['--view', 'request'],
  ])
    expect((await nettrace.run(['show', file, ...form])).stdout).toContain('of the 5 requests that the trace kept\n');
  const { stdout: queried } = await nettrace.run(['show', file, '--query', 'status:200']);
  expect(queried).toContain('5 of 5 requests that the trace kept match status:200\n');
});

test('FORCE_COLOR decides over a pipe and over NO_COLOR', async () => {
  const stderrOf = async (env: Record<string, string>) => (await nettrace.run(['run', ...requests], { env })).stderr;
  expect(await stderrOf({ FORCE_COLOR: '1' })).toContain('\x1b[');
  expect(await stderrOf({ FORCE_COLOR: '0' })).not.toContain('\x1b[');
  expect(await stderrOf({})).not.toContain('\x1b[');
});

test.skipIf(process.platform === 'win32')('each line of --log begins on a new line', async () => {
  const path = join(scratch(), 'stderr.txt');
  const file = openSync(path, 'a');
  const program = `process.stderr.write('partial'); require('node:http').get('http://127.0.0.1:9/').on('error', () => {});`;
  const stdio: ['ignore', 'ignore', number] = ['ignore', 'ignore', file];
  await nettrace.run(['run', '--log', '--quiet', '--', process.execPath, '-e', program], { stdio });
  closeSync(file);
  const lines = readFileSync(path, 'utf8').split('\n');
  expect(lines.filter((l) => l.includes('nettrace: '))).not.toEqual([]);
  for (const line of lines) if (line.includes('nettrace: ')) expect(line).toMatch(/^nettrace: /);
});

test('help shows defaults, examples and exit codes; former names are taken and not listed', async () => {
  const { stdout } = await nettrace.run(['run', '--help']);
  for (const words of [
    '(default: 20000)',
    'Examples:',
    'exit code',
    '--tls-keys',
    '--kernel-sample',
    '--capture-headers-only',
  ])
    expect(stdout.replace(/\s+/g, ' ')).toContain(words);
  for (const former of ['--keys', '--kernel-modulus', '--capture-headers '])
    expect(stdout).not.toContain(`  ${former}`);
  const { code } = await nettrace.run(['run', '--quiet', '--kernel-modulus', '2', ...requests]);
  expect(code).toBe(0);
});

test.skipIf(process.platform !== 'linux')('a current folder that was deleted: said without a stack', async () => {
  for (const verb of ['run -- true', 'doctor']) {
    const gone = `cd "$(mktemp -d)" && rmdir "$PWD" && exec "$@" ${verb}`;
    const { code, stderr } = await nettrace.run([], { wrap: ['sh', '-c', gone, 'sh'] });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'nettrace: The current folder no longer exists. Change to another one.\n',
    });
  }
});
