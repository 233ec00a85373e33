/**
 * Secrets in every place that a program has them, through `nettrace run` into everything that it writes: none is there.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, test } from 'vitest';
import type { Trace } from '../../src/model/records';
import { scratch } from '../../src/session/testing/scratch';
import { delay } from '../support/clock';
import { closedPort } from '../support/ports';
import { nodes } from '../support/programs/nodes';
import { cleanEnvironment } from '../support/programs/program';
import { Receiver } from './otlp/receiver';
import { Nettrace, programs } from './testing/nettrace';

const nettrace = new Nettrace();

const planted = 'pLaNtEd47';
const program = join(programs, 'secretive.cjs');
const own = ['--password=', '--api-key '].flatMap((name, i) => `${name}${planted}${40 + i}`.split(' '));

/** Where a text has a planted secret, with what is round it. */
const leaks = (text: string): string[] =>
  [...text.matchAll(new RegExp(planted, 'gi'))].map(({ index }) => text.slice(Math.max(0, index - 80), index + 20));

test.each([
  { headers: 'off', view: '--log' },
  { headers: 'names', view: '--table' },
  { headers: 'lengths', view: '--log' },
  { headers: 'values', view: '--table' },
])('headers $headers, $view: in no file, on no screen', async ({ headers, view }) => {
  const folder = scratch();
  const files = ['a.nettrace.json', 'b.har', 'c.eve.json', 'd.otlp.json'].map((name) => join(folder, name));
  const to = await new Receiver().start();
  const options = [
    '--otlp',
    to.url,
    '--otlp-protocol',
    'http/json',
    '--headers',
    headers,
    '--bodies',
    '100000',
    '--incoming',
    '--stacks',
    '--sockets',
    view,
  ];
  const result = await nettrace.run(
    ['run', ...options, ...files.flatMap((f) => ['-o', f]), '--', process.execPath, program, 'all', ...own],
    { env: { PLANTED: planted } },
  );
  await to.stop();
  expect(result.code, result.stderr).toBe(0);
  expect(to.spans.length).toBeGreaterThan(20);
  expect(leaks(JSON.stringify(to.accepted))).toEqual([]);
  const trace = JSON.parse(readFileSync(files[0] as string, 'utf8')) as Trace;
  // All that holds a secret was recorded.
  const seen = trace.requests.map((r) => r.url ?? '').join('\n');
  for (const path of ['/credentials', '/moved', '/path/***', '/form', '/json', '/error', 'nowhere.invalid', '/child'])
    expect(seen).toContain(path);
  expect(trace.processes).toHaveLength(2);
  expect(JSON.stringify(trace.requests.map((r) => [r.body, r.response?.content]))).toContain('***');
  expect(leaks(result.stderr + result.stdout)).toEqual([]);
  const [request] = trace.requests.filter((r) => r.url?.includes('/form'));
  const one = ['--request', request?.id ?? '', '--body'];
  const shows = [['--json', '--body'], one, []].map((more) => nettrace.run(['show', ...more, files[0] as string]));
  for (const { code, stdout, stderr } of await Promise.all(shows)) {
    expect(code, stderr).toBe(0);
    expect(leaks(stdout + stderr)).toEqual([]);
  }
  expect(readdirSync(folder)).toHaveLength(files.length);
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('***');
    expect({ file, leaks: leaks(text) }).toEqual({ file, leaks: [] });
  }
});

/** Datagrams that came to a port of loopback. */
async function datagrams() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const got: string[] = [];
  socket.on('message', (message) => got.push(String(message)));
  return { to: `udp://127.0.0.1:${socket.address().port}`, got, close: () => socket.close() };
}

/** The metrics, once there are some of requests. */
async function scraped(port: number): Promise<string> {
  for (;;) {
    const text = await fetch(`http://127.0.0.1:${port}/metrics`).then((response) => response.text());
    if (/^nettrace_requests_total\{/m.test(text)) return text;
    await delay(50);
  }
}

/** What each tool of `nettrace mcp` says of the trace. */
async function toolsSay(file: string): Promise<string> {
  const client = new Client({ name: 'test', version: '1' });
  const env = { ...cleanEnvironment(), TMPDIR: nettrace.home };
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [nettrace.bin, 'mcp', file], env }));
  const ask = async (name: string, given = {}) => JSON.stringify(await client.callTool({ name, arguments: given }));
  const { requests } = JSON.parse(readFileSync(file, 'utf8')) as Trace;
  const all = [await ask('summary'), await ask('list_requests', { limit: 500 }), await ask('findings')];
  for (const { id } of requests) all.push(await ask('explain_request', { id }));
  await client.close();
  return all.join('\n');
}

