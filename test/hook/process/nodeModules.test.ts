/** Node's modules are patched when the program loads them: none earlier, and no first request is missed, however it loads them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratch } from '../../../src/session/testing/scratch';
import { nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { faultsOf, runTraced } from '../../support/programs/run';

/** Nobody listens there. */
const to = `{ host: '127.0.0.1', port: 1, path: '/first' }`;
const ignore = `.on('error', () => {})`;

interface Way {
  name: string;
  file: string;
  /** The call is in the last line. */
  lines: string[];
  api: string;
  /** Node that has it. */
  since?: number;
}

const ways: Way[] = [
  { name: 'require http', file: 'a.cjs', lines: [`require('http').get(${to})${ignore};`], api: 'http' },
  {
    name: 'require node:http',
    file: 'a.cjs',
    lines: [`require('node:http').request(${to})${ignore}.end();`],
    api: 'http',
  },
  {
    name: 'a function of it',
    file: 'a.cjs',
    lines: [`const { get } = require('http');`, `get(${to})${ignore};`],
    api: 'http',
  },
  { name: 'https alone', file: 'a.cjs', lines: [`require('https').get(${to})${ignore};`], api: 'https' },
  {
    name: 'its class',
    file: 'a.cjs',
    lines: [`const { ClientRequest } = require('node:http');`, `new ClientRequest(${to})${ignore}.end();`],
    api: 'http',
  },
  {
    name: 'after http2, tls and net',
    file: 'a.cjs',
    lines: [`for (const m of ['net', 'tls', 'http2']) require(m);`, `require('http').get(${to})${ignore};`],
    api: 'http',
  },
  { name: 'import', file: 'a.mjs', lines: [`import http from 'http';`, `http.get(${to})${ignore};`], api: 'http' },
  {
    name: 'import a function',
    file: 'a.mjs',
    lines: [`import { get } from 'node:https';`, `get(${to})${ignore};`],
    api: 'https',
  },
  {
    name: 'import()',
    file: 'a.mjs',
    lines: [`const { request } = await import('node:http');`, `request(${to})${ignore}.end();`],
    api: 'http',
  },
  {
    name: 'import() in CommonJS',
    file: 'a.cjs',
    lines: [`import('http').then(({ get }) =>`, `get(${to})${ignore});`],
    api: 'http',
  },
  {
    name: 'createRequire',
    file: 'a.mjs',
    lines: [
      `import { createRequire } from 'node:module';`,
      `createRequire(import.meta.url)('http').get(${to})${ignore};`,
    ],
    api: 'http',
  },
  {
    name: 'getBuiltinModule',
    file: 'a.mjs',
    lines: [`process.getBuiltinModule('http').get(${to})${ignore};`],
    api: 'http',
    since: 22,
  },
  { name: 'fetch', file: 'a.cjs', lines: [`fetch('http://127.0.0.1:1/first').catch(() => {});`], api: 'fetch' },
];

const network = [
  'net',
  'tls',
  'http',
  'https',
  'http2',
  'dns',
  'internal/dns/promises',
  'dgram',
  'inspector',
  'worker_threads',
];
const loaded = `
  const { moduleLoadList: list } = process;
  console.log(${JSON.stringify(network)}.filter((name) => list.includes('NativeModule ' + name)).join());
  console.log(Array.isArray(list), list instanceof Array, list.map((x) => x).length === list.length, Object.keys(list).length === list.length);
`;

function program(file: string, text: string): string {
  const path = join(scratch(), file);
  writeFileSync(path, text);
  return path;
}

