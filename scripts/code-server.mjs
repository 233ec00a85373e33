/**
 * A real VS Code in the browser (code-server from npm), with one unpacked extension: for the end-to-end tests, and for
 * `npm start` where no VS Code is installed. Nothing is compiled: code-server's packages carry their binaries, and it
 * runs under the Node that comes from npm beside it, so the machine's own Node may be older.
 */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const folder = join(dirname(fileURLToPath(import.meta.url)), '../test/e2e');
const server = join(folder, 'node_modules/code-server');
const nodeBin = join(folder, `node_modules/node-linux-${process.arch}/bin`);
/** Raised when the steps of the installation change, so that an older one is made again. */
const recipe = 1;

/** Parts of VS Code that debugging does not need: half of its size, and one that complains without its own package. */
const unneeded = [
  'node_modules/@github',
  'node_modules/@microsoft/mxc-sdk',
  'extensions/copilot',
  'extensions/mermaid-markdown-features',
  'extensions/typescript-language-features',
];

/** What every window starts with: no trust prompt, no welcome, no update, nothing that calls home. */
const quiet = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'update.mode': 'none',
  'git.enabled': false,
  'chat.disableAIFeatures': true,
  'remote.autoForwardPorts': false,
};

/**
 * Installs code-server below test/e2e/node_modules unless it is there already (the lock file's hash decides).
 * Needs Linux and the npm registry; about 20 seconds.
 */
export async function installCodeServer({ log = () => {} } = {}) {
  if (process.platform !== 'linux')
    throw new Error('code-server from npm runs on Linux only; install VS Code (the command `code`) instead.');
  const stamp = join(folder, 'node_modules/.complete');
  const lock = readFileSync(join(folder, 'package-lock.json'));
  const wanted = `${recipe} ${process.arch} ${createHash('sha256').update(lock).digest('hex')}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  log('Installing VS Code (code-server) from npm, about 20 seconds …');
  const vscode = join(server, 'lib/vscode');
  const quietly = ['--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = (args, cwd) =>
    run('npm', [...args, ...quietly], {
      cwd,
      env: { ...process.env, PATH: `${nodeBin}:${process.env.PATH}` },
      maxBuffer: 1 << 24,
    });
  await npm(['ci'], folder);
  // What code-server's own install script would do; `npm ci` refuses its lock file.
  await npm(['install'], vscode);
  for (const part of unneeded) rmSync(join(vscode, part), { recursive: true, force: true });
  for (const binaries of ['node_modules/node-pty/prebuilds', 'node_modules/@vscode/ripgrep-universal/bin']) {
    const at = join(vscode, binaries);
    for (const platform of existsSync(at) ? readdirSync(at) : []) {
      if (platform !== `linux-${process.arch}`) rmSync(join(at, platform), { recursive: true, force: true });
    }
  }
  writeFileSync(stamp, wanted);
}

/** A free port of the loopback interface; nothing listens on it now. */
function freePort() {
  return new Promise((done, failed) => {
    const probe = createServer().once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/** Whether the server answers; polled, as it says nothing reliable when it is ready. */
async function answers(url, isDead, timeoutMs) {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await new Promise((r) => setTimeout(r, 50))) {
    if (isDead()) return false;
    const up = await fetch(`${url}/healthz`).then(
      (r) => r.ok,
      () => false,
    );
    if (up) return true;
  }
  return false;
}

/**
 * Starts code-server on a free loopback port, without a password.
 *
 * @param {object} o
 * @param {string} o.extension folder of the extension, used in place
 * @param {string[]} [o.others] folders of further extensions, likewise
 * @param {string} o.workspace folder to open, used in place
 * @param {Record<string, unknown>} [o.settings] user settings above the quiet ones
 * @param {Record<string, string>} [o.env] more environment; the extension host inherits it
 * @param {string} [o.data] folder for settings and state, kept; default: a new one, removed by stop
 * @param {number} [o.port]
 * @returns {Promise<{url: string, pid: number, data: string, output: () => string, stop: () => Promise<void>}>}
 *   url opens the workspace; output is what the server printed
 */
export async function startCodeServer({ extension, others = [], workspace, settings = {}, env = {}, data, port }) {
  const dir = data ?? mkdtempSync(join(tmpdir(), 'nettrace-code-'));
  const user = join(dir, 'user/User');
  const extensions = join(dir, 'extensions');
  mkdirSync(user, { recursive: true });
  mkdirSync(extensions, { recursive: true });
  // A folder named publisher.name-version is enough: no .vsix, no list of extensions.
  for (const one of [extension, ...others]) {
    const about = JSON.parse(readFileSync(join(one, 'package.json'), 'utf8'));
    const link = join(extensions, `${about.publisher}.${about.name}-${about.version}`);
    rmSync(link, { force: true });
    symlinkSync(resolve(one), link, 'dir');
  }
  const settingsFile = join(user, 'settings.json');
  if (!data || !existsSync(settingsFile))
    writeFileSync(settingsFile, JSON.stringify({ ...quiet, ...settings }, null, 2));

  const at = `http://127.0.0.1:${port ?? (await freePort())}`;
  const child = spawn(
    join(nodeBin, 'node'),
    [
      ...[
        join(server, 'out/node/entry.js'),
        '--auth',
        'none',
        '--bind-addr',
        at.slice('http://'.length),
        '--config',
        join(dir, 'code-server.yaml'),
      ],
      ...[
        '--disable-telemetry',
        '--disable-update-check',
        '--disable-workspace-trust',
        '--disable-getting-started-override',
      ],
      ...['--user-data-dir', join(dir, 'user'), '--extensions-dir', extensions],
    ],
    // Its own process group: extension host, terminals and debugged programs end with it.
    { env: { ...process.env, ...env }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => (output = (output + text).slice(-200_000)));
  const ended = new Promise((done) => child.once('close', done));
  const isDead = () => child.exitCode !== null || child.signalCode !== null;
  const kill = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The group is gone already.
    }
  };
  const killAll = () => kill('SIGKILL');
  process.once('exit', killAll);
  const stop = async () => {
    process.off('exit', killAll);
    kill('SIGTERM');
    await Promise.race([ended, new Promise((r) => setTimeout(r, 3000).unref())]);
    kill('SIGKILL');
    await ended;
    if (!data) rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  if (!(await answers(at, isDead, 30_000))) {
    await stop();
    throw new Error(`code-server did not start.\n${output}`);
  }
  return {
    url: `${at}/?folder=${encodeURIComponent(resolve(workspace))}`,
    pid: child.pid,
    data: dir,
    output: () => output,
    stop,
  };
}
