/**
 * Bundles the product's programs into dist/: the hook (one CommonJS file without dependency, for Node 18 and later) and
 * its resolver, the extension, the command line and the panel's page; and compiles the native helper where that can be
 * done. `--watch` rebuilds on change; `--out FOLDER NAME...` writes these bundles alone, to that folder;
 * `--release FOLDER NAME...` likewise, as packages contain them, and prints which npm packages are in each.
 */
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { builtChecks } from './checks.mjs';
import { doorIn, doorOut } from './hook.mjs';
import { buildHelper } from './native.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [option, folder, ...names] = process.argv.slice(2);
const watch = option === '--watch';

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const common = { absWorkingDir: root, bundle: true, logLevel: 'warning', legalComments: 'none' };
const node = { ...common, platform: 'node', format: 'cjs', sourcemap: true, plugins: [builtChecks] };

/** Read by each process, so they are small. What replaces a function of the program's gets the name of that. */
const hookPart = {
  ...node,
  target: 'node18',
  sourcemap: false,
  minify: true,
  define: { HOOK_VERSION: JSON.stringify(version) },
};

/** The extension and the command line load larger parts, bundles of their own, at the first use: by the name of their entry. */
const parts = {
  work: './work.cjs',
  adapter: './replay.cjs',
  exporter: './otlp.cjs',
  server: './mcp.cjs',
  prometheus: './metrics.cjs',
};
const apart = ({ path }) => ({ path: parts[path.split('/').at(-1)], external: true });
const partsApart = {
  name: 'parts apart',
  setup: (build) =>
    build.onResolve({ filter: /^\.\.?\/((otlp|mcp)\/)?(work|adapter|exporter|server|prometheus)$/ }, apart),
};

/** Of the protocol's library, a fifth that is used only by a server that asks its client for input, which ours never does. */
const withoutValidator = {
  name: 'without validator',
  setup: (build) =>
    build.onLoad({ filter: /[\\/]validation[\\/]ajv-provider\.js$/ }, () => ({
      contents: `export class AjvJsonSchemaValidator {
        getValidator() { throw new Error('This server asks for no input.'); }
      }`,
    })),
};

const bundles = [
  {
    ...hookPart,
    entryPoints: ['src/hook/index.ts'],
    outfile: 'dist/hook.cjs',
    plugins: [doorOut],
  },
  {
    ...hookPart,
    entryPoints: ['src/hook/requests.ts'],
    outfile: 'dist/requests.cjs',
    plugins: [doorIn],
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
    // Read by older ones as well, which are told what is needed.
    target: 'node14',
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
    plugins: [withoutValidator],
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
    // Loaded by the command line for --metrics.
    ...node,
    entryPoints: ['src/cli/sinks/prometheus.ts'],
    outfile: 'dist/metrics.cjs',
    target: 'node20',
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: false,
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

/**
 * Without source maps, and smaller; stacks have the names of functions, and lines are short, as Node prints the one that
 * throws. What the traced program loads stays as it is.
 */
function released(bundle) {
  const isLoadedByProgram = bundle.target === 'node18';
  const isLibrary = /(mcp|otlp|metrics)\.cjs$/.test(bundle.outfile);
  const isPage = bundle.platform === 'browser';
  return isLoadedByProgram || isPage
    ? bundle
    : { ...bundle, sourcemap: false, minify: true, keepNames: !isLibrary, lineLimit: 160 };
}

/** Builds the bundles that the command line names, to its folder; each with its file's name. */
function buildAsked(change) {
  const asked = bundles.map((b) => [basename(b.outfile), b]).filter(([name]) => names.includes(name));
  return Promise.all(
    asked.map(async ([name, b]) => [name, await esbuild.build({ ...change(b), outfile: join(folder, name) })]),
  );
}

/** The npm packages, as NAME@VERSION, that a build has put into its files. */
function packagesIn({ outputs }) {
  const used = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const folders = used
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /.*node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(path)?.[0]);
  const found = new Set(folders.filter((folder) => folder !== undefined));
  return [...found].map(packageAt).sort();
}

function packageAt(folder) {
  const { name, version } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  return `${name}@${version}`;
}

if (option === '--out') {
  await buildAsked((b) => b);
} else if (option === '--release') {
  const built = await buildAsked((b) => ({ ...released(b), metafile: true }));
  console.log(JSON.stringify(Object.fromEntries(built.map(([name, { metafile }]) => [name, packagesIn(metafile)]))));
} else {
  mkdirSync(join(root, 'dist'), { recursive: true });
  const icons = dirname(fileURLToPath(import.meta.resolve('@vscode/codicons/package.json')));
  cpSync(join(icons, 'dist'), join(root, 'dist/codicons'), { recursive: true });

  const helper = buildHelper();
  if (helper.reason) console.log(`Without the native helper: ${helper.reason}.`);

  if (watch) for (const b of bundles) await (await esbuild.context(b)).watch();
  else await Promise.all(bundles.map((b) => esbuild.build(b)));
}