describe.each(nodes)('Node $major', (node) => {
  test('a program that makes no request has no module more of these', async () => {
    const file = program('a.cjs', `process.on('exit', () => {${loaded}});`);
    const plain = await runPlain(node, file);
    expect(plain.stdout).toMatch(/^\ntrue true true true\n$/);
    const run = await runTraced(node, file);
    expect(run).toMatchObject({ code: 0, stderr: '', stdout: plain.stdout });
    expect(run.lines.at(-1)?.text).toContain('"k":"exit"');
  });

  test('a program that asks for a name has those that it needs', async () => {
    const file = program('a.cjs', `require('dns').lookup('localhost', () => {${loaded}});`);
    const plain = await runPlain(node, file);
    const run = await runTraced(node, file);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    // "net" for the class of its sockets: the hook tells names from addresses by it.
    const more = (text: string) => text.split('\n')[0]?.split(',') ?? [];
    expect(more(run.stdout).filter((name) => !more(plain.stdout).includes(name) && name !== 'net')).toEqual([]);
    expect(run.trace.lookups.map((l) => l.hostname)).toEqual(['localhost']);
  });

  test.each([
    ['require', `require('dns').promises.lookup('localhost')`],
    ['dns/promises', `require('dns/promises').lookup('localhost')`],
    ['import', `import('node:dns/promises').then((dns) => dns.lookup('localhost'))`],
  ])('the first lookup as a promise: %s', async (_, code) => {
    const run = await runTraced(node, program('a.cjs', `${code}.then(() => {});`));
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.trace.lookups.map((l) => l.hostname)).toEqual(['localhost']);
  });

  test('the first connection of a program that loads "net" alone', async () => {
    const run = await runTraced(node, program('a.cjs', `require('net').connect(1, '127.0.0.1')${ignore};`));
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect([...run.store.connections.values()].map((c) => c.remote?.address)).toEqual(['127.0.0.1']);
  });

  // What follows requests is loaded after that.
  test('a program that replaces what the hook uses, before it loads the first module for the network', async () => {
    const lines = [
      `const fs = require('fs'), vm = require('vm');`,
      `const no = () => { throw new Error('mocked'); };`,
      `for (const name of ['readFileSync', 'openSync', 'writeSync', 'statSync', 'existsSync', 'fstatSync']) fs[name] = no;`,
      `vm.Script = vm.runInThisContext = JSON.stringify = JSON.parse = process.hrtime = performance.now = Reflect.apply = no;`,
      `globalThis.performance = globalThis.setTimeout = globalThis.setImmediate = no;`,
      `require('http').get(${to})${ignore};`,
    ];
    const run = await runTraced(node, program('replaced.cjs', lines.join('\n')));
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(faultsOf(run)).toEqual([]);
    expect([...run.store.requests.values()].map((r) => [r.api, r.outcome])).toEqual([['http', 'failed']]);
  });

  // Reading what a module exports may load others; within such a reading nothing may read it once more.
  test('a program that imports all modules of Node, and reads all globals, goes on', async () => {
    const file = program(
      'all.mjs',
      [
        `import { builtinModules } from 'node:module';`,
        `const names = builtinModules.filter((name) => !/^(?:_|node:|sys|punycode|wasi|test|sqlite|trace_events|inspector)/.test(name));`,
        `for (const name of names) await import('node:' + name);`,
        `for (const name of Object.getOwnPropertyNames(globalThis)) if (!/Storage$/.test(name)) void globalThis[name];`,
        `console.log('imported');`,
      ].join('\n'),
    );
    const run = await runTraced(node, file);
    expect(run).toMatchObject({ code: 0, stdout: 'imported\n' });
    expect(faultsOf(run)).toEqual([]);
  });

  test('functions that the program puts in front of `require` see what it asks for, and nothing more', async () => {
    const file = join(import.meta.dirname, '../programs/requirePatched.cjs');
    const plain = await runPlain(node, file);
    expect(plain.stdout).toContain('mocked');
    const run = await runTraced(node, file);
    expect(run.stderr).toBe(plain.stderr);
    const sorted = (text: string) => text.split('\n').sort();
    expect(sorted(run.stdout)).toEqual(sorted(plain.stdout));
    const paths = [...run.store.requests.values()].map((r) => `${r.api} ${new URL(r.url ?? '').pathname}`);
    expect(paths.sort()).toEqual(['fetch /second', 'http /first']);
    expect(run.trace.lookups.map((l) => l.hostname)).toEqual(['localhost']);
  });

  test.each(ways.filter(({ since = 0 }) => node.major >= since))('the first request: $name', async (way) => {
    const file = program(way.file, way.lines.join('\n'));
    const run = await runTraced(node, file);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const requests = [...run.store.requests.values()];
    expect(requests.map((r) => [r.api, r.outcome, new URL(r.url ?? '').pathname])).toEqual([
      [way.api, 'failed', '/first'],
    ]);
    expect(requests[0]?.callSite).toMatchObject({ line: way.lines.length });
  });
});
