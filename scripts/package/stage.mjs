/** Folders that become packages: bundles as they are shipped, and files with modes that no umask has changed. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../setup.mjs';

/** What the command line loads when it is used. */
const parts = ['mcp.cjs', 'otlp.cjs', 'metrics.cjs'];
/** The hook, what it loads for requests, and its resolver. */
const hookBundles = ['hook.cjs', 'requests.cjs', 'resolver.cjs'];
/** The command line, and the hook. */
export const commandBundles = ['nettrace.cjs', 'cli.cjs', ...parts, ...hookBundles];
export const extensionBundles = ['extension.cjs', 'work.cjs', 'replay.cjs', 'send.cjs', 'webview.js', ...hookBundles];

/** Everything in a package has this time: the one that `npm pack` gives to its files. */
export const fixedTime = new Date('1985-10-26T08:15:00Z');

export const manifest = readJson('package.json');

export function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

/** Builds all bundles: their folder, and which npm packages are in each. */
export function buildBundles(folder) {
  const names = [...new Set([...commandBundles, ...extensionBundles])];
  const command = [join(root, 'scripts/build.mjs'), '--release', folder, ...names];
  const packages = JSON.parse(execFileSync(process.execPath, command, { encoding: 'utf8' }));
  return { folder, packages };
}

/** A folder that becomes a package. */
export class Stage {
  constructor(folder) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  copy(from, path, mode = 0o644) {
    copyFileSync(from, this.#at(path));
    chmodSync(join(this.folder, path), mode);
  }

  write(path, text) {
    writeFileSync(this.#at(path), text);
    chmodSync(join(this.folder, path), 0o644);
  }

  /** Copies a file of the repository to the same path. */
  take(path) {
    this.copy(join(root, path), path);
  }

  /** The helper where src/helper/locate.ts looks for it, with the licences of musl, which is linked into it. */
  addHelper({ arch, file, musl }) {
    const folder = `dist/native/linux-${arch}`;
    this.copy(file, `${folder}/nettrace-helper`, 0o755);
    this.copy(musl.licence, `${folder}/LICENCES-musl.txt`);
  }

  /** Paths of all files, sorted, and their bytes. */
  files() {
    const files = readdirSync(this.folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    return files
      .map(({ parentPath, name }) => {
        const path = join(parentPath, name);
        return { path: path.slice(this.folder.length + 1), bytes: statSync(path).size };
      })
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  #at(path) {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    return file;
  }
}

export function sum(numbers) {
  return numbers.reduce((a, b) => a + b, 0);
}
