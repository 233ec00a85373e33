/**
 * Makes a clone ready to use: packages, bundles, the sample. Each step looks first and does nothing when there is
 * nothing to do, so `npm start`, `npm run demo` and `npm test` all begin with it. Also runs alone: node scripts/setup.mjs
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundles = ['hook.cjs', 'extension.cjs', 'work.cjs', 'nettrace.cjs', 'cli.cjs', 'mcp.cjs', 'webview.js'];
const oldestNode = 20;

/** Something the user can act on: shown as it is, without a stack. */
export class SetupError extends Error {}

/** Brings everything up to date. `log` gets a line for each step that has something to do. */
export function setup({ log = console.error } = {}) {
  checkNode();
  installPackages('.', log);
  buildProduct(log);
  buildSample(log);
}

/** Runs a script's main function; what the user can act on ends the process with its text alone and code 2. */
export async function main(run) {
  try {
    process.exitCode = (await run()) ?? 0;
  } catch (error) {
    if (!(error instanceof SetupError || error.code?.startsWith('ERR_PARSE_ARGS'))) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= oldestNode) return;
  throw new SetupError(
    `Net Trace is built with Node ${oldestNode} or later; this is ${process.version}. (The programs it traces may run on Node 18.)`,
  );
}

/** Installs what a folder's lock file names; the folders below test/ have packages of their own. */
export function installPackages(folder, log = console.error) {
  const installed = join(folder, 'node_modules/.package-lock.json');
  const difference = packageDifference(readJson(join(folder, 'package-lock.json')), readJson(installed));
  if (difference === undefined) return;
  log(`Installing packages${folder === '.' ? '' : ` of ${folder}`} (${difference}) …`);
  // The versions are those of the lock file, which stays as it is. Not `npm ci`: it begins by deleting everything, and
  // refuses a lock file made from a registry that lacks other platforms' binaries. A shell finds npm.cmd on Windows.
  const command = 'npm install --no-save --no-audit --no-fund --loglevel=error';
  run(command, [], 'Installing the packages failed', { shell: true, cwd: join(root, folder) });
}

/**
 * How what is installed differs from what the lock file names, in words; absent when it does not. npm notes what it
 * has installed in a file of the same form, so this needs no stamp file and works for any installation by npm.
 *
 * @param {{packages: Record<string, {version?: string, optional?: boolean}>}} wanted package-lock.json
 * @param {typeof wanted | undefined} installed node_modules/.package-lock.json
 * @returns {string | undefined}
 */
export function packageDifference(wanted, installed) {
  if (installed === undefined) return 'none is there yet';
  for (const [path, { version, optional }] of Object.entries(wanted.packages)) {
    if (path === '') continue; // the project itself
    const there = installed.packages[path]?.version;
    const name = path.replace(/^.*node_modules\//, '');
    if (there === undefined && optional) continue; // binaries of other platforms
    if (there !== version) return there === undefined ? `${name} is missing` : `${name} ${there} instead of ${version}`;
  }
  return undefined;
}

function buildProduct(log) {
  const sources = ['src', 'webview', 'scripts/build.mjs', 'package.json', 'tsconfig.json'];
  const results = bundles.map((name) => `dist/${name}`);
  if (!isOlder(results, sources)) return;
  log('Building …');
  run(process.execPath, ['scripts/build.mjs'], 'Building failed');
}

function buildSample(log) {
  const sample = 'samples/checkout';
  if (!isOlder([`${sample}/dist/main.js`], [`${sample}/src`, `${sample}/tsconfig.json`])) return;
  log(`Building ${sample} …`);
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', sample], `Building ${sample} failed`);
}

/** Whether a result is missing or was made before the last change of a source. */
function isOlder(results, sources) {
  const made = results.map((path) => join(root, path));
  if (!made.every((path) => existsSync(path))) return true;
  const oldest = Math.min(...made.map((path) => statSync(path).mtimeMs));
  return sources.some((path) => lastChange(join(root, path)) > oldest);
}

/** Last change in ms of a file, or of anything in a folder that goes into a build; folders report removed files. */
function lastChange(path) {
  if (/\.test\.tsx?$/.test(path)) return 0;
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => lastChange(join(path, name))));
}

function run(command, args, failure, options = {}) {
  // Nothing goes to stdout: that belongs to the program of `npm run demo`.
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  if (error) throw new SetupError(`${failure}: ${error.message}`);
  if (status !== 0) throw new SetupError(`${failure}; see above.`);
}

function readJson(path) {
  const full = join(root, path);
  return existsSync(full) ? JSON.parse(readFileSync(full, 'utf8')) : undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(() => setup());
