/**
 * What options bring, by what the server saw: headers and parameters that are kept out of a trace, TLS keys in a file.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Trace } from '../../src/model/records';
import { scratch } from '../../src/session/testing/scratch';
import { until } from '../support/clock';
import { certificate } from '../support/servers/certificates';
import { Nettrace, programs } from './testing/nettrace';

const nettrace = new Nettrace();
/** As the server has them: what it was asked, with which headers, and the secrets of its connections. */
const seen = { urls: [] as string[], headers: [] as NodeJS.Dict<string | string[]>[], keys: new Set<string>() };
const server = createServer(certificate('server'), (request, response) => {
  seen.urls.push(request.url ?? '');
  seen.headers.push(request.headers);
  response.end('hello');
}).on('keylog', (line) => seen.keys.add(line.toString().trim()));
let target = '';
let folder = '';

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  target = `https://127.0.0.1:${(server.address() as AddressInfo).port}/buy?customer=Mrs-7&item=cup-7`;
});
afterAll(() => server.close());
beforeEach(() => {
  folder = scratch();
  seen.urls = [];
  seen.headers = [];
  seen.keys.clear();
});

const traced = (options: readonly string[], whileRunning: () => Promise<unknown> = async () => {}) => {
  let running: Promise<unknown> | undefined;
  const command = [process.execPath, join(programs, 'tls.cjs')];
  return nettrace
    .run(['run', ...options, '--', ...command], {
      cwd: folder,
      env: { TARGET: target, NODE_EXTRA_CA_CERTS: certificate.root },
      isInputOpen: true,
      on: [
        'done',
        (child) => {
          running = whileRunning().finally(() => child.stdin?.end('\n'));
        },
      ],
    })
    .then(async (result) => {
      await running;
      expect(result.code, result.stderr).toBe(0);
      return result;
    });
};

test('--exclude-headers and --masked-parameters: the server got them, the trace has neither', async () => {
  const record = ['--headers', 'values', '-o', 'a.nettrace.json', '-o', 'a.har'];
  await traced([...record, '--exclude-headers', 'x-INTERNAL,cookie', '--masked-parameters', 'Customer']);
  expect(seen.urls).toEqual(['/buy?customer=Mrs-7&item=cup-7']);
  expect(seen.headers).toMatchObject([{ 'x-internal': 'internal-7', 'x-public': 'public-7' }]);
  for (const file of ['a.nettrace.json', 'a.har']) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const part of ['public-7', 'cup-7', 'customer=***']) expect(text).toContain(part);
    expect(text).not.toMatch(/internal-7|Mrs-7/);
  }
  const { requests } = JSON.parse(readFileSync(join(folder, 'a.nettrace.json'), 'utf8')) as Trace;
  expect(requests[0]?.headers).toContainEqual({ name: 'X-Internal', length: 'internal-7'.length });

  await traced(record);
  expect(readFileSync(join(folder, 'a.nettrace.json'), 'utf8')).toMatch(
    /internal-7[\s\S]*Mrs-7|Mrs-7[\s\S]*internal-7/,
  );
});

test('values that do not fit in the environment of a program: named, their defaults in force, the program as ever', async () => {
  const change = `
    const conf = { ...JSON.parse(process.env.NETTRACE_CONF), headers: 'all', bodies: '4k', stacks: 1 };
    const env = { ...process.env, NETTRACE_CONF: JSON.stringify(conf) };
    require('child_process').spawn(process.execPath, [process.argv[1]], { env, stdio: 'inherit' });`;
  const result = await nettrace.run(
    [
      'run',
      '-o',
      'a.nettrace.json',
      '--headers',
      'values',
      '--',
      process.execPath,
      '-e',
      change,
      join(programs, 'tls.cjs'),
    ],
    {
      cwd: folder,
      env: { TARGET: target, NODE_EXTRA_CA_CERTS: certificate.root },
      isInputOpen: true,
      on: ['done', (child) => child.stdin?.end('\n')],
    },
  );
  expect([result.code, result.stdout]).toEqual([0, 'done\n']);
  expect(result.stderr).toContain(
    'NETTRACE_CONF in the environment of a traced program has values that are not valid: headers, bodies, stacks.',
  );
  const { requests } = JSON.parse(readFileSync(join(folder, 'a.nettrace.json'), 'utf8')) as Trace;
  expect(requests.map((r) => [r.outcome, r.headers])).toEqual([['complete', undefined]]);
});

const file = () => join(folder, 'keys.log');
const lines = () => readFileSync(file(), 'utf8').trimEnd().split('\n');
/** Those of one handshake by TLS 1.3. */
const handshakeKeys = () =>
  until('the keys of a handshake', () => lines().length >= 5).catch((error) => {
    const labels = lines().map((line) => line.split(' ', 1)[0]);
    throw new Error(`${error.message}; there are ${labels.join(', ')}; the server has ${seen.keys.size}`);
  });

test('--tls-key-log: the server’s own secrets, while the program runs and after', async () => {
  await traced(['--tls-key-log', 'keys.log'], handshakeKeys);
  expect(new Set(lines())).toEqual(seen.keys);
  if (process.platform !== 'win32') expect(statSync(file()).mode & 0o777).toBe(0o600);
});

test('--delete-tls-keys: there while the program runs, gone after; lines of others stay', async () => {
  await traced(['--tls-key-log', 'keys.log', '--delete-tls-keys'], handshakeKeys);
  expect(seen.keys.size).toBeGreaterThanOrEqual(5);
  expect(existsSync(file())).toBe(false);

  writeFileSync(file(), 'CLIENT_RANDOM of another\n', { mode: 0o644 });
  await traced(['--tls-key-log', 'keys.log', '--delete-tls-keys'], handshakeKeys);
  expect(lines()).toEqual(['CLIENT_RANDOM of another']);
});

test.each([
  [['--tls-key-log', 'no/such/keys.log'], 'The TLS key log cannot be written: ENOENT'],
  [['--tls-key-log', '.'], 'The TLS key log cannot be written: EISDIR'],
  [['--delete-tls-keys'], '--delete-tls-keys needs --tls-key-log FILE.'],
  [['--capture-snap-length', '128'], '--capture-snap-length needs --capture.'],
  [['--capture', '--capture-snap-length', '63'], 'Use a whole number from 64 to 262,144.'],
  [
    ['--capture', '--capture-interfaces', 'lo,none7'],
    '--capture-interfaces: there is no network interface none7; there',
  ],
  [['--kernel-families', 'ipv5'], 'Use ipv4, ipv6, with commas between.'],
])('%j: an error before the program starts', async (options, message) => {
  const result = await nettrace.run(['run', ...options, '--', process.execPath, '-e', 'console.log(1)'], {
    cwd: folder,
  });
  expect([result.code, result.stdout]).toEqual([2, '']);
  expect(result.stderr).toContain(message);
});
