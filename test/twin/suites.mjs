// The suites: packages whose tests come with them, and how each suite is run here.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const here = import.meta.dirname;
/** Where Debian's sources are unpacked; filled by `fetchSources`. */
export const cache = join(here, '../../.cache/twin');

const npm = (name, more) => ({ name, title: name, folder: join(here, 'node_modules', name), source: 'npm', ...more });
const debian = (name, more) => ({ name, title: name, folder: join(cache, name), source: 'Debian source', ...more });

/** Debian's packages that are asked for; those that the mirror does not carry are named in the table. */
export const sourcePackages = ['node-undici', 'node-ws', 'node-got', 'node-superagent', 'node-axios', 'node-request'];

export const suites = [
  npm('hyperquest', { runner: 'tap', files: 'test/*.js' }),
  debian('node-ws', { runner: 'mocha', files: 'test/*.test.js' }),
  npm('needle', { runner: 'mocha', files: 'test/*_spec.js', build: addKeys }),
  debian('node-got', { runner: 'ava', files: 'test/*.js', build: compile }),
];

export function versionOf(suite) {
  return JSON.parse(readFileSync(join(suite.folder, 'package.json'), 'utf8')).version;
}

/** Files of a suite that match `folder/*ending`, relative to it. */
export function filesOf(suite, at) {
  const ending = suite.files.split('*')[1];
  const folder = dirname(suite.files);
  return readdirSync(join(at, folder))
    .filter((f) => f.endsWith(ending))
    .sort()
    .map((f) => `${folder}/${f}`);
}

/** The package leaves out the keys of its test servers. */
function addKeys(at) {
  const keys = join(here, '../support/certificates');
  mkdirSync(join(at, 'test/keys'), { recursive: true });
  copyFileSync(join(keys, 'server.key'), join(at, 'test/keys/ssl.key'));
  copyFileSync(join(keys, 'server.pem'), join(at, 'test/keys/ssl.cert'));
}

/** Strips the types of a TypeScript package in place, as its tests expect a build of the whole folder. */
async function compile(at) {
  const { transformSync } = await import('esbuild');
  for (const file of filesBelow(at)) {
    if (!file.endsWith('.ts') || file.endsWith('.d.ts')) continue;
    const { code } = transformSync(readFileSync(file, 'utf8'), { loader: 'ts', format: 'cjs', target: 'node18' });
    const out = file.replace(/\.ts$/, '.js');
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, code);
  }
  const path = join(at, 'package.json');
  const { ava: _typescript, ...rest } = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...rest, ava: { files: ['test/*.js'], timeout: '1m' } }));
}

function filesBelow(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (name === 'node_modules') return [];
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

export const isThere = (suite) => existsSync(join(suite.folder, 'package.json'));
