/**
 * One run of a suite, in a copy of its folder and its own network namespace: loopback only, no port is taken, no name
 * of the world is found. So a test that wants the world fails the same way in every arm.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hooked } from '../support/programs/hooked.mjs';
import { fromLines, fromTap } from './results.mjs';
import { filesOf } from './suites.mjs';

const here = import.meta.dirname;
/** A copy: a build in the middle of the runs does not change what is compared. */
const product = mkdtempSync(join(tmpdir(), 'nettrace-twin-hook-'));
process.on('exit', () => rmSync(product, { recursive: true, force: true }));
const hook = join(product, 'hook.cjs');
copyFileSync(join(here, '../../dist/hook.cjs'), hook);
copyFileSync(join(here, '../../dist/requests.cjs'), join(product, 'requests.cjs'));
const modules = join(here, 'node_modules');

/** What is compared: without the hook, with it, and with all that it can be asked for. */
export const arms = {
  bare: () => ({}),
  hook: () => hooked(hook),
  all: () => hooked(hook, { headers: 'values', bodies: 65_536, sockets: true, incoming: true }),
};

const root = process.getuid?.() === 0;
const namespace = [
  'unshare',
  ...(root ? [] : ['--map-root-user']),
  '--net',
  'sh',
  '-c',
  'ip link set lo up; exec "$@"',
];
const apart = spawnSync(namespace[0], [...namespace.slice(1), 'sh', 'true']).status === 0;
/** Many tests wait for so many milliseconds: other work of the machine shall not fail them. */
const ahead = root && spawnSync('nice', ['-n', '-15', 'true']).status === 0 ? ['nice', '-n', '-15'] : [];
export const network = apart ? 'in a network namespace with loopback alone' : 'on the machine’s own network';

function run([file, ...args], { cwd, env, timeoutMs = 240_000 }) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'] });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (d) => {
      stdout += d;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ stdout, code: signal ?? code });
    });
  });
}

/** Results of one arm and how many requests it recorded. `under`: words of a command that starts Node instead. */
export async function runArm(suite, node, arm, under) {
  const folder = mkdtempSync(join(tmpdir(), 'nettrace-twin-'));
  const at = join(folder, 'package');
  const spool = join(folder, 'spool');
  const out = join(folder, 'out.jsonl');
  try {
    cpSync(suite.folder, at, { recursive: true });
    symlinkSync(modules, join(folder, 'node_modules'));
    await suite.build?.(at);
    cpSync(join(here, 'reporter.cjs'), join(folder, 'reporter.cjs'));
    const { PATH, HOME } = process.env;
    const { NODE_OPTIONS, ...more } = arms[arm]();
    const env = { PATH, HOME, TWIN_OUT: out, ...more, ...(arm === 'bare' ? {} : { NETTRACE_SPOOL: spool }) };
    mkdirSync(spool);
    // The hook is loaded by the tests' own Node alone, not by the tools around it.
    const options = under ?? (NODE_OPTIONS === undefined ? [] : ['env', `NODE_OPTIONS=${NODE_OPTIONS}`]);
    const start = [...ahead, ...(apart ? [...namespace, 'sh'] : []), ...options, node];
    const results = await runners[suite.runner]({ suite, at, start, env, out });
    return { results, requests: arm === 'bare' ? 0 : requestsIn(spool) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const runners = {
  async mocha({ suite, at, start, env, out }) {
    const { options = {} } = suite;
    const mocha = [join(here, 'mocha.cjs'), join(at, '../reporter.cjs'), JSON.stringify(options)];
    const { code } = await run([...start, ...mocha, ...filesOf(suite, at)], { cwd: at, env });
    const results = fromLines(existsSync(out) ? readFileSync(out, 'utf8') : '');
    return results.note('exit code', String(code));
  },
  /** One after the other: a file that wants 20 answers within 200 ms does not get them beside another. */
  async tap({ suite, at, start, env }) {
    const outputs = [];
    for (const file of filesOf(suite, at)) {
      outputs.push([file, await run([...start, file], { cwd: at, env, timeoutMs: 60_000 })]);
    }
    return fromTap(outputs);
  },
  async ava({ at, start, env }) {
    const command = [...start, join(modules, 'ava/cli.js'), '--tap', '--concurrency', '2'];
    return fromTap([['ava', await run(command, { cwd: at, env, timeoutMs: 600_000 })]], true);
  },
};

function requestsIn(spool) {
  let requests = 0;
  for (const name of readdirSync(spool)) {
    requests += (readFileSync(join(spool, name), 'latin1').match(/^\{"k":"req"/gm) ?? []).length;
  }
  return requests;
}
