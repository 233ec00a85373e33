import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { launchOf, mainOf } from './fileLaunch';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nettrace-launch-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(path: string, text: string | object = ''): string {
  const whole = join(folder, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, typeof text === 'string' ? text : JSON.stringify(text));
  return whole;
}
function install(name: 'tsx' | 'vitest' | 'jest' | 'mocha'): string {
  const bins = { tsx: 'dist/cli.mjs', vitest: 'vitest.mjs', jest: 'bin/jest.js', mocha: 'bin/mocha.js' };
  const manifest = {
    bin: { [name]: bins[name] },
    ...(name === 'tsx' ? { exports: { '.': './dist/loader.mjs' } } : {}),
  };
  file(`node_modules/${name}/package.json`, manifest);
  if (name === 'tsx') return pathToFileURL(file('node_modules/tsx/dist/loader.mjs')).href;
  return file(`node_modules/${name}/${bins[name]}`);
}

describe('how one file is run', () => {
  test('by Node as it is: JavaScript, and TypeScript when there is nothing for it', () => {
    const plain = file('app.js', 'fetch("http://x")');
    install('tsx');
    expect(launchOf(plain)).toEqual({ launch: { program: plain } });
    rmSync(join(folder, 'node_modules'), { recursive: true });
    const typed = file('app.ts');
    expect(launchOf(typed)).toEqual({ launch: { program: typed } });
  });

  test('by tsx where nobody has compiled it', () => {
    const loader = install('tsx');
    const typed = file('src/app.ts');
    const tsx = { launch: { program: typed, runtimeArgs: ['--import', loader] }, runner: 'tsx' };
    expect(launchOf(typed)).toEqual(tsx);
    file('tsconfig.json', '{\n  // "outDir": "./",\n  "compilerOptions": { "outDir": "dist", "rootDir": "src" }\n}');
    expect(launchOf(typed)).toEqual(tsx);
    file('dist/app.js');
    expect(launchOf(typed)).toEqual({ launch: { program: typed } });
  });

  test('compiled beside it: as it is', () => {
    install('tsx');
    const typed = file('app.mts');
    file('app.mjs');
    expect(launchOf(typed)).toEqual({ launch: { program: typed } });
  });

  test('by the test runner that it imports', () => {
    file('package.json', {});
    const [vitest, jest, mocha] = [install('vitest'), install('jest'), install('mocha')];
    const loader = install('tsx');
    expect(launchOf(file('test/a.test.ts', "import { test } from 'vitest';"))).toEqual({
      launch: { program: vitest, args: ['run', join('test', 'a.test.ts')], cwd: folder, outputCapture: 'std' },
      runner: 'vitest',
    });
    const b = file('b.js', "const { test } = require('@jest/globals');");
    expect(launchOf(b)).toEqual({
      launch: { program: jest, args: ['--runInBand', '--runTestsByPath', b], cwd: folder, outputCapture: 'std' },
      runner: 'jest',
    });
    const c = file('c.ts', 'import { describe } from "mocha";');
    const runtimeArgs = ['--import', loader];
    expect(launchOf(c)).toEqual({
      launch: { program: mocha, args: [c], cwd: folder, outputCapture: 'std', runtimeArgs },
      runner: 'mocha',
    });
    const d = file('d.ts', "import test from 'node:test';");
    expect(launchOf(d)).toEqual({
      launch: { program: d, runtimeArgs: ['--import', loader, '--test'], outputCapture: 'std' },
      runner: 'node --test',
    });
  });

  test('by the one whose globals it uses; the test script says which where several are there', () => {
    const text = "describe('shop', () => {\n  it('sells', () => {});\n});\n";
    const spec = file('shop.spec.js', text);
    expect(launchOf(spec)).not.toHaveProperty('runner');
    install('mocha');
    expect(launchOf(spec).runner).toBe('mocha');
    install('jest');
    expect(launchOf(spec).runner).toBe('jest');
    file('package.json', { scripts: { test: 'mocha --exit' } });
    expect(launchOf(spec).runner).toBe('mocha');
  });

  test('a program that only names such a function, or a runner that is not there, is an ordinary one', () => {
    install('jest');
    for (const text of [
      "const test = require('tape');\ntest('x', () => {});",
      "import { test } from 'vitest';\ntest('x')",
    ])
      expect(launchOf(file('x.js', text))).not.toHaveProperty('runner');
  });
});

test('the program of a package is the one of its package.json, if it is there', () => {
  file('package.json', { main: 'dist/index' });
  expect(mainOf(folder)).toBeUndefined();
  const main = file('dist/index.js');
  expect(mainOf(folder)).toBe(main);
  file('package.json', '{');
  expect(mainOf(folder)).toBeUndefined();
});