describe('all other outputs', () => {
  const folder = scratch();
  const at = (name: string) => join(folder, name);
  const trace = at('a.nettrace.json');
  const said: Record<string, string> = {};

  test('of a run: metrics, both kinds of datagrams, lines in a file and on the screen', async () => {
    const [stream, statsd] = [await datagrams(), await datagrams()];
    const port = await closedPort();
    let metrics: Promise<string> | undefined;
    const sinks = [
      '--metrics',
      String(port),
      '--stream',
      stream.to,
      '--statsd',
      statsd.to.slice('udp://'.length),
      '--log-file',
      at('log.jsonl'),
    ];
    const recorded = ['--headers', 'values', '--bodies', '100000', '--incoming', '--stacks', '--sockets'];
    const result = await nettrace.run(
      ['run', '--log', '--json', ...sinks, ...recorded, '-o', trace, '--', process.execPath, program, 'all', ...own],
      {
        env: { PLANTED: planted, HOLD: '1' },
        isInputOpen: true,
        on: [
          'all done',
          (child) => {
            metrics = scraped(port).finally(() => child.stdin?.end());
          },
        ],
      },
    );
    expect(result.code, result.stderr).toBe(0);
    said.screen = result.stderr + result.stdout;
    said.metrics = (await metrics) ?? '';
    said.stream = stream.got.join('\n');
    said.statsd = statsd.got.join('\n');
    said['log file'] = readFileSync(at('log.jsonl'), 'utf8');
    for (const one of [stream, statsd]) one.close();
    for (const name of ['screen', 'stream', 'log file']) expect(said[name]).toContain('***');
    for (const name of ['metrics', 'statsd']) expect(said[name]).toContain('nettrace');
  });

  // `from` is a file that the command writes; without it what it prints.
  test.each([
    { name: 'show --top', args: ['show', trace, '--top', 'host'] },
    { name: 'show, a query', args: ['show', trace, '--query', 'form', '--json'] },
    { name: 'diff', args: ['diff', trace, at('b.har')] },
    { name: 'diff --json', args: ['diff', trace, at('b.har'), '--json'] },
    { name: 'check', args: ['check', at('rules.yml'), trace] },
    { name: 'check --json', args: ['check', at('rules.yml'), trace, '--json'] },
    { name: 'check --github', args: ['check', at('rules.yml'), trace, '--github'] },
    { name: 'check --junit', args: ['check', at('rules.yml'), trace, '--junit', at('j.xml')], from: 'j.xml' },
    { name: 'check --markdown', args: ['check', at('rules.yml'), trace, '--markdown', at('m.md')], from: 'm.md' },
    { name: 'share', args: ['share', trace, at('copy.nettrace.json')], from: 'copy.nettrace.json' },
    { name: 'doctor', args: ['doctor', '--json'] },
    { name: 'query', args: ['query', trace, 'select * from requests'], node: nodes.at(-1)?.binary },
    {
      name: 'convert to a database',
      args: ['convert', trace, at('c.nettrace.db')],
      from: 'c.nettrace.db',
      node: nodes.at(-1)?.binary,
    },
  ])('$name', async ({ name, args, from, node }) => {
    // Of the other side of the comparison each request is gone.
    writeFileSync(
      at('b.har'),
      JSON.stringify({ log: { version: '1.2', creator: { name: 'x', version: '1' }, entries: [] } }),
    );
    writeFileSync(
      at('rules.yml'),
      'version: 1\nrules:\n  - { id: none, max: 0 }\n  - { id: all, assert: { hosts: { only: [nowhere.test] } } }\n',
    );
    const { code, stdout, stderr } = await nettrace.run(args, { env: { PLANTED: planted }, ...(node ? { node } : {}) });
    expect([0, 1], stderr).toContain(code);
    said[name] = stderr + (from === undefined ? stdout : readFileSync(at(from), 'latin1'));
    expect(said[name]?.length).toBeGreaterThan(50);
  });

  test('tools for an assistant', async () => {
    said.mcp = await toolsSay(trace);
    expect(said.mcp).toContain('***');
  });

  test('hold none', () => {
    expect(Object.keys(said)).toHaveLength(19);
    for (const [name, text] of Object.entries(said)) expect({ name, leaks: leaks(text) }).toEqual({ name, leaks: [] });
  });
});
