/**
 * Runs real packages' own tests with and without the hook, compares test by test, and writes docs/twin.md.
 *   npm run twin [-- --suite needle] [--node 20,24] [--arms hook,all] [--once] [--print] [--add] [--fetch]
 * Ends with 1 when a test's result is not the same. The whole takes about an hour; --add measures a part of it again and
 * keeps the rest of the last table, --fetch asks again for source packages that could not be had.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { arms, network, runArm } from './arm.mjs';
import { report } from './report.mjs';
import { differences } from './results.mjs';
import { fetchSources } from './sources.mjs';
import { cache, isThere, suites, versionOf } from './suites.mjs';

const root = join(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    suite: { type: 'string' },
    node: { type: 'string' },
    arms: { type: 'string' },
    print: { type: 'boolean' },
    once: { type: 'boolean' },
    add: { type: 'boolean' },
    fetch: { type: 'boolean' },
  },
});

function need(file, how) {
  if (existsSync(join(root, file))) return;
  console.error(`${file} is missing: ${how}`);
  process.exit(2);
}
need('dist/hook.cjs', 'npm run build');
need('test/twin/node_modules', 'npm ci --prefix test/twin');

const majors = (values.node ?? '18,20,22,24,26').split(',');
const traced = (values.arms ?? 'hook,all').split(',');
const chosen = suites.filter((s) => values.suite === undefined || values.suite.split(',').includes(s.name));
const missing = chosen.some((s) => s.source !== 'npm') ? fetchSources((text) => console.error(text), values.fetch) : {};
const kept = join(cache, 'rows.json');
const earlier = () => (values.add && existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) : rows);
let rows = [];

/** Times an arm is run again when a result differs: what does not stay is the test's own unrest. */
const again = 2;

/** Runs one suite on one Node: bare twice, then each traced arm; what differs is run again on both sides. */
async function compare(suite, node) {
  const bare = [await runArm(suite, node, 'bare')];
  if (!values.once) bare.push(await runArm(suite, node, 'bare'));
  const cells = [];
  for (const arm of traced) {
    const runs = [await runArm(suite, node, arm)];
    const differs = () => differences(bare[0].results, runs[0].results);
    for (let i = 0; i < again && differs().length > 0; i++) {
      bare.push(await runArm(suite, node, 'bare'));
      runs.push(await runArm(suite, node, arm));
    }
    cells.push({ arm, ...judge(bare, runs), requests: runs[0].requests });
  }
  return cells;
}

/** A test is `different` when no traced run gave what any bare run gave; `unsteady` when its runs do not agree. */
function judge(bare, runs) {
  const titles = new Set([...bare, ...runs].flatMap((r) => [...r.results.keys()]));
  const of = (list, title) => list.map((r) => r.results.get(title) ?? 'did not run');
  const out = { tests: titles.size, same: 0, unsteady: [], different: [], failing: 0 };
  for (const title of titles) {
    const without = of(bare, title);
    const within = of(runs, title);
    if (new Set([...without, ...within]).size === 1) {
      out.same++;
      if (without[0].startsWith('fail')) out.failing++;
    } else if (within.some((r) => without.includes(r))) out.unsteady.push({ title, without, with: within });
    else out.different.push({ title, without, with: within });
  }
  return out;
}

const order = Object.keys(arms);

/** Puts a row in its place: in the order of the suites, then of the Nodes. */
function put(row) {
  const rank = (r) => [suites.findIndex((s) => s.name === r.suite), Number.parseInt(r.node, 10), order.indexOf(r.arm)];
  const before = (a, b) => rank(a).reduce((found, x, i) => found || x - rank(b)[i], 0);
  rows = earlier();
  const same = rows.findIndex((r) => before(r, row) === 0);
  if (same >= 0) rows.splice(same, 1);
  rows.push(row);
  rows.sort(before);
  if (values.print) return;
  // After each, so that a run that is ended has said what it saw.
  mkdirSync(cache, { recursive: true });
  writeFileSync(kept, JSON.stringify(rows));
  const left = suites.filter((s) => missing[s.name] === undefined && !rows.some((r) => r.suite === s.name));
  const absent = { ...missing, ...Object.fromEntries(left.map((s) => [s.name, 'left out of this run'])) };
  writeFileSync(join(root, 'docs/twin.md'), report(rows, absent, network));
}

for (const suite of chosen) {
  if (!isThere(suite)) continue;
  for (const major of majors) {
    const node = join(root, `test/node/node_modules/node${major}/bin/node`);
    need(`test/node/node_modules/node${major}/bin/node`, 'npm ci --prefix test/node');
    const version = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
    for (const cell of await compare(suite, node)) {
      const { name, title, source } = suite;
      put({ suite: name, package: title, version: versionOf(suite), source, node: version, ...cell });
      const { tests, same, unsteady, different } = cell;
      console.error(
        `${suite.name} on ${version}, ${cell.arm}: ${tests} tests, ${same} same, ${unsteady.length} unsteady, ${different.length} different`,
      );
      for (const d of different) console.error(`  ${d.title}: ${d.without} → ${d.with}`);
    }
  }
}

if (values.print) console.log(JSON.stringify(rows, undefined, 1));
process.exitCode = rows.some((r) => r.different.length > 0) ? 1 : 0;
