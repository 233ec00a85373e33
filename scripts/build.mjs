/**
 * Bundles the product's programs into dist/: the hook (one CommonJS file without dependency, for Node 18 and later) and
 * its resolver, the extension, the command line and the panel's page; and compiles the native helper where that can be
 * done. `--watch` rebuilds on change; `--out FOLDER NAME...` writes these bundles alone, to that folder.
 */
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { builtChecks } from './checks.mjs';
import { buildHelper } from './native.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [option, folder, ...names] = process.argv.slice(2);
const watch = option === '--watch';

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const common = { absWorkingDir: root, bundle: true, logLevel: 'warning', legalComments: 'none' };
const node = { ...common, platform: 'node', format: 'cjs', sourcemap: true, plugins: [builtChecks] };

/** The extension and the command line load larger parts, bundles of their own, at the first use: by the name of their entry. */
const parts = { work: './work.cjs', adapter: './replay.cjs', exporter: './otlp.cjs', server: './mcp.cjs' };
const apart = ({ path }) => ({ path: parts[path.split('/').at(-1)], external: true });
const partsApart = {
  name: 'parts apart',
  setup: (build) => build.onResolve({ filter: /^\.\.?\/((otlp|mcp)\/)?(work|adapter|exporter|server)$/ }, apart),
};

const bundles = [
  {
    ...node,
    entryPoints: ['src/hook/index.ts'],
    outfile: 'dist/hook.cjs',
    target: 'node18',
    sourcemap: false,
    // Read by each process. Names stay, as they are seen in stacks and by who inspects a function.
    minifyWhitespace: true,
    define: { HOOK_VERSION: JSON.stringify(version) },
  },
  {
    // Stands beside the hook, loaded by it when messages of DNS are asked for.
    ...node,
    entryPoints: ['src/hook/dns/resolver/index.ts'],
    outfile: 'dist/resolver.cjs',
    target: 'node18',
    sourcemap: false,
  },
  {
    ...node,
    entryPoints: ['src/extension/extension.ts'],
    outfile: 'dist/extension.cjs',
    target: 'node20',
    external: ['vscode'],
    plugins: [builtChecks, partsApart],
    // import() of it becomes require(), as the rest of the bundle.
    supported: { 'dynamic-import': false },
  },
  {
    ...node,
    entryPoints: ['src/extension/work.ts'],
    outfile: 'dist/work.cjs',
    target: 'node20',
    external: ['vscode'],
  },
  {
    // Run by the extension, with the hook, to send one request.
    ...node,
    entryPoints: ['src/extension/sending/program.ts'],
    outfile: 'dist/send.cjs',
    target: 'node18',
    sourcemap: false,
  },
  {
    ...node,
    entryPoints: ['src/extension/replay/adapter.ts'],
    outfile: 'dist/replay.cjs',
    target: 'node20',
  },
  {
    ...node,
    // Loads the next one, whose compiled code it keeps.
    entryPoints: ['src/cli/start.ts'],
    outfile: 'dist/nettrace.cjs',
    target: 'node20',
    banner: { js: '#!/usr/bin/env node' },
  },
  {
    ...node,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/cli.cjs',
    target: 'node20',
    plugins: [builtChecks, partsApart],
    // nettrace.cjs runs it as a script, which has no import().
    supported: { 'dynamic-import': false },
  },
  {
    ...node,
    entryPoints: ['src/cli/mcp/server.ts'],
    outfile: 'dist/mcp.cjs',
    target: 'node20',
    // No other use of the protocol's library than this one, in its production form.
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: false,
  },
  {
    // Loaded by the command line for --otlp. Of its packages' modules, which say what is unused, half the size is left.
    ...node,
    mainFields: ['module', 'main'],
    entryPoints: ['src/cli/otlp/exporter.ts'],
    outfile: 'dist/otlp.cjs',
    target: 'node20',
  },
  {
    ...common,
    entryPoints: ['webview/main.tsx'],
    outfile: 'dist/webview.js',
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    minify: !watch,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
  },
];

if (option === '--out') {
  const asked = bundles.filter(({ outfile }) => names.includes(basename(outfile)));
  await Promise.all(asked.map((b) => esbuild.build({ ...b, outfile: join(folder, basename(b.outfile)) })));
} else {
  mkdirSync(join(root, 'dist'), { recursive: true });
  const icons = dirname(fileURLToPath(import.meta.resolve('@vscode/codicons/package.json')));
  cpSync(join(icons, 'dist'), join(root, 'dist/codicons'), { recursive: true });

  const helper = buildHelper();
  if (helper.reason) console.log(`Without the native helper: ${helper.reason}.`);

  if (watch) for (const b of bundles) await (await esbuild.context(b)).watch();
  else await Promise.all(bundles.map((b) => esbuild.build(b)));
}
