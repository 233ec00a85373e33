/**
 * Measures what the hook costs; ends with 1 when a target is missed beyond the A/A band.
 *   node test/bench/run.mjs [--node 20,24]           the hook as it is by default, on each Node
 *   node test/bench/run.mjs --ddtrace [--node 24]    beside dd-trace, on one Node
 *   node test/bench/run.mjs --parts [--node 24]      what each optional part adds, on one Node
 *   node test/bench/run.mjs --control [--node 20,22,24]   what it costs when nothing, or nothing of this, is asked for
 *   node test/bench/run.mjs --growth [--node 24]     how the cost grows with requests a second, in flight, and processes
 *   node test/bench/run.mjs --against A/hook.cjs,B/hook.cjs   beside other builds, each with its requests.cjs; printed, not kept
 *   [--quick] [--rounds N] [--loop WORDS] [--fresh] [--print]
 * A loop is measured until the interval of the hook's CPU ratio, and of the bare program against itself, is ±0.02; after N
 * rounds it ends without, and the report says how wide it was. --loop: those whose title has these words alone, printed.
 * Batches go to docs/performance.json as soon as a Node is done, and docs/performance.md is written from there: a run
 * that was broken off goes on where it was, and the two measurements are shown next to each other. A Node that has been
 * measured with the same hook and as many rounds is left as it is; --fresh measures it again. --quick: few rounds on
 * Node 24 alone, printed and not kept: a look, not a measurement.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { against, measurements } from './arms.mjs';
import { measure, versionOf } from './measure.mjs';
import { measureMemory } from './memory.mjs';
import { judge, report } from './report.mjs';

const root = join(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    ddtrace: { type: 'boolean' },
    parts: { type: 'boolean' },
    control: { type: 'boolean' },
    growth: { type: 'boolean' },
    against: { type: 'string' },
    quick: { type: 'boolean' },
    node: { type: 'string' },
    rounds: { type: 'string' },
    loop: { type: 'string' },
    fresh: { type: 'boolean' },
    print: { type: 'boolean' },
  },
});

const kind = ['ddtrace', 'parts', 'control', 'growth'].find((name) => values[name]) ?? 'main';
const all = values.against ? against(values.against.split(',').map((file) => resolve(file))) : measurements[kind];
const what = { ...all, loops: all.loops.filter(({ title }) => title.includes(values.loop ?? '')) };
const kept = !values.quick && !values.against && values.loop === undefined;
const usual = { main: '18,20,22,24,26', ddtrace: '24', parts: '24', control: '20,22,24', growth: '24' };
const majors = (values.node ?? (kept ? usual[kind] : '24')).split(',');
const memoryRuns = values.quick ? 1 : 5;
const settings = { rounds: Number(values.rounds ?? (values.quick ? 20 : 200)), precision: 0.02, processes: 2 };

function need(file, how) {
  if (existsSync(join(root, file))) return;
  console.error(`${file} is missing: ${how}`);
  process.exit(2);
}
need('dist/hook.cjs', 'npm run build');
if (['main', 'ddtrace'].includes(kind) && !values.against)
  need('test/bench/node_modules', 'npm ci --prefix test/bench');
for (const file of values.against?.split(',') ?? []) {
  need(relative(root, resolve(file)), 'no such build');
  need(relative(root, resolve(file, '../requests.cjs')), 'both bundles of a build have to be in one folder');
}
for (const major of majors) need(`test/node/node_modules/node${major}/bin/node`, 'npm ci --prefix test/node');

const file = join(root, 'docs/performance.json');
const results = kept && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
results[kind] ??= {};
const hook = ['hook.cjs', 'requests.cjs']
  .reduce((hash, name) => hash.update(readFileSync(join(root, 'dist', name))), createHash('sha256'))
  .digest('hex')
  .slice(0, 16);

function keep(path, text) {
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, path);
}

for (const major of majors) {
  const before = results[kind][major];
  if (!values.fresh && before?.hook === hook && before.rounds === settings.rounds) continue;
  const node = join(root, `test/node/node_modules/node${major}/bin/node`);
  const say = (text) => process.stderr.isTTY && process.stderr.write(`\r\x1b[KNode ${major}, ${text}`);
  const load = loadavg()[0];
  const loops = await measure(node, what, { ...settings, say });
  results[kind][major] = { version: versionOf(node), hook, load, ...settings, loops };
  if (kind === 'growth' && values.loop === undefined)
    results[kind][major].memory = await measureMemory(node, memoryRuns, say);
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  if (!kept) continue;
  keep(file, `${JSON.stringify(results)}\n`);
  if (!values.print) keep(join(root, 'docs/performance.md'), report(results));
}
if (!kept || values.print) console.log(report(results));

const missed = Object.values({ ...results.main, ...results.control }).flatMap((run) =>
  judge(run)
    .filter((j) => !j.ok)
    .map((j) => `Node ${run.version} ${j.text}`),
);
for (const m of missed) console.error(`missed: ${m}`);
process.exitCode = missed.length > 0 ? 1 : 0;
