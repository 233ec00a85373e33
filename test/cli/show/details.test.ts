/**
 * `nettrace show` says all that was recorded: a program with headers, bodies, stacks and a label, its trace in every form.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Trace } from '../../../src/model/records';
import { scratch } from '../../../src/session/testing/scratch';
import { repository } from '../../support/programs/nodes';
import { Nettrace } from '../testing/nettrace';

const golden = join(repository, 'src/model/golden/example.nettrace.json');
const schema = JSON.parse(readFileSync(join(repository, 'docs/show.schema.json'), 'utf8')) as object;
const nettrace = new Nettrace();
let file: string;

const program = `
const http = require('node:http');
const { label } = globalThis[Symbol.for('nettrace')] ?? {};
const server = http.createServer((q, a) => {
  q.resume();
  a.setHeader('x-served-by', 'trial');
  a.setHeader('content-type', 'application/json');
  a.end('{"answer": 42,\\n"escape": "\\u001b[31m", "password": "hunter2"}');
});
server.listen(0, '127.0.0.1', async () => {
  async function placeOrder() {
    const r = await fetch('http://127.0.0.1:' + server.address().port + '/orders', {
      method: 'POST',
      headers: { 'x-sent': 'yes', 'content-type': 'text/plain' },
      body: 'two\\nlines',
    });
    await r.text();
  }
  await placeOrder();
  server.close();
});`;

beforeAll(async () => {
  const folder = scratch();
  file = join(folder, 'all.nettrace.json');
  writeFileSync(join(folder, 'program.cjs'), program);
  const options = ['--headers', 'values', '--bodies', '1000', '--stacks', '--helper', 'none'];
  const command = ['run', '--quiet', ...options, '-o', file, '--', process.execPath, join(folder, 'program.cjs')];
  const { code, stderr } = await nettrace.run(command);
  expect({ code, stderr: stderr.replace(/^nettrace: saved .*\n/m, '') }).toEqual({ code: 0, stderr: '' });
});

async function shown(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await nettrace.run(['show', ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  return stdout;
}

describe('one request', () => {
  test('start, stack, headers, phases; bodies on request', async () => {
    const { requests } = JSON.parse(readFileSync(file, 'utf8')) as Trace;
    const id = requests[0]?.id ?? '';
    const text = await shown(file, '--request', id);
    expect(text).toMatch(/^POST http:\/\/127\.0\.0\.1:\d+\/orders {2}200\n/);
    expect(text).toMatch(/started \d\d:\d\d:\d\d\.\d{3}, [\d.]+ m?s after the trace began/);
    expect(text).toMatch(/ {4}at (async )?placeOrder \(.*program\.cjs:\d+:\d+\)/);
    expect(text).toContain('  > x-sent: yes\n');
    expect(text).toContain('  < x-served-by: trial\n');
    expect(text).toMatch(/waiting for server +[\d.]+ ms +[\d.]+ ms {2}│ *█+ *│\n/);
    expect(text).toContain('(the response body is recorded: --body)');
    expect(text).not.toContain('two');
    const whole = await shown(file, '--request', id, '--body');
    expect(whole).toContain('  > two\n  > lines\n');
    expect(whole).toContain('  < {"answer": 42,\n');
    expect(whole).not.toContain('hunter2');
    // In the view of all requests too.
    expect(await shown(file, '--view', 'request', '--body')).toContain('  > two\n  > lines\n');
  });

  test('TLS, certificate, lookup, kernel, attempts', async () => {
    const text = await shown(golden, '--request', '10');
    expect(text).toContain('connection #2 to 198.51.100.7:443, http/1.1, TLSv1.3, 2nd request on it');
    expect(text).toContain(
      'certificate CN=pay.example.test, issued by CN=Example Test CA, valid 2026-05-01 to 2027-05-01',
    );
    expect(text).toContain('kernel: round trip at least 21 ms, 0 segments repeated');
    // The request before had it looked up; this one found the connection ready.
    expect(text).not.toContain('looked up');
    expect(await shown(golden, '--request', '7')).toContain('looked up pay.example.test: 198.51.100.7 (getaddrinfo)');
    const first = await shown(golden, '--request', '4711-0-1');
    expect(first).toContain(
      'tried [2001:db8::10]:8080: ETIMEDOUT, 250 ms\n  tried 192.0.2.10:8080: connected, 0.8 ms\n',
    );
  });

  test('an id that is none, or of several', async () => {
    const none = await nettrace.run(['show', golden, '--request', 'x']);
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('--request x: there is no such request') });
  });
});

test('--columns, --sort, --rows', async () => {
  const text = await shown(golden, '--columns', 'id,clock,status,total,dns', '--sort', 'duration', '--rows', '2');
  expect(text.split('\n').slice(2)).toEqual([
    'id         clock         status   total    dns',
    '4711-0-10  11:30:00.491  503     899 ms      -',
    '4711-0-7   11:30:00.481  200     596 ms  20 ms',
    '… and 6 more',
    '',
  ]);
  const wrong = await nettrace.run(['show', golden, '--columns', 'id,foo']);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('"foo" is no column. The columns are id, ') });
});

describe('--json', () => {
  test('fits docs/show.schema.json, which describes each of its fields', async () => {
    const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
    for (const args of [
      [golden],
      [file],
      [file, '--body'],
      [golden, '--query', 'status:>=500'],
      [golden, '--rows', '2'],
    ]) {
      const value = JSON.parse(await shown(...args, '--json')) as {
        requests: Record<string, unknown>[];
        matched: number;
      };
      expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
      const properties = (schema as never as { properties: { requests: { items: { properties: object } } } })
        .properties;
      for (const request of value.requests)
        expect(Object.keys(properties.requests.items.properties)).toEqual(expect.arrayContaining(Object.keys(request)));
    }
    expect(validate({ format: 'nettrace-show' })).toBe(false);
  });

  test('bodies on request; how many match', async () => {
    expect(await shown(file, '--json')).not.toContain('two');
    const value = JSON.parse(await shown(file, '--json', '--body')) as { requests: { record: unknown }[] };
    expect(value.requests[0]?.record).toMatchObject({ body: { content: { text: 'two\nlines' } } });
    const some = JSON.parse(await shown(golden, '--json', '--rows', '2')) as { requests: unknown[]; matched: number };
    expect([some.requests.length, some.matched]).toEqual([2, 8]);
  });
});

describe('the standard input', () => {
  test('show -, convert -', async () => {
    const input = readFileSync(golden);
    const plain = await nettrace.run(['show', golden]);
    expect(await nettrace.run(['show', '-'], { input })).toMatchObject({ code: 0, stdout: plain.stdout, stderr: '' });
    const to = join(scratch(), 'out.nettrace.json');
    const { code, stderr } = await nettrace.run(['convert', '-', to], { input });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `nettrace: saved ${to} (8 requests, ${readFileSync(to).length.toLocaleString('en')} bytes)\n`,
    });
    expect(JSON.parse(readFileSync(to, 'utf8'))).toEqual(JSON.parse(input.toString()));
  });
  test('nothing, and what is no trace', async () => {
    expect(await nettrace.run(['show', '-'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('which was empty'),
    });
    const text = await nettrace.run(['show', '-'], { input: Buffer.from('{"a":1}') });
    expect(text).toMatchObject({ code: 2, stderr: expect.stringContaining('standard input') });
  });
});

test.each([
  [['--top', 'host', '--json'], '--top and --json: use only one of them'],
  [['--view', 'tcplife', '--top', 'host'], '--top and --view tcplife: use only one of them'],
  [['--body'], '--body goes with --request ID, --view request or --json'],
  [['--top', 'host', '--rows', '3'], '--rows does not go with --top'],
  [['--request', '1', '--query', 'a'], '--request shows one request; it does not go with --query'],
])('%j is refused', async (args, message) => {
  const { code, stderr } = await nettrace.run(['show', golden, ...args]);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
