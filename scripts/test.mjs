// npm test: everything, on a fresh machine too. Names after `--` choose parts: npm test -- unit e2e
//
// The parts run one after the other and all of them run, whatever fails. A part that cannot run here says why and counts
// as skipped; under CI=true, where everything can be installed, that is a failure.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumPath } from './chromium.mjs';
import { installCodeServer } from './code-server.mjs';
import { installDebian } from './debian.mjs';
import { buildHelper } from './native.mjs';
import { read } from './report.mjs';
import { installPackages, main, root, SetupError, setup } from './setup.mjs';

/** A part that hangs is ended after this time; the longest one takes a third of it. */
const patienceMs = 8 * 60_000;
/** More failures than these are no bad luck. */
const fewFailures = 3;
const log = (text) => console.log(text);

const tool = (path, ...args) => [process.execPath, join(root, 'node_modules', path), ...args];
const check = (name, command) => ({ name, run: () => runCheck(command) });
const project = (name, prepare = () => {}) => ({ name, prepare, run: () => runProject(name) });

const parts = [
  check('types', tool('typescript/bin/tsc', '--noEmit')),
  check('style', tool('@biomejs/biome/bin/biome', 'check', '.')),
  check('unused', tool('knip/bin/knip.js')),
  project('unit'),
  project('hook', installPeers),
  project('cases', () => {
    installPrograms();
    installTools(['iproute2', 'nftables', 'libfaketime', 'tcpdump']);
  }),
  project('matrix', installPrograms),
  project('native', installNative),
  project('webview', () => chromiumPath({ log })),
  project('e2e', async () => {
    chromiumPath({ log });
    await installCodeServer({ log });
  }),
];

await main(async () => {
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !parts.some((part) => part.name === name));
  if (unknown) throw new SetupError(`No part "${unknown}"; there are ${parts.map((part) => part.name).join(', ')}.`);
  await timed('setup', () => setup({ log }));

  const total = { passed: 0, failed: 0, skipped: 0 };
  const table = [];
  const failures = [];
  for (const part of parts.filter(({ name }) => names.length === 0 || names.includes(name))) {
    log(`\n── ${part.name} ${'─'.repeat(100 - part.name.length)}`);
    const counts = await timed(part.name, () => runPart(part));
    for (const key of Object.keys(total)) total[key] += counts[key];
    table.push({ part: part.name, ...counts });
    failures.push(...(counts.names ?? []));
  }

  log('');
  for (const { part, ...counts } of table) log(`${part.padEnd(9)} ${summary(counts)}`);
  log(summary(total));
  if (failures.length > 0) log(`\n${failures.join('\n')}`);
  return total.failed > 0 ? 1 : 0;
});

/** Node 18 to 26, and the HTTP clients: what the traced programs of these tests run on. */
function installPrograms() {
  installPackages('test/node', log);
  installPackages('test/matrix/clients', log);
}

/** And packages whose own tests are run with and without the hook. */
function installPeers() {
  installPrograms();
  installTools(['iproute2', 'tcpdump', 'tshark']);
  installPackages('test/twin', log);
}

/** What compiles the helper, and what its figures are compared with. */
function installNative() {
  const compile = ['gcc', 'make', 'libc6-dev', 'musl-tools', 'clang', 'bpftool', 'libbpf-dev'];
  const cross = ['gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross', 'qemu-user'];
  const compare = ['iproute2', 'nftables', 'conntrack', 'tcpdump', 'tshark', 'strace', 'util-linux', 'sudo'];
  installTools([...compile, ...cross, ...compare]);
  const { reason } = buildHelper();
  if (reason) throw new SetupError(`the native helper: ${reason}`);
}

/** Tools of single tests: each of those says itself that it is skipped, and why. */
function installTools(packages) {
  try {
    installDebian(packages, { log });
  } catch (error) {
    if (process.env.CI) throw error;
    log(`${error.message}, for the tests that need it.`);
  }
}

function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

async function timed(name, run) {
  const begin = performance.now();
  const result = await run();
  log(`${name}: ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  return result;
}

async function runPart({ prepare, run }) {
  try {
    await prepare?.();
  } catch (error) {
    log(`Cannot run here: ${error.message}`);
    return process.env.CI ? counted('failed') : counted('skipped');
  }
  return await run();
}

function counted(key) {
  return { passed: 0, failed: 0, skipped: 0, [key]: 1 };
}

async function runCheck(command) {
  return counted((await exitCode(command)) === 0 ? 'passed' : 'failed');
}

/**
 * A few tests that failed are run once more, their files by themselves: what passes then depends on the machine's load or
 * on luck. That is a defect of the test, told by name at the end, but not one of what it tests.
 */
async function runProject(name) {
  const first = await runVitest(name);
  if (first.failed === 0 || first.failed > fewFailures || first.files.length === 0) return first;
  log(`\nOnce more, by themselves:\n${first.names.join('\n')}\n`);
  const again = await runVitest(name, first.files);
  if (again.failed > 0) return { ...first, names: [...first.names, ...again.names.map((line) => `again: ${line}`)] };
  const passed = first.passed + first.failed;
  return { ...first, passed, failed: 0, names: first.names.map((line) => `unsteady: ${line}`) };
}

async function runVitest(name, files = []) {
  const folder = mkdtempSync(join(tmpdir(), 'nettrace-test-'));
  const path = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${path}`];
  const status = await exitCode(tool('vitest/vitest.mjs', 'run', '--project', name, ...reporters, ...files));
  const report = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  rmSync(folder, { recursive: true, force: true });
  return read(report, status, root);
}

/** Runs a command to its end, its output shown as it comes; 124 when it had to be ended. */
function exitCode([command, ...args]) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    let late = false;
    const patience = setTimeout(() => {
      late = true;
      log(`Ended: not done after ${patienceMs / 60_000} minutes.`);
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
    }, patienceMs);
    child.once('error', failed);
    child.once('exit', (status) => {
      clearTimeout(patience);
      done(late ? 124 : (status ?? 1));
    });
  });
}
