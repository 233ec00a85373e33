// npm test: everything, on a fresh machine too. Names after `--` choose parts: npm test -- unit e2e
//
// The parts run one after the other, some beside one that mostly waits, and all of them run, whatever fails. A part that cannot run here says why and counts
// as skipped; under CI=true, where everything can be installed, that is a failure.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preparations } from './prepare.mjs';
import { read } from './report.mjs';
import { main, root, SetupError, setup } from './setup.mjs';

/** A part that hangs is ended after this time; the longest one takes a third of it. */
const patienceMs = 8 * 60_000;
/** More failures than these are no bad luck. */
const fewFailures = 3;
let told = false;
const log = (text) => console.log(text);

const tool = (path, ...args) => [process.execPath, join(root, 'node_modules', path), ...args];
const check = (name, command) => ({ name, run: (out) => runCheck(command, out) });
const project = (name) => ({ name, prepare: preparations[name], run: (out) => runProject(name, out) });

/** What a part prints is shown as it comes; of a part that runs beside another, when both are done. */
const shown = { log, stdio: 'inherit' };
const kept = () => {
  const out = { text: '', stdio: 'pipe', log: (text) => (out.text += `${text}\n`) };
  return out;
};

const parts = [
  check('types', tool('typescript/bin/tsc', '--noEmit')),
  check('style', tool('@biomejs/biome/bin/biome', 'check', '.')),
  check('unused', tool('knip/bin/knip.js')),
  project('unit'),
  ...Object.keys(preparations).map(project),
];
/** The window of VS Code waits for most of its time: these run meanwhile, one after the other. */
const meanwhile = { e2e: ['native', 'webview', 'matrix'] };

await main(async () => {
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !parts.some((part) => part.name === name));
  if (unknown) throw new SetupError(`No part "${unknown}"; there are ${parts.map((part) => part.name).join(', ')}.`);
  setup({ log });

  const total = { passed: 0, failed: 0, skipped: 0 };
  const table = [];
  const failures = [];
  const chosen = parts.filter(({ name }) => names.length === 0 || names.includes(name));
  const prepared = prepareBeside(chosen);
  const count = (part, counts) => {
    for (const key of Object.keys(total)) total[key] += counts[key];
    table.push({ part: part.name, ...counts });
    failures.push(...(counts.names ?? []));
  };
  const besides = ({ name }) =>
    (meanwhile[name] ?? []).flatMap((other) => chosen.filter((part) => part.name === other));
  const later = new Set(chosen.flatMap(besides));
  for (const part of chosen) {
    if (later.has(part)) continue;
    const out = kept();
    const others = inTurn(besides(part), async (other) => count(other, await timed(other, prepared, out)));
    const counts = await timed(part, prepared, shown);
    await others;
    count(part, counts);
    if (out.text) log(out.text);
  }

  log('');
  for (const { part, ...counts } of table) log(`${part.padEnd(9)} ${summary(counts)}`);
  log(summary(total));
  if (failures.length > 0) log(`\n${failures.join('\n')}`);
  return total.failed > 0 ? 1 : 0;
});

function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

async function inTurn(list, run) {
  for (const one of list) await run(one);
}

/** What was prepared is told where it was first waited for. */
function logOnce(text) {
  if (!told && text) log(text.trimEnd());
  told = true;
}

async function timed(part, prepared, out) {
  out.log(`\n── ${part.name} ${'─'.repeat(100 - part.name.length)}`);
  const begin = performance.now();
  const counts = await runPart(part, prepared, out);
  out.log(`${part.name}: ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  return counts;
}

/** Begins what the parts need while the first of them, which need nothing, run. Resolves with what it printed. */
function prepareBeside(chosen) {
  const names = chosen.filter(({ prepare }) => prepare).map(({ name }) => name);
  const child = spawn(process.execPath, [join(root, 'scripts/prepare.mjs'), ...names], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  return new Promise((done) => {
    child.once('error', () => done(said));
    child.once('close', () => done(said));
  });
}

/** A part's own preparation follows: it has nothing left to do, or meets the same fault again and tells it. */
async function runPart({ prepare, run }, prepared, out) {
  try {
    if (prepare) logOnce(await prepared);
    await prepare?.();
  } catch (error) {
    out.log(`Cannot run here: ${error.message}`);
    return process.env.CI ? counted('failed') : counted('skipped');
  }
  return await run(out);
}

function counted(key) {
  return { passed: 0, failed: 0, skipped: 0, [key]: 1 };
}

async function runCheck(command, out) {
  return counted((await exitCode(command, out)) === 0 ? 'passed' : 'failed');
}

/**
 * A few tests that failed are run once more, their files by themselves: what passes then depends on the machine's load or
 * on luck. That is a defect of the test, told by name at the end, but not one of what it tests.
 */
async function runProject(name, out) {
  const first = await runVitest(name, out);
  if (first.failed === 0 || first.failed > fewFailures || first.files.length === 0) return first;
  out.log(`\nOnce more, by themselves:\n${first.names.join('\n')}\n`);
  const again = await runVitest(name, out, first.files);
  if (again.failed > 0) return { ...first, names: [...first.names, ...again.names.map((line) => `again: ${line}`)] };
  const passed = first.passed + first.failed;
  return { ...first, passed, failed: 0, names: first.names.map((line) => `unsteady: ${line}`) };
}

async function runVitest(name, out, files = []) {
  const folder = mkdtempSync(join(tmpdir(), 'nettrace-test-'));
  const path = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${path}`];
  const status = await exitCode(tool('vitest/vitest.mjs', 'run', '--project', name, ...reporters, ...files), out);
  const report = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  rmSync(folder, { recursive: true, force: true });
  return read(report, status, root);
}

/** Runs a command to its end; 124 when it had to be ended. */
function exitCode([command, ...args], { stdio, log }) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', stdio, stdio] });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => log(String(data).trimEnd()));
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
