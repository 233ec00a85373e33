/** The suites: packages whose tests come with them, and how each suite is run here. */
import { execFileSync } from 'node:child_process';
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
  npm('http-proxy-agent', {
    runner: 'mocha',
    files: 'test/test.js',
    build: newKeys('test', 'ssl-cert-snakeoil.key', 'ssl-cert-snakeoil.pem'),
  }),
  npm('https-proxy-agent', {
    runner: 'mocha',
    files: 'test/test.js',
    build: newKeys('test', 'ssl-cert-snakeoil.key', 'ssl-cert-snakeoil.pem'),
  }),
  npm('node-fetch-1', { title: 'node-fetch', runner: 'mocha', files: 'test/test.js' }),
  npm('bent', { runner: 'mocha', files: 'test/test-*.js' }),
  // Some tests end the run of all others by an error that nothing catches: left out.
  npm('mqtt', {
    runner: 'mocha',
    files: 'test/{mqtt,client,secure_client,websocket_client,store,mqtt_store}.js',
    options: { checkLeaks: true, timeout: 5000, grep: 'with async incoming store', invert: true },
    build: newKeys('test/helpers', 'tls-key.pem', 'tls-cert.pem'),
  }),
  npm('get-uri', {
    runner: 'mocha',
    files: 'test/{http,https,redirect}.js',
    build: newKeys('test', 'server.key', 'server.crt'),
  }),
  npm('nodemailer-fetch', { runner: 'mocha', files: 'test/*-test.js' }),
  npm('node-rest-client', { runner: 'mocha', files: 'test/specs/*.js', options: { require: ['should'] } }),
  debian('node-ws', { runner: 'mocha', files: 'test/*.test.js' }),
  npm('needle', { runner: 'mocha', files: 'test/*_spec.js', build: addKeys }),
  debian('node-got', { runner: 'ava', files: 'test/*.js', build: compile }),
];

export function versionOf(suite) {
  return JSON.parse(readFileSync(join(suite.folder, 'package.json'), 'utf8')).version;
}

/** Files of a suite that match `folder/start*ending` or `folder/{one,two}.js`, relative to it. */
export function filesOf(suite, at) {
  const folder = dirname(suite.files);
  const pattern = suite.files.slice(folder.length + 1);
  const source = pattern
    .replaceAll('.', '\\.')
    .replaceAll('*', '.*')
    .replace(/\{(.*)\}/, (_, names) => `(${names.replaceAll(',', '|')})`);
  const matches = new RegExp(`^${source}$`);
  return readdirSync(join(at, folder))
    .filter((f) => matches.test(f))
    .sort()
    .map((f) => `${folder}/${f}`);
}

/** Keys of 1,024 bits and certificates that have run out are refused by every Node here: new ones of the same names. */
function newKeys(folder, keyFile, certificateFile) {
  return (at) => {
    const [key, certificate] = [keyFile, certificateFile].map((name) => join(at, folder, name));
    const options = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=localhost'];
    execFileSync('openssl', [...options, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  };
}

/** The package leaves out the keys of its test servers. */
function addKeys(at) {
  const keys = join(here, '../support/servers/certificates');
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
