/** The table of loaders: the same calls, run through each as its users do, traced by the command line. */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Request, Trace } from '../../src/model/records';
import { placeOf } from '../../src/model/rows/row';
import { nodes, repository } from '../support/programs/nodes';
import { cleanEnvironment, runCommand } from '../support/programs/program';
import { attachDebugger } from './debugger';
import { type CoveredLoader, callsOf, loaderStyles, loaders, loadersFolder } from './loaders';
import { withSection } from './section';
import { serve } from './server';

const { COVERAGE_NODE = '24', COVERAGE_ONLY = '', COVERAGE_DATE } = process.env;
const node = nodes.find((n) => n.major === Number(COVERAGE_NODE)) ?? nodes.at(-1);
const found = new Map<string, Record<string, string>>();
mkdirSync(join(loadersFolder, '.cache'), { recursive: true });

const modes = ['terminal', 'debugger'] as const;
type Mode = (typeof modes)[number];
/** Its processes listen for a debugger as those of a session in VS Code do, the hook's options first. */
const inspected = ['sh', '-c', 'NODE_OPTIONS="$NODE_OPTIONS --inspect=127.0.0.1:0" exec "$@"', 'sh'];

async function run(
  { files = {}, build = [], run: command, plain, page }: CoveredLoader,
  mode: Mode,
): Promise<Record<string, string>> {
  if (node === undefined) throw new Error('no Node');
  const folder = mkdtempSync(join(loadersFolder, '.cache/loader-'));
  const servers = await serve(false);
  try {
    const calls = `calls.${plain ? 'mjs' : 'ts'}`;
    writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
    writeFileSync(join(folder, calls), callsOf(plain === true));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const env = { ...cleanEnvironment(), COVERAGE_BASES: JSON.stringify(servers.bases) };
    for (const args of build) execFileSync(node.binary, args, { cwd: folder, env });
    const trace = join(folder, 'trace.nettrace.json');
    const nettrace = [process.execPath, join(repository, 'dist/nettrace.cjs'), 'run', '--quiet', '--helper', 'none'];
    const port = page === undefined ? 0 : await freePort();
    const args = command.map((a) => a.replace('{port}', String(port)));
    let answered = '';
    const started = async (child: ChildProcess) => {
      if (mode === 'debugger') attachDebugger(child);
      if (page === undefined) return;
      answered = await over(`http://127.0.0.1:${port}${page}`, child);
      // Who ends a program by a signal loses the call sites of its last 50 ms, which is not what is asked here.
      await new Promise((done) => setTimeout(done, 500));
      child.kill('SIGINT');
    };
    const ending = await runCommand(
      [...nettrace, '-o', trace, '--', ...(mode === 'debugger' ? inspected : []), node.binary, ...args],
      { cwd: folder, timeoutMs: 100_000, started: (child) => void started(child) },
      env,
    );
    if (page === undefined) expect(ending.code, `${ending.stdout}${ending.stderr}`).toBe(0);
    if (page !== undefined) expect(answered, `${ending.stdout}${ending.stderr}`).toMatch(/<p[^>]*>over</);
    const { requests } = JSON.parse(readFileSync(trace, 'utf8')) as Trace;
    const source = readFileSync(join(folder, calls), 'utf8').split('\n');
    return Object.fromEntries(
      loaderStyles.map((style) => {
        const { port } = new URL(servers.bases[style]);
        const cells = requests.filter((r) => r.url?.includes(`:${port}`)).map((r) => judge(r, calls, source, style));
        return [style, cells.find((c) => c !== 'line') ?? cells[0] ?? 'no request'];
      }),
    );
  } finally {
    servers.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** The page, once the server listens. */
async function over(url: string, child: ChildProcess): Promise<string> {
  while (child.exitCode === null && child.signalCode === null) {
    const text = await fetch(url).then(
      (r) => r.text(),
      () => undefined,
    );
    if (text !== undefined) return text;
    await new Promise((done) => setTimeout(done, 200));
  }
  return '';
}

function judge(r: Request, calls: string, source: string[], style: string): string {
  if (r.callSite === undefined) return 'none';
  const at = placeOf(r.callSite);
  if (at.package !== undefined) return `via ${at.package}`;
  if (at.line === undefined) return 'file without line';
  const line = at.file.endsWith(`/${calls}`) ? source[at.line - 1] : undefined;
  if (line?.includes(`// @${style}`)) return 'line';
  return line?.includes('// @awaits') ? 'line that awaits' : `other ${at.text}`;
}

describe.each(modes)('%s', (mode) => {
  test.each(loaders.filter((l) => l.title.includes(COVERAGE_ONLY)))('$title', async (loader) => {
    const cells = await run(loader, mode);
    console.log(loader.title, mode, JSON.stringify(cells));
    expect(Object.values(cells)).not.toContain('no request');
    found.set(`${loader.title} ${mode}`, cells);
  });
});

const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(join(loadersFolder, 'node_modules', name, 'package.json'), 'utf8')) as { version: string })
    .version;

test('the table says what was seen', () => {
  if (COVERAGE_DATE === undefined) return;
  expect(found.size).toBe(loaders.length * modes.length);
  const words = (cell: string | undefined) => (cell?.startsWith('line') ? cell : `**${cell}**`);
  const rows = loaders.map(({ title, package: name }) => {
    const [cells = {}, debugged = {}] = modes.map((mode) => found.get(`${title} ${mode}`));
    const others = loaderStyles.filter((s) => debugged[s] !== cells[s]).map((s) => `${s}: ${words(debugged[s])}`);
    const inSession = others.length === 0 ? 'the same' : others.join('<br>');
    return `| ${title} | ${name === undefined ? 'built in' : versionOf(name)} | ${loaderStyles.map((s) => words(cells[s])).join(' | ')} | ${inSession} |`;
  });
  const text = `Written by \`npm run coverage\` on ${COVERAGE_DATE}, Node ${node?.version}; do not edit.

| loader | version | ${loaderStyles.join(' | ')} | in a debug session |
|---|---|${loaderStyles.map(() => '---|').join('')}---|
${rows.join('\n')}
`;
  const path = join(repository, 'docs/coverage.md');
  writeFileSync(path, withSection(readFileSync(path, 'utf8'), 'loaders', text));
});
