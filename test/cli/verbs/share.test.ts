/** `nettrace share`: names of real runs are in no byte of the copy, which every verb takes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Trace } from '../../../src/model/records';
import { scratch } from '../../../src/session/testing/scratch';
import { repository } from '../../support/programs/nodes';
import { Nettrace } from '../testing/nettrace';

const nettrace = new Nettrace();
const folder = scratch();
const golden = join(repository, 'src/model/golden/example.nettrace.json');
const trace = join(folder, 'quollApp.nettrace.json');

/** One for each place: so that a leak says where it was. */
const names = [
  'File',
  'Func',
  'Path',
  'Param',
  'Value',
  'Header',
  'Content',
  'Body',
  'Reply',
  'Label',
  'Host',
  'Argument',
  'Description',
  'Message',
  'Title',
  'Environment',
  'Socket',
].map((place) => `quoll${place}`);

const program = `
const http = require('node:http');
const { join } = require('node:path');
const { label } = globalThis[Symbol.for('nettrace')] ?? {};
process.title = 'quollTitle';
const server = http.createServer((q, a) => {
  q.resume();
  a.setHeader('x-quollHeader', 'quollContent');
  a.setHeader('set-cookie', 'quollValue=quollContent');
  a.setHeader('server-timing', 'quollHeader;desc="quollContent"');
  a.end('{"quollReply": "quollReply"}');
});
server.listen(0, '127.0.0.1', async function quollFunc() {
  const url = 'http://127.0.0.1:' + server.address().port + '/quollPath/7?quollParam=quollValue&token=quollValue';
  const ask = async () => {
    const r = await fetch(url, {
      method: 'POST',
      headers: { 'x-quollHeader': 'quollContent', authorization: 'Bearer quollContentContent' },
      body: JSON.stringify({ quollBody: 'quollBody' }),
    });
    await r.text();
  };
  await (label ? label('quollLabel', ask) : ask());
  await fetch('http://quollHost.invalid/quollPath').catch(() => {});
  await new Promise((done) => http.get({ socketPath: '/tmp/quollSocket', path: '/' }).on('error', done));
  const controller = new AbortController();
  const late = fetch(url, { signal: controller.signal }).catch(() => {});
  controller.abort(new Error('quollMessage'));
  await late;
  await new Promise((done) => http.get({ host: '127.0.0.1', port: server.address().port, lookup: (h, o, cb) => cb(new Error('quollMessage')), hostname: 'quollHost.example' }).on('error', done));
  server.close();
});`;

const file = join(folder, 'quollFile.cjs');

/** The ways in which a text may be written. */
const forms = (text: string): string[] => [
  text,
  Buffer.from(text).toString('hex'),
  ...[0, 1, 2].map((n) =>
    Buffer.from(`${'x'.repeat(n)}${text}`)
      .toString('base64')
      .slice(n === 0 ? 0 : 4, -4),
  ),
];
const leaksIn = (text: string, of: readonly string[] = names): string[] => {
  const lower = text.toLowerCase();
  return of.filter((name) => forms(name).some((form) => lower.includes(form.toLowerCase())));
};

beforeAll(async () => {
  writeFileSync(file, program);
  const options = [
    '--headers',
    'values',
    '--bodies',
    '100000',
    '--stacks',
    '--incoming',
    '--sockets',
    '--helper',
    'none',
  ];
  const { code, stderr } = await nettrace.run(
    [
      'run',
      ...options,
      '--description',
      'quollDescription',
      '-o',
      trace,
      '--',
      process.execPath,
      file,
      '--quollArgument=1',
    ],
    { env: { HTTPS_PROXY: 'http://quollEnvironment:1', NO_PROXY: '.quollEnvironment.example' } },
  );
  expect(code, stderr).toBe(0);
});

const outputs = ['a.nettrace.json', 'b.har', 'c.eve.json'].map((name) => join(folder, name));

test('what was recorded is in the trace, and in no form in the copy, of any format', async () => {
  const before = readFileSync(trace, 'utf8');
  // Masked and unrecorded ones aside, so that the test sees what it is for.
  expect(leaksIn(before).length).toBeGreaterThan(12);
  for (const out of outputs) {
    const { code, stdout, stderr } = await nettrace.run(['share', trace, out]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^nettrace: saved .* without names\. Look through it before you give it away\.\n$/);
    const text = readFileSync(out, 'utf8');
    expect({ out, leaks: leaksIn(text) }).toEqual({ out, leaks: [] });
    // Folders of this machine; short ones may be in a hash by chance.
    const machine = folder.split('/').filter((part) => part.length > 6);
    expect({ out, leaks: leaksIn(text, machine) }).toEqual({ out, leaks: [] });
    const shown = await nettrace.run(['show', out]);
    expect(shown.code, shown.stderr).toBe(0);
    expect(shown.stdout).toMatch(/requests/);
  }
});

describe('the copy', () => {
  test('has the times, sizes and outcomes of the trace', async () => {
    await nettrace.run(['share', trace, outputs[0] as string]);
    const [a, b] = [trace, outputs[0] as string].map((path) => JSON.parse(readFileSync(path, 'utf8')) as Trace) as [
      Trace,
      Trace,
    ];
    const figures = (t: Trace) =>
      t.requests.map((r) => [
        r.id,
        r.createdAt,
        r.endAt,
        r.bytesSent,
        r.bytesReceived,
        r.outcome,
        r.response?.status,
        r.error?.code,
      ]);
    expect(figures(b)).toEqual(figures(a));
    expect(b.requests.length).toBeGreaterThan(4);
    expect(b.counts).toEqual(a.counts);
    const said = (t: Trace) => t.findings?.map((f) => [f.id, f.rule, f.severity, f.subjects]);
    expect(said(b)).toEqual(said(a));
    // Header values are gone, with their lengths kept; names that everybody uses stay.
    const headers = b.requests[0]?.headers ?? [];
    expect(headers.map((h) => h.name)).toContain('authorization');
    expect(headers.every((h) => h.length !== undefined || /^(connection|accept-encoding)$/i.test(h.name))).toBe(true);
  });

  test('is read by mcp, convert and show as any trace', async () => {
    const out = join(folder, 'golden.nettrace.json');
    expect((await nettrace.run(['share', golden, out])).code).toBe(0);
    const [before, after] = await Promise.all(
      [golden, out].map(async (path) => JSON.parse((await nettrace.run(['show', path, '--json'])).stdout)),
    );
    const of = (shown: {
      requests: {
        id: string;
        state: string;
        duration: number;
        phases: object;
        verdict: { level: string; rule: string; certainty: string };
      }[];
    }) =>
      shown.requests.map(({ id, state, duration, phases, verdict: { level, rule, certainty } }) => ({
        id,
        state,
        duration,
        phases,
        level,
        rule,
        certainty,
      }));
    expect(of(after)).toEqual(of(before));
    expect((await nettrace.run(['convert', out, join(folder, 'again.har')])).code).toBe(0);
  });
});

test.each([
  ['x.txt', 'unknown file extension'],
  ['x.pcapng', 'holds no bytes of packets'],
])('%s is refused', async (name, message) => {
  const { code, stderr } = await nettrace.run(['share', golden, join(folder, name)]);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

test('the trace itself is not written over', async () => {
  const before = readFileSync(trace);
  const { code, stderr } = await nettrace.run(['share', trace, trace]);
  expect(code).toBe(2);
  expect(stderr).toContain('is the trace itself');
  expect(readFileSync(trace).equals(before)).toBe(true);
});
