/**
 * Code that a loader transforms and compiles itself, and code of a bundle: the call site is the program's line, by the
 * code's inline source map, or the file without a line; never a line of another text.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { describe, expect, test } from 'vitest';
import type { CallSite, Trace } from '../../src/model/records';
import { scratch } from '../../src/session/testing/scratch';
import { type NodeVersion, nodes, repository } from '../support/programs/nodes';
import { cleanEnvironment } from '../support/programs/program';
import { Nettrace } from './testing/nettrace';

const nettrace = new Nettrace();

/** Writes files, in a folder of their own. */
function project(files: Record<string, string>): string {
  const folder = scratch();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Call sites by the path of the request. */
async function callSites(
  node: NodeVersion,
  program: string,
  ...options: string[]
): Promise<Record<string, CallSite | undefined>> {
  const file = join(scratch(), 'out.nettrace.json');
  const command = ['run', '--quiet', '--helper', 'none', ...options, '-o', file, '--', node.binary, program];
  const { code, stderr } = await nettrace.run(command, { env: cleanEnvironment() });
  expect({ code, stderr: stderr.replace(/^nettrace: saved .*\n/m, '') }).toEqual({ code: 0, stderr: '' });
  const { requests } = JSON.parse(readFileSync(file, 'utf8')) as Trace;
  return Object.fromEntries(requests.map((r) => [new URL(r.url ?? '').pathname, r.callSite]));
}

/** A program with a server; `get(path)` makes a request. */
const served = (text: string) => `
const http = require('node:http');
const vm = require('node:vm');
const fs = require('node:fs');
const server = http.createServer((q, a) => a.end('x')).listen(0, '127.0.0.1', async () => {
  const origin = 'http://127.0.0.1:' + server.address().port;
  const get = async (path) => (await fetch(origin + path)).text();
  globalThis.origin = origin;
  globalThis.fetched = get;
${text}
  server.close();
  server.closeAllConnections?.();
});
`;

/** A map from each line of the code that runs to the line of the source that is two lines below. */
const map = (source: string) =>
  `//# ${'sourceMappingURL'}=data:application/json;base64,${Buffer.from(
    JSON.stringify({ version: 3, sources: [source], names: [], mappings: 'AAEA;AACA;AACA;AACA;AACA;AACA' }),
  ).toString('base64')}`;

describe.each(nodes)('Node $major', (node) => {
  test('code handed to vm and to constructors of functions', async () => {
    const folder = project({
      'long.js': 'the text on disk\n'.repeat(40),
      'short.js': 'one line',
      'same.js': '(origin) => fetch(origin + "/same")',
      'program.cjs': served(`
  const file = (name) => require('node:path').join(__dirname, name);
  const code = (path, end = '') => '\\n\\n\\n(function load(origin) { return fetch(origin + "' + path + '") })' + end;
  const run = (name, text) => vm.runInThisContext(text, { filename: file(name) })(origin);
  await run('short.js', code('/beyond'));
  await run('long.js', code('/within'));
  await run('mapped.js', code('/mapped', '\\n${map('mapped.ts')}'));
  await run('same.js', fs.readFileSync(file('same.js'), 'utf8'));
  const body = 'return fetch(origin + "/compiled")\\n${map('compiled.ts')}';
  await vm.compileFunction(body, ['origin'], { filename: file('compiled.js') })(origin);
  const AsyncFunction = (async () => {}).constructor;
  const named = (name, end = '') => '"use strict";await fetch(origin + "/' + name + '")\\n//# sourceURL=' + file(name + '.js') + end;
  await new AsyncFunction('origin', named('named'))(origin);
  await new AsyncFunction('origin', named('page', '\\n${map('page.ts')}'))(origin);
  await (0, eval)('(function load() { return fetch(origin + "/eval") })\\n//# sourceURL=' + file('long.js'))();`),
    });
    const at = (file: string, more: object) => ({ file: join(folder, file), kind: 'user', ...more });
    const source = (file: string, line: number, column: number) => ({ file: join(folder, file), line, column });
    const sites = await callSites(node, join(folder, 'program.cjs'), '-o', join(folder, 'all.nettrace.json'));
    const show = ['show', '--query', 'path:/beyond', join(folder, 'all.nettrace.json')];
    expect((await nettrace.run(show)).stdout).toContain('short.js (no line)');
    expect((await nettrace.run([...show, '--view', 'request'])).stdout).toContain(
      `called at ${join(folder, 'short.js')} (load), line not known: a loader has transformed the code`,
    );
    expect(sites).toEqual({
      '/beyond': at('short.js', { function: 'load', transformed: true }),
      // A line that the file has, but not of its text. Before Node 20 nothing but the text handed in says so.
      '/within': at('long.js', { function: 'load', transformed: true }),
      '/mapped': at('mapped.js', { function: 'load', line: 4, column: 33, source: source('mapped.ts', 6, 1) }),
      '/same': at('same.js', { line: 1, column: 13 }),
      '/compiled': at('compiled.js', { line: 1, column: 8, source: source('compiled.ts', 3, 1) }),
      '/named': at('named.js', { transformed: true }),
      '/page': at('page.js', { line: 3, column: 20, source: source('page.ts', 5, 1) }),
      '/eval': at('long.js', { function: 'load', transformed: true }),
    });
  });

  test('an error of the compiler has no frame of the hook, and none of the program’s is cut off', async () => {
    const folder = project({
      'program.cjs': `
const vm = require('node:vm');
const AsyncFunction = (async () => {}).constructor;
const deep = (n, act) => (n === 0 ? act() : deep(n - 1, act));
for (const act of [
  () => new vm.Script('(', { filename: '/x.js' }),
  () => vm.runInThisContext('(', '/x.js'),
  () => vm.compileFunction('(', [], { filename: '/x.js' }),
  () => new AsyncFunction('('),
  () => AsyncFunction('('),
])
  try {
    deep(12, act);
  } catch (e) {
    console.log(e.stack);
  }
console.log(String(AsyncFunction), AsyncFunction.name, AsyncFunction.length, new AsyncFunction() instanceof AsyncFunction);
console.log(vm.Script.name, vm.Script.length, Object.getOwnPropertyNames(vm.Script), String(vm.compileFunction));
console.log(vm.Script, Object.getPrototypeOf(vm.Script).prototype === Object.getPrototypeOf(vm.Script.prototype));
console.log(vm, AsyncFunction);
class Own extends vm.Script {}
console.log(new Own('1 + 1').runInThisContext(), new Own('1') instanceof vm.Script);
`,
    });
    const program = join(folder, 'program.cjs');
    const plain = spawnSync(node.binary, [program], { env: cleanEnvironment(), encoding: 'utf8' }).stdout;
    const file = join(folder, 'x.nettrace.json');
    const command = ['run', '--quiet', '--helper', 'none', '-o', file, '--', node.binary, program];
    expect(plain).toContain('SyntaxError');
    expect((await nettrace.run(command)).stdout).toBe(plain);
  });

  test.each(['inline', 'linked', 'external'] as const)(
    'a bundle with %s map: the program’s frame is chosen after mapping',
    async (sourcemap) => {
      const folder = project({
        'src/app.js': served(`
  const { ask } = require('library');
  async function load(path) {
    return await ask(origin + path);
  }
  // The second time fewer frames are captured: the first capture showed how many reach the program's.
  for (let i = 0; i < 300; i++) await load('/many');
  await load('/library');`),
        'node_modules/library/index.js': `
exports.ask = async (url) => await inner(url);
async function inner(url) {
  await null;
  const r = await fetch(url);
  return r.text();
}`,
      });
      buildSync({
        absWorkingDir: folder,
        entryPoints: ['src/app.js'],
        outfile: join(folder, 'dist/app.js'),
        bundle: true,
        minify: true,
        legalComments: 'none',
        platform: 'node',
        sourcemap,
        logLevel: 'silent',
      });
      const sites = await callSites(node, join(folder, 'dist/app.js'));
      const lines = readFileSync(join(folder, 'src/app.js'), 'utf8').split('\n');
      const line = lines.findIndex((text) => text.includes('await ask(')) + 1;
      const user = expect.objectContaining({
        kind: 'user',
        source: expect.objectContaining({ file: join(folder, 'src/app.js'), line }),
      });
      expect(sites).toEqual({ '/library': user, '/many': user });
      // What is asked for while the program runs finds the same line.
      if (sourcemap === 'external') return;
      const asked = await callSites(
        node,
        join(folder, 'dist/app.js'),
        '--trace',
        `file:app.js line:${line} path:/library`,
      );
      expect(asked).toEqual({ '/library': user });
    },
  );

  // Vite 8 needs Node 20.
  if (node.major >= 20)
    test('a module that Vite’s runner has compiled, and once more after a change', async () => {
      const page =
        'type Url = string;\n\nexport async function load(url: Url): Promise<string> {\n  const r = await fetch(url);\n  return r.text();\n}\n';
      const folder = project({
        'page.ts': page,
        'program.mjs': `
import { writeFileSync } from 'node:fs';
import { createServer as serve } from 'node:http';
import { createServer } from ${JSON.stringify(pathToFileURL(join(repository, 'node_modules/vite/dist/node/index.js')).href)};
const upstream = serve((q, a) => a.end('x'));
await new Promise((done) => upstream.listen(0, '127.0.0.1', done));
const origin = 'http://127.0.0.1:' + upstream.address().port;
const root = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const vite = await createServer({ root, configFile: false, logLevel: 'silent', appType: 'custom', server: { middlewareMode: true, ws: false, watch: null } });
const first = await vite.ssrLoadModule('/page.ts');
writeFileSync(new URL('page.ts', import.meta.url), '// a line more\\n' + ${JSON.stringify(page)});
vite.moduleGraph.invalidateAll();
const second = await vite.ssrLoadModule('/page.ts');
await second.load(origin + '/second');
await first.load(origin + '/first');
await vite.close();
upstream.close();
upstream.closeAllConnections();
`,
      });
      const file = join(folder, 'page.ts');
      const at = (line: number) => ({ kind: 'user', file, function: 'load', source: { file, line, column: 19 } });
      expect(await callSites(node, join(folder, 'program.mjs'))).toMatchObject({ '/first': at(4), '/second': at(5) });
    });
});
