// The table of loaders: the same calls, run through each as its users do, traced by the command line.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Request, Trace } from '../../src/model/records';
import { placeOf } from '../../src/model/row';
import { nodes, repository } from '../support/nodes';
import { cleanEnvironment, runCommand } from '../support/program';
import { type CoveredLoader, callsOf, loaderStyles, loaders, loadersFolder } from './loaders';
import { withSection } from './section';
import { serve } from './server';

const { COVERAGE_NODE = '24', COVERAGE_ONLY = '', COVERAGE_DATE } = process.env;
const node = nodes.find((n) => n.major === Number(COVERAGE_NODE)) ?? nodes.at(-1);
const found = new Map<string, Record<string, string>>();
mkdirSync(join(loadersFolder, '.cache'), { recursive: true });

async function run({ files = {}, build = [], run: command, plain }: CoveredLoader): Promise<Record<string, string>> {
  if (node === undefined) throw new Error('no Node');
  const folder = mkdtempSync(join(loadersFolder, '.cache/loader-'));
  const servers = await serve(false);
  try {
    const calls = `calls.${plain ? 'mjs' : 'ts'}`;
    writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
    writeFileSync(join(folder, calls), callsOf(plain === true));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const env = { ...cleanEnvironment(), COVERAGE_BASES: JSON.stringify(servers.bases) };
    for (const args of build) execFileSync(node.binary, args, { cwd: folder, env });
    const trace = join(folder, 'trace.nettrace.json');
    const nettrace = [process.execPath, join(repository, 'dist/nettrace.cjs'), 'run', '--quiet', '--helper', 'none'];
    const ending = await runCommand(
      [...nettrace, '-o', trace, '--', node.binary, ...command],
      { cwd: folder, timeoutMs: 90_000 },
      env,
    );
    expect(ending.code, `${ending.stdout}${ending.stderr}`).toBe(0);
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

function judge(r: Request, calls: string, source: string[], style: string): string {
  if (r.callSite === undefined) return 'none';
  const at = placeOf(r.callSite);
  if (at.package !== undefined) return `via ${at.package}`;
  if (at.line === undefined) return 'file without line';
  const line = at.file.endsWith(`/${calls}`) ? source[at.line - 1] : undefined;
  return line?.includes(`// @${style}`) ? 'line' : `other ${at.text}`;
}

test.each(loaders.filter((l) => l.title.includes(COVERAGE_ONLY)))('$title', async (loader) => {
  const cells = await run(loader);
  console.log(loader.title, JSON.stringify(cells));
  expect(Object.values(cells)).not.toContain('no request');
  found.set(loader.title, cells);
});

const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(join(loadersFolder, 'node_modules', name, 'package.json'), 'utf8')) as { version: string })
    .version;

test('the table says what was seen', () => {
  if (COVERAGE_DATE === undefined) return;
  expect(found.size).toBe(loaders.length);
  const words = (cell: string | undefined) => (cell === 'line' ? 'line' : `**${cell}**`);
  const rows = loaders.map(({ title, package: name }) => {
    const cells = found.get(title) ?? {};
    return `| ${title} | ${name === undefined ? 'built in' : versionOf(name)} | ${loaderStyles.map((s) => words(cells[s])).join(' | ')} |`;
  });
  const text = `Written by \`npm run coverage\` on ${COVERAGE_DATE}, Node ${node?.version}; do not edit.

| loader | version | ${loaderStyles.join(' | ')} |
|---|---|${loaderStyles.map(() => '---|').join('')}
${rows.join('\n')}
`;
  const path = join(repository, 'docs/coverage.md');
  writeFileSync(path, withSection(readFileSync(path, 'utf8'), 'loaders', text));
});
