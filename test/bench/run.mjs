// Measures what the hook costs and writes docs/performance.md; ends with 1 when a target is missed beyond the A/A band.
//   node test/bench/run.mjs [--quick] [--node 20,24] [--rounds N] [--print]
// All of it takes about five minutes. --quick: few rounds, Node 24 alone, and prints instead of writing: a look, not a measurement.
import { existsSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measure, versionOf } from './measure.mjs';
import { judge, report } from './report.mjs';

const root = join(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    node: { type: 'string' },
    rounds: { type: 'string' },
    print: { type: 'boolean' },
  },
});

const majors = (values.node ?? (values.quick ? '24' : '18,20,22,24,26')).split(',');
const settings = { rounds: Number(values.rounds ?? (values.quick ? 6 : 9)), processes: 2 };

function need(file, how) {
  if (existsSync(join(root, file))) return;
  console.error(`${file} is missing: ${how}`);
  process.exit(2);
}
need('dist/hook.cjs', 'npm run build');
need('test/bench/node_modules', 'npm ci --prefix test/bench');
for (const major of majors) need(`test/node/node_modules/node${major}/bin/node`, 'npm ci --prefix test/node');

const runs = [];
for (const major of majors) {
  const node = join(root, `test/node/node_modules/node${major}/bin/node`);
  const say = (text) => process.stderr.isTTY && process.stderr.write(`\r\x1b[KNode ${major}, ${text}`);
  const load = loadavg()[0];
  runs.push({ version: versionOf(node), load, loops: await measure(node, { ...settings, say }) });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}

const text = report(runs, settings);
if (values.quick || values.print) console.log(text);
else writeFileSync(join(root, 'docs/performance.md'), text);

const missed = runs.flatMap(({ version, loops }) =>
  judge(loops)
    .filter((j) => !j.ok)
    .map((j) => `Node ${version} ${j.text}`),
);
for (const m of missed) console.error(`missed: ${m}`);
process.exitCode = missed.length > 0 ? 1 : 0;
