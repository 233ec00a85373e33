/**
 * Runs real packages' own tests under `nettrace run --check` with the rules of `rules.json`, and prints the table of
 * docs/ci.md with each violation: `node test/twin/check.mjs [--suite bent,mqtt]`. The results of the tests must be those
 * without it; ends with 1 when they are not, or a trace could not be checked.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runArm } from './arm.mjs';
import { differences as allDifferences } from './results.mjs';
import { isThere, suites, versionOf } from './suites.mjs';

const root = join(import.meta.dirname, '../..');
const { values } = parseArgs({ options: { suite: { type: 'string' }, node: { type: 'string', default: '24' } } });
const node = join(root, `test/node/node_modules/node${values.node}/bin/node`);
const cli = join(root, 'dist/nettrace.cjs');
const rules = join(import.meta.dirname, 'rules.json');
const chosen = suites.filter(
  (s) => isThere(s) && (values.suite === undefined || values.suite.split(',').includes(s.name)),
);

/** The exit code is 1 where a rule is broken, so it is left out. */
const differences = (a, b) => allDifferences(a, b).filter(({ title }) => title !== 'exit code');

const json = (args) => {
  const { stdout, stderr } = spawnSync(process.execPath, [cli, ...args, '--json'], {
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  if (stdout === '') throw new Error(`nettrace ${args[0]} said nothing: ${stderr}`);
  return JSON.parse(stdout);
};

/** Two runs under it: what is broken in the first, and what differs between the two, of which the program is the same. */
async function checked(suite) {
  const folder = mkdtempSync(join(tmpdir(), 'nettrace-check-'));
  const tracesOf = (side) => readdirSync(join(folder, side)).map((name) => join(folder, side, name));
  try {
    const bare = [await runArm(suite, node, 'bare')];
    /** What no run without it gave: a test whose runs do not agree with each other is run again. */
    const differing = async ({ results }) => {
      const of = () => bare.map((run) => differences(run.results, results));
      for (let i = 0; i < 2 && of().every((list) => list.length > 0); i++) bare.push(await runArm(suite, node, 'bare'));
      const [first, ...others] = of();
      return first.filter(({ title }) => others.every((list) => list.some((one) => one.title === title)));
    };
    const different = [];
    for (const side of ['before', 'after']) {
      mkdirSync(join(folder, side));
      const out = `${join(folder, side)}/$$.nettrace.json`;
      const script = `exec "${process.execPath}" "${cli}" run --quiet --check "${rules}" -o "${out}" -- "$@"`;
      const under = await runArm(suite, node, 'bare', ['sh', '-c', script, 'sh']);
      different.push(...(await differing(under)));
    }
    const [before, after] = [tracesOf('before'), tracesOf('after')];
    if (before.length === 0) throw new Error(`${suite.name}: no trace`);
    const { rules: results } = json(['check', rules, ...before]);
    // Files of which each is a program of its own are no repeats of one.
    const changes = before.length > 1 ? undefined : json(['diff', before[0], after[0]]).changes;
    return { different, traces: before.length, results, changes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const rows = [];
for (const suite of chosen) {
  const { different, traces, results, changes } = await checked(suite);
  const name = `${suite.title} ${versionOf(suite)}`;
  const broken = results.flatMap(({ id, cases }) =>
    cases.filter((c) => c.state === 'broken').map((c) => ({ id, ...c })),
  );
  const words = [
    broken.length === 0 ? 'none' : broken.map(({ id, message }) => `\`${id}\`: ${message}`).join('; '),
    changes === undefined ? 'not compared' : changes.map(({ kind, what }) => `${kind} ${what}`).join('; ') || 'none',
  ];
  rows.push(`| ${[name, traces, ...words].map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`);
  for (const { id, requests = [] } of broken)
    for (const { method, url, status, callSite } of requests.slice(0, 10))
      console.error(
        `${name} ${id}: ${method} ${url} ${status ?? '-'} ${callSite?.text?.replace(/.*\/package\//, '') ?? '-'}`,
      );
  for (const { kind, what, callSite, text } of changes ?? [])
    console.error(`${name}, first and second run: ${kind} ${what} ${callSite ?? '-'}: ${text}`);
  for (const { title, a, b } of different) console.error(`${name}, without and with: ${title}: ${a} → ${b}`);
  if (different.length > 0) process.exitCode = 1;
}
console.log(['| suite | traces | rules broken | two runs of it differ in |', '|---|---|---|---|', ...rows].join('\n'));
