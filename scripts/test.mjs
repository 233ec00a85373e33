/**
 * npm test: everything, on a fresh machine too. Names after `--` choose parts: npm test -- unit e2e
 *
 * All parts run, whatever fails. A part that cannot run here says why and counts as skipped; under CI=true, where
 * everything can be installed, that is a failure. A test that fails is repeated once; see report.mjs.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { preparations } from './prepare.mjs';
import { conclusion, endedExitCode, failedSuites, maxFlaky, read, repeated } from './report.mjs';
import { main, root, SetupError, setup } from './setup.mjs';

/** These are for what hangs: a slow machine needs a fifth of them. */
const minute = 60_000;
const partLimit = 40 * minute;
const runLimit = 85 * minute;
const progressInterval = 30_000;

const begin = performance.now();
const log = (text) => console.log(text);
const secondsSince = (from) => ((performance.now() - from) / 1000).toFixed(0);

const reporter = join(root, 'scripts/reporter.mjs');
const tool = (path, ...args) => [process.execPath, join(root, 'node_modules', path), ...args];
const check = (name, command) => ({
  name,
  run: async (out) => counted((await execute(command, out)) === 0 ? 'passed' : 'failed'),
});
/** One for each kind of room, then all of it with the tests (CONTRIBUTING.md). */
const typeChecks = [...['pure', 'node', 'page'].map((kind) => `tsconfig/${kind}.json`), 'tsconfig.json'];
const project = (name) => ({ name, prepare: preparations[name], run: (out) => runProject(name, out) });

const parts = [
  check('types', tool('typescript/bin/tsc', '-b', ...typeChecks)),
  check('style', tool('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.')),
  check('unused', tool('knip/bin/knip.js')),
  project('unit'),
  ...Object.keys(preparations).map(project),
];
/**
 * These run beside the other parts, each row one after the other, as they often wait: for VS Code, for a server's answer,
 * for a page. Each row takes about as long as what is left. With one processor, all parts run one after the other.
 */
const beside =
  availableParallelism() < 2
    ? []
    : [
        ['e2e', 'native', 'package'],
        ['webview', 'cases', 'matrix', 'windows'],
      ];

/** What the other parts print is shown as it comes. */
const shown = { log, stdio: 'inherit' };

await main(async () => {
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !parts.some((part) => part.name === name));
  if (unknown) throw new SetupError(`No part "${unknown}"; there are ${parts.map((part) => part.name).join(', ')}.`);
  setup({ log });

  const chosen = parts.filter(({ name }) => names.length === 0 || names.includes(name));
  const prepared = prepare(chosen);
  const others = parts.map(({ name }) => name).filter((name) => !beside.flat().includes(name));
  const rows = [others, ...beside]
    .map((row) => row.flatMap((name) => chosen.filter((part) => part.name === name)))
    .filter((row) => row.length > 0);
  const outs = rows.map((_, i) => (i === 0 ? shown : heldOutput()));
  const results = (await Promise.all(rows.map((row, i) => runInTurn(row, prepared, outs[i])))).flat();
  for (const out of outs) out.show?.();

  const table = chosen.map(({ name }) => results.find(({ part }) => part === name));
  const { lines, failed } = conclusion(table);
  log(`\nIn ${secondsSince(begin)} s:`);
  for (const line of lines) log(line);
  return failed > 0 ? 1 : 0;
});

async function runInTurn(list, prepared, out) {
  const table = [];
  for (const part of list) table.push({ part: part.name, ...(await runPart(part, prepared, out)) });
  return table;
}

async function runPart({ name, prepare, run }, prepared, parent) {
  const out = { ...parent, finished: undefined };
  const from = performance.now();
  out.log(`\n── ${name} ${'─'.repeat(100 - name.length)}`);
  const progress = setInterval(() => {
    const tests = out.finished === undefined ? '' : `${out.finished} tests done, `;
    log(`   … ${name}: ${tests}${secondsSince(from)} s`);
  }, progressInterval);
  try {
    const problem = prepare && (await problemOf(prepare, prepared));
    if (!problem) return await run(out);
    out.log(`Cannot run here: ${problem}`);
    return counted(process.env.CI ? 'failed' : 'skipped');
  } finally {
    clearInterval(progress);
    out.log(`${name}: ${secondsSince(from)} s`);
  }
}

/** A part's own preparation follows: it has nothing left to do, or meets the same fault again and reports it. */
async function problemOf(prepare, prepared) {
  await prepared;
  try {
    await prepare();
  } catch (error) {
    return error.message;
  }
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function counted(key) {
  return { passed: 0, failed: 0, skipped: 0, [key]: 1 };
}

/** What a part prints that runs beside the others is shown when all are done. */
function heldOutput() {
  let text = '';
  const write = (more) => {
    text += more;
  };
  return { write, log: (line) => write(`${line}\n`), stdio: 'pipe', show: () => text && log(text.trimEnd()) };
}

/** Begins what the parts need while the first of them, which need nothing, run; resolves when that is done. */
async function prepare(chosen) {
  const names = chosen.filter(({ prepare }) => prepare).map(({ name }) => name);
  const out = heldOutput();
  await execute([process.execPath, join(root, 'scripts/prepare.mjs'), ...names], out);
  out.show();
}

async function runProject(name, out) {
  out.finished = 0;
  // All steps of an end-to-end part share a window: what failed once is tried again in a new one, from the part's begin.
  const inOneWindow = name === 'e2e';
  const { report, status } = await runVitest(name, out, inOneWindow ? [] : ['--retry=1']);
  const isWhole = report && status !== endedExitCode;
  const suites = isWhole && inOneWindow ? [...failedSuites(report).keys()] : [];
  if (suites.length === 0 || suites.length > maxFlaky || suites.includes(undefined)) return read(report, status, name);
  out.log(`Once more in a new window: ${suites.join(', ')}`);
  const again = await runVitest(name, out, ['-t', `^(${suites.map(escaped).join('|')}) `]);
  return again.report && again.status !== endedExitCode
    ? read(repeated(report, again.report), again.status, name)
    : read(report, status, name);
}

async function runVitest(name, out, options) {
  let report;
  const failed = [];
  const command = tool('vitest/vitest.mjs', 'run', '--project', name, `--reporter=${reporter}`, ...options);
  // No test leaves this machine, and Node 20 reads this file at each start: 35 ms of processor time.
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const take = (message) => {
    out.finished = message.finished ?? out.finished;
    report = message.report ?? report;
    if (message.failed) failed.push(message.failed);
  };
  const status = await execute(command, out, take, env);
  return { report: report ?? (failed.length > 0 ? { tests: failed, others: [] } : undefined), status };
}

/** Runs a command to its end; `endedExitCode` when it had to be ended. `onMessage` gets what it sends to its parent. */
function execute([command, ...args], { log, write, stdio }, onMessage, env = process.env) {
  return new Promise((done, failed) => {
    const streams = ['ignore', stdio, stdio];
    const child = spawn(command, args, { cwd: root, env, stdio: onMessage ? [...streams, 'ipc'] : streams });
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', write);
    if (onMessage) child.on('message', onMessage);
    const limit = Math.min(partLimit, runLimit - (performance.now() - begin));
    let late = false;
    const hangTimer = setTimeout(() => {
      late = true;
      log(`Ended: not done after ${(limit / minute).toFixed(0)} minutes.`);
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
    }, limit);
    child.once('error', failed);
    child.once('exit', (status) => {
      clearTimeout(hangTimer);
      done(late ? endedExitCode : (status ?? 1));
    });
  });
}
