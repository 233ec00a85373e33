/** The loaders, bundlers and test runners of the coverage table: the files of each, what is run before it, and how it runs. */
import { join } from 'node:path';

export const loadersFolder = join(import.meta.dirname, 'loaders');

export interface CoveredLoader {
  title: string;
  /** Package whose version the table names; absent: part of Node. */
  package?: string;
  /** Beside `calls.ts` (or `calls.mjs`), by name. */
  files?: Readonly<Record<string, string>>;
  /** Commands to be run first, as arguments of Node. */
  build?: readonly (readonly string[])[];
  /** Arguments of Node. */
  run: readonly string[];
  /** It is a server: it runs until this page of it has answered. `{port}` is replaced in the arguments. */
  page?: string;
  /** The calls are JavaScript, as it transforms nothing. */
  plain?: true;
}

const bin = (path: string): string => join(loadersFolder, 'node_modules', path);
const main = "import { run } from './calls';\nrun().then(() => console.log('over'));\n";
const options = JSON.stringify({
  compilerOptions: {
    target: 'es2022',
    module: 'commonjs',
    sourceMap: true,
    strict: false,
    skipLibCheck: true,
    types: [],
  },
});
const typescript = { 'main.ts': main, 'tsconfig.json': options };
const jestTest = "import { run } from './calls';\ntest('calls', () => run());\n";
const jest = (transform: string) => ({
  files: {
    'calls.test.ts': jestTest,
    'tsconfig.json': options,
    'babel.config.js': `module.exports = { presets: [['${bin('@babel/preset-env')}', { targets: { node: 'current' } }], '${bin('@babel/preset-typescript')}'] };`,
    'jest.config.js': `module.exports = { testEnvironment: 'node', transform: { '\\\\.ts$': ${transform} } };`,
  },
  run: [bin('jest/bin/jest.js'), '--no-cache'],
});
const vitest = (pool: string) => ({
  title: `vitest, pool ${pool}`,
  package: 'vitest',
  files: { 'calls.test.ts': `import { test } from 'vitest';\n${jestTest}`, 'vitest.config.mjs': 'export default {};' },
  run: [bin('vitest/vitest.mjs'), 'run', `--pool=${pool}`],
});

const next = (command: 'dev' | 'start'): CoveredLoader => ({
  title: `Next.js, ${command === 'dev' ? 'dev' : 'production'}`,
  package: 'next',
  plain: true,
  files: {
    'package.json': '{}',
    'next.config.mjs': `export default { turbopack: { root: ${JSON.stringify(join(import.meta.dirname, '../..'))} } };`,
    'app/layout.js':
      "import { createElement as h } from 'react';\nexport default ({ children }) => h('html', null, h('body', null, children));",
    'app/page.js':
      "import { createElement as h } from 'react';\nimport { run } from '../calls.mjs';\nexport const dynamic = 'force-dynamic';\nexport default async function Page() {\n  await run();\n  return h('p', null, 'over');\n}\n",
  },
  run: [bin('next/dist/bin/next'), command, '-p', '{port}', '-H', '127.0.0.1'],
  page: '/',
});

const nest = `import 'reflect-metadata';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { run } from './calls';

@Injectable()
class Calls {
  run = run;
}

@Controller()
class Page {
  constructor(private readonly calls: Calls) {}

  @Get()
  async get(): Promise<string> {
    await this.calls.run();
    return '<p>over</p>';
  }
}

@Module({ controllers: [Page], providers: [Calls] })
class Main {}

NestFactory.create(Main, { logger: false }).then((app) => app.listen(Number(process.argv[2]), '127.0.0.1'));
`;
const decorated = options.replace('"strict"', '"experimentalDecorators":true,"emitDecoratorMetadata":true,"strict"');

