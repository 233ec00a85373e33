/**
 * Whether `nettrace diff` and `nettrace check` find what a change planted in a program (test/twin/programs/report), and
 * nothing else, run by run: `node test/twin/planted.mjs [--repeats 20] [--load 1] [--keep FOLDER] [--cli dist/nettrace.cjs]`.
 *   one run each: run i of the change against run i of before
 *   five runs each: from run i on, in a ring; from five repeats on. With fewer, times that differ in two traces, of which
 *     nothing is said of the code, are not counted where none are planted.
 * `--keep FOLDER`: the traces stay in this new folder. `--load N`: so many other processes that compute now and then. Prints the table of docs/ci.md; ends with 1 when a plant
 * was missed once, or anything else was reported.
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const program = join(import.meta.dirname, 'programs/report');
const { values } = parseArgs({
  options: {
    repeats: { type: 'string', default: '20' },
    load: { type: 'string', default: '0' },
    keep: { type: 'string' },
    cli: { type: 'string', default: join(import.meta.dirname, '../../dist/nettrace.cjs') },
  },
});
const repeats = Number(values.repeats);
const runs = Array.from({ length: repeats }, (_, i) => i);
const perSide = 5;

/** What each change is to be reported as; without a change: nothing. */
const plants = {
  again: { diff: [], check: [] },
  'n-plus-one': {
    diff: [
      'new-finding similar requests from customers.cjs:4',
      'added GET 127.0.0.1:{port}/customers/{id}',
      'removed GET 127.0.0.1:{port}/customers?ids',
    ],
    check: ['no-n-plus-one', 'no-more-requests', 'no-new-findings'],
  },
  'slow-call': { diff: ['slower POST 127.0.0.1:{port}/invoices'], check: ['not-slower'] },
  'new-host': {
    diff: ['new-host localhost:{port}', 'added POST localhost:{port}/events'],
    check: ['known-hosts', 'no-more-requests'],
  },
};

const rulesFor = (baseline) => ({
  rules: [
    { id: 'known-hosts', assert: { hosts: { 'new-since': baseline } } },
    { id: 'no-n-plus-one', assert: { finding: { id: ['n-plus-one'] } } },
    { id: 'none-failed', assert: { failures: '<= 0%' } },
    ...Object.entries({
      'not-slower': 'slower',
      'no-more-requests': 'more',
      'same-answers': 'answers',
      'no-new-findings': 'new-findings',
    }).map(([id, key]) => ({ id, assert: { baseline: { file: baseline, [key]: 'none' } } })),
  ],
});

const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'nettrace-planted-'));
/** A checkout of the program before the change, or after it. */
function checkOut(name) {
  const at = join(folder, `checkout-${name}`);
  cpSync(join(program, 'before'), at, { recursive: true });
  if (name in plants && name !== 'again') cpSync(join(program, name), at, { recursive: true });
  return join(at, 'report.cjs');
}

async function nettrace(args, env = {}) {
  const child = spawn(process.execPath, [values.cli, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = [[], []];
  child.stdout.on('data', (piece) => out.push(piece));
  child.stderr.on('data', (piece) => err.push(piece));
  const [code] = await once(child, 'close');
  return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}

/** Runs all versions in turn, so that what else the machine does falls on all alike. */
async function runAll(port) {
  const env = { API: `http://127.0.0.1:${port}`, TELEMETRY: `http://localhost:${port}` };
  const versions = ['before', ...Object.keys(plants)].map((name) => [name, checkOut(name)]);
  for (const [name] of versions) mkdirSync(join(folder, name), { recursive: true });
  for (const i of runs)
    for (const [name, file] of versions) {
      const args = ['run', '--quiet', '--helper', 'none', '-o', traceOf(name, i), '--', process.execPath, file];
      const { code, stderr } = await nettrace(args, env);
      if (code !== 0) throw new Error(`${name}, run ${i}: ${code}: ${stderr}`);
    }
}

const traceOf = (name, i) => join(folder, name, `${i}.nettrace.json`);

/** A folder with `count` of the runs, from this one on. */
function setOf(name, from, count) {
  const at = join(folder, `sets/${name}-${from}-${count}`);
  if (existsSync(at)) return at;
  mkdirSync(at, { recursive: true });
  for (let i = 0; i < count; i++) linkSync(traceOf(name, (from + i) % repeats), join(at, `${i}.nettrace.json`));
  return at;
}

async function judged(name, i, count) {
  const [before, after] = [setOf('before', i, count), setOf(name, i, count)];
  const json = async (...args) => {
    const { stdout, stderr } = await nettrace([...args, '--json']);
    if (stdout === '') throw new Error(`nettrace ${args[0]}: ${stderr}`);
    return JSON.parse(stdout);
  };
  const { changes } = await json('diff', before, after);
  const rules = join(folder, 'rules.json');
  writeFileSync(rules, JSON.stringify(rulesFor(before)));
  const { rules: results } = await json('check', rules, after);
  const { diff, check } = plants[name];
  // Of one run each nobody says slower.
  const expected = count > 1 ? diff : diff.map((text) => text.replace(/^slower/, 'times-differ'));
  return {
    diff: compared(
      expected,
      changes.map(({ kind, what }) => `${kind} ${what.replace(/^\d+ /, '')}`),
    ),
    check: compared(
      check,
      results.filter(({ state }) => state === 'broken').map(({ id }) => id),
    ),
  };
}

const compared = (expected, said) => ({
  missed: expected.filter((text) => !said.includes(text)),
  others: said.filter((text) => !expected.includes(text) && !(repeats < perSide && isOfTwoTraces(text))),
});

const isOfTwoTraces = (text) => text.startsWith('times-differ') || text === 'not-slower';

/** Computes for 0 to 200 ms, and rests for as long as that. */
const burner = `process.on('disconnect', () => process.exit());
const next = () => {
  const end = Date.now() + Math.random() * 200;
  while (Date.now() < end);
  setTimeout(next, Math.random() * 200);
};
next();`;

async function all(name, count) {
  const results = [];
  for (const i of runs) results.push(await judged(name, i, count));
  return results;
}

function rowOf(name, count, results) {
  const figures = ['diff', 'check'].flatMap((command) => {
    const of = results.map((result) => result[command]);
    for (const { missed, others } of of)
      for (const [what, texts] of Object.entries({ missed, 'reported besides': others }))
        for (const text of texts) {
          console.error(`${name}, ${count} a side, ${command}: ${what}: ${text}`);
          process.exitCode = 1;
        }
    const found = plants[name][command].length === 0 ? '–' : of.filter(({ missed }) => missed.length === 0).length;
    return [found, of.reduce((sum, { others }) => sum + others.length, 0)];
  });
  return `| ${[name === 'again' ? 'nothing' : name, count, results.length, ...figures].join(' | ')} |`;
}

async function main() {
  const shop = fork(join(program, 'shop.cjs'), { silent: true });
  const burners = Array.from({ length: Number(values.load) }, () =>
    spawn(process.execPath, ['-e', burner], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }),
  );
  try {
    const [port] = await once(shop.stdout, 'data');
    await runAll(Number(port));
    console.log('| planted | runs a side | comparisons | `diff` finds it | and else | `check` finds it | and else |');
    console.log('|---|---|---|---|---|---|---|');
    for (const name of Object.keys(plants))
      for (const count of repeats < perSide ? [1] : [1, perSide])
        console.log(rowOf(name, count, await all(name, count)));
  } finally {
    shop.kill();
    for (const child of burners) child.kill();
    if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}
await main();
