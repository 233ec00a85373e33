/**
 * How one file is run: by Node as it is; by tsx where it is TypeScript that nobody has compiled; by the test runner that it
 * is written for. Only what is installed beside it is used, so that the program runs as it does in a terminal.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface FileLaunch {
  program: string;
  runtimeArgs?: string[];
  args?: string[];
  cwd?: string;
  /** What writes past the console, as test runners do, is shown too. */
  outputCapture?: 'std';
}

export type Runner = 'tsx' | 'node --test' | 'vitest' | 'jest' | 'mocha';

/** `runner`: absent where Node runs the file as it is. */
export function launchOf(file: string): { launch: FileLaunch; runner?: Runner } {
  const needsTsx = isUncompiled(file);
  const loader = needsTsx ? tsxLoader(file) : undefined;
  const tsx = loader === undefined ? {} : { runtimeArgs: ['--import', pathToFileURL(loader).href] };
  const tests = testsOf(file);
  if (tests === 'node --test') {
    const runtimeArgs = [...(tsx.runtimeArgs ?? []), '--test'];
    return { launch: { program: file, runtimeArgs, outputCapture: 'std' }, runner: tests };
  }
  if (tests) {
    const cwd = folderWith(file, 'package.json') ?? dirname(file);
    const args = {
      vitest: ['run', relative(cwd, file)],
      jest: ['--runInBand', '--runTestsByPath', file],
      mocha: [file],
    };
    // vitest and jest compile by themselves.
    const more = tests.name === 'mocha' ? tsx : {};
    return {
      launch: { program: tests.bin, args: args[tests.name], cwd, outputCapture: 'std', ...more },
      runner: tests.name,
    };
  }
  return loader === undefined ? { launch: { program: file } } : { launch: { program: file, ...tsx }, runner: 'tsx' };
}

type Tests = { name: 'vitest' | 'jest' | 'mocha'; bin: string };

/** The test runner that a file needs; undefined: none, or it is not installed. */
function testsOf(file: string): Tests | 'node --test' | undefined {
  const text = head(file);
  if (imports(text, 'node:test')) return 'node --test';
  const named = (['vitest', 'jest', 'mocha'] as const).find(
    (name) => imports(text, name) || (name === 'jest' && imports(text, '@jest/globals')),
  );
  if (named) return installed(file, named);
  // Without an import the functions are globals, of whichever runner there is.
  if (!/^[^\S\n]*(describe|it|test)(\.\w+)*[^\S\n]*\(/m.test(text) || definesOwn(text)) return undefined;
  const script = packageOf(folderWith(file, 'package.json'))?.scripts?.test ?? '';
  const order = (['jest', 'vitest', 'mocha'] as const).toSorted(
    (a, b) => Number(script.includes(b)) - Number(script.includes(a)),
  );
  for (const name of order) {
    const found = installed(file, name);
    if (found) return found;
  }
  return undefined;
}

const imports = (text: string, name: string): boolean =>
  new RegExp(`(?:from|import|require\\()\\s*['"\`]${name.replace('/', '\\/')}['"\`]`).test(text);

/** `test(…)` may be a function of the file, or of another package: then it is an ordinary program. */
const definesOwn = (text: string): boolean =>
  /\b(?:function|const|let|var|import)\b[^;\n]*\b(?:describe|it|test)\b/.test(text);

interface Package {
  bin?: string | Record<string, string>;
  exports?: Record<string, unknown> | string;
  scripts?: Record<string, string>;
}

function installed(file: string, name: Tests['name']): Tests | undefined {
  const folder = packageFolder(file, name);
  const bin = packageOf(folder)?.bin;
  const path = typeof bin === 'string' ? bin : bin?.[name];
  if (folder === undefined || typeof path !== 'string') return undefined;
  const program = join(folder, path);
  // What node_modules/.bin has on Windows is no JavaScript; what it points to is.
  return existsSync(program) ? { name, bin: program } : undefined;
}

function tsxLoader(file: string): string | undefined {
  const folder = packageFolder(file, 'tsx');
  const { exports } = packageOf(folder) ?? {};
  const main = typeof exports === 'object' ? exports['.'] : exports;
  const loader = folder && join(folder, typeof main === 'string' ? main : 'dist/loader.mjs');
  return loader !== undefined && existsSync(loader) ? loader : undefined;
}

const outputs: Readonly<Record<string, string>> = {
  '.ts': '.js',
  '.tsx': '.js',
  '.jsx': '.js',
  '.mts': '.mjs',
  '.cts': '.cjs',
};

/** What Node cannot run as it is, and no compiler has written beside it or into the tsconfig's folder. */
function isUncompiled(file: string): boolean {
  const output = outputs[extname(file)];
  if (output === undefined) return false;
  const compiled = (path: string) => existsSync(path.slice(0, path.length - extname(path).length) + output);
  if (compiled(file)) return false;
  const base = folderWith(file, 'tsconfig.json');
  const config = base === undefined ? '' : withoutComments(head(join(base, 'tsconfig.json')));
  const option = (name: string) => new RegExp(`"${name}"\\s*:\\s*"([^"]+)"`).exec(config)?.[1];
  const [outDir, rootDir] = [option('outDir'), option('rootDir')];
  if (base === undefined || outDir === undefined) return true;
  const roots = [...(rootDir === undefined ? [] : [join(base, rootDir)]), base, join(base, 'src')];
  return !roots.some((root) => compiled(join(base, outDir, relative(root, file))));
}

/** For a tsconfig.json, where unused options are commented out. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, '').replace(/^[^\S\n]*\/\/.*$/gm, '');

/** The nearest folder upwards that has the file. */
function folderWith(file: string, name: string): string | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

function packageFolder(file: string, name: string): string | undefined {
  const path = join('node_modules', name, 'package.json');
  const folder = folderWith(file, path);
  return folder === undefined ? undefined : join(folder, 'node_modules', name);
}

function packageOf(folder: string | undefined): Package | undefined {
  if (folder === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package;
  } catch {
    return undefined;
  }
}

/** Beginning of its text: imports are at the top, so the rest of a large file does not matter. */
function head(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(0, 100_000);
  } catch {
    return '';
  }
}

/** The program that the folder's package.json names; undefined: none that is there. */
export function mainOf(folder: string): string | undefined {
  const { main } = (packageOf(folder) ?? {}) as { main?: unknown };
  if (typeof main !== 'string') return undefined;
  const candidates = [main, `${main}.js`, join(main, 'index.js')].map((path) => join(folder, path));
  return candidates.find((path) => extname(path) !== '' && existsSync(path));
}