export const loaders: readonly CoveredLoader[] = [
  {
    title: 'node, types stripped',
    files: { 'package.json': '{ "type": "module" }', 'main.mts': "import { run } from './calls.ts';\nawait run();\n" },
    run: ['main.mts'],
  },
  {
    title: 'tsc',
    package: 'typescript',
    files: typescript,
    build: [[bin('typescript/bin/tsc'), '--noCheck', '--outDir', 'out', '-p', '.']],
    run: ['out/main.js'],
  },
  { title: 'tsx', package: 'tsx', files: typescript, run: [bin('tsx/dist/cli.mjs'), 'main.ts'] },
  { title: 'ts-node', package: 'ts-node', files: typescript, run: [bin('ts-node/dist/bin.js'), '-T', 'main.ts'] },
  {
    title: 'swc (@swc-node/register)',
    package: '@swc-node/register',
    files: typescript,
    run: ['-r', bin('@swc-node/register/index.js'), 'main.ts'],
  },
  {
    title: 'esbuild, bundle',
    package: 'esbuild',
    files: typescript,
    build: [
      [
        '-e',
        `require('${bin('esbuild')}').buildSync({ entryPoints: ['main.ts'], bundle: true, platform: 'node', sourcemap: true, minify: true, outfile: 'out.js' })`,
      ],
    ],
    run: ['out.js'],
  },
  {
    title: 'webpack, bundle',
    package: 'webpack',
    files: typescript,
    build: [
      [
        '-e',
        `require('${bin('webpack')}')({ mode: 'production', target: 'node', devtool: 'source-map', context: process.cwd(), entry: './main.ts', output: { path: process.cwd() + '/out' }, resolve: { extensions: ['.ts', '.js'] }, module: { rules: [{ test: /ts$/, loader: '${bin('ts-loader')}', options: { transpileOnly: true, compiler: '${bin('typescript')}' } }] } }, (e, s) => { if (e || s.hasErrors()) { console.error(e || s.toString()); process.exit(1); } })`,
      ],
    ],
    run: ['out/main.js'],
  },
  { title: 'jest, babel-jest', package: 'jest', ...jest(`'${bin('babel-jest')}'`) },
  { title: 'jest, @swc/jest', package: '@swc/jest', ...jest(`'${bin('@swc/jest')}'`) },
  { title: 'jest, ts-jest', package: 'ts-jest', ...jest(`['${bin('ts-jest')}', { diagnostics: false }]`) },
  vitest('forks'),
  vitest('threads'),
  vitest('vmThreads'),
  {
    title: 'mocha',
    package: 'mocha',
    plain: true,
    files: { 'calls.test.mjs': "import { run } from './calls.mjs';\nit('calls', () => run());\n" },
    run: [bin('mocha/bin/mocha.js'), 'calls.test.mjs'],
  },
  {
    title: 'ava',
    package: 'ava',
    plain: true,
    files: {
      'calls.test.mjs': `import test from '${bin('ava/entrypoints/main.mjs')}';\nimport { run } from './calls.mjs';\ntest('calls', async (t) => { await run(); t.pass(); });\n`,
    },
    run: [bin('ava/entrypoints/cli.mjs'), 'calls.test.mjs'],
  },
  {
    title: 'node:test',
    plain: true,
    files: {
      'calls.test.mjs':
        "import test from 'node:test';\nimport { run } from './calls.mjs';\ntest('calls', () => run());\n",
    },
    run: ['--test', 'calls.test.mjs'],
  },
  next('dev'),
  { ...next('start'), build: [[bin('next/dist/bin/next'), 'build']] },
  {
    title: 'Astro, dev',
    package: 'astro',
    plain: true,
    files: {
      'astro.config.mjs': "export default { output: 'server' };",
      'src/pages/index.astro': "---\nimport { run } from '../../calls.mjs';\nawait run();\n---\n<p>over</p>\n",
    },
    run: [bin('astro/bin/astro.mjs'), 'dev', '--port', '{port}', '--host', '127.0.0.1'],
    page: '/',
  },
  {
    title: 'SvelteKit, dev',
    package: '@sveltejs/kit',
    plain: true,
    files: {
      'package.json': '{ "type": "module" }',
      'svelte.config.js': 'export default {};',
      'vite.config.js': "import { sveltekit } from '@sveltejs/kit/vite';\nexport default { plugins: [sveltekit()] };",
      'src/app.html': '<!doctype html><html><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>',
      'src/routes/+page.server.js':
        "import { run } from '../../calls.mjs';\nexport async function load() {\n  await run();\n}\n",
      'src/routes/+page.svelte': '<p>over</p>',
    },
    run: [bin('vite/bin/vite.js'), 'dev', '--port', '{port}', '--host', '127.0.0.1', '--strictPort'],
    page: '/',
  },
  {
    title: 'NestJS, tsc',
    package: '@nestjs/core',
    files: { 'main.ts': nest, 'tsconfig.json': decorated },
    build: [[bin('typescript/bin/tsc'), '--noCheck', '--outDir', 'out', '-p', '.']],
    run: ['out/main.js', '{port}'],
    page: '/',
  },
];

export const loaderStyles = ['callback', 'promise', 'await', 'class', 'retried'] as const;

/** The calls. With types, what is compiled has other lines. */
export function callsOf(plain: boolean): string {
  const typed = (text: string) => (plain ? '' : text);
  return `import ${plain ? 'http' : '* as http'} from 'node:http';
${typed(`
interface Answer {
  status: number;
}

interface Bases {
  [style: string]: string;
}
`)}
const bases${typed(': Bases')} = JSON.parse(process.env.COVERAGE_BASES ${typed('as string')});

const calls = {
  callback: (base${typed(': string')}) =>
    new Promise${typed('<unknown>')}((done) => {
      http.get(base, (r) => r.resume().on('end', done)); // @callback
    }),
  promise(base${typed(': string')})${typed(': Promise<unknown>')} {
    return fetch(base).then((r) => r.text()); // @promise
  },
  async await(base${typed(': string')})${typed(': Promise<Answer>')} {
    const answer = await fetch(base); // @await
    await answer.text();
    return answer;
  },
  class: (base${typed(': string')}) => new Loader(base).load(),
  async retried(base${typed(': string')})${typed(': Promise<unknown>')} {
    for (let i = 0; i < 3; i++) {
      const answer = await fetch(base); // @retried
      await answer.text();
      if (answer.ok) return answer;
      await new Promise((done) => setTimeout(done, 5));
    }
    return undefined;
  },
};

class Loader {
  ${typed('private readonly ')}base${typed(': string')};
  constructor(base${typed(': string')}) {
    this.base = base;
  }
  async load()${typed(': Promise<Answer>')} {
    const answer = await fetch(this.base); // @class
    await answer.text();
    return answer;
  }
}

export async function run()${typed(': Promise<void>')} {
  for (const style of Object.keys(calls)${typed(' as (keyof typeof calls)[]')}) {
    await new Promise((done) => setTimeout(done, 5));
    await calls[style](bases[style]); // @awaits
  }
}
`;
}
