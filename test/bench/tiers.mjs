/**
 * Measures what each tier of the native helper costs the traced program:
 *   node test/bench/tiers.mjs [--rounds 9]      as root: without, what needs permission is left out and said
 * Programs of the kernel run for everybody while they are loaded, so the tiers cannot run in parallel as the arms of
 * run.mjs do: each run has its own helper, the tiers take turns, every other round backwards, and a run is divided by
 * the one without a helper of its own round. Writes the table of docs/kernel.md.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { onCore } from './arms.mjs';
import { median, medianWithInterval } from './statistics.mjs';

const root = join(import.meta.dirname, '../..');
const rounds = Number(parseArgs({ options: { rounds: { type: 'string', default: '9' } } }).values.rounds);
const asRoot = process.getuid() === 0;
const tiers = [
  { name: 'no helper', args: ['--helper', 'none'] },
  { name: 'no helper, once more (A/A)', args: ['--helper', 'none'] },
  { name: 'figures (tier 0)', args: ['--helper', 'basic'] },
  ...(asRoot
    ? [
        { name: 'and events, connection tracking (tiers 2, 3)', args: ['--helper', 'all', '--enable-conntrack'] },
        { name: 'figures and packets (tiers 0, 1)', args: ['--helper', 'basic', '--capture'] },
      ]
    : []),
];
if (!asRoot) console.error('Not root: figures alone; events, connection tracking and packets are not measured.');

const child = spawn(process.execPath, [join(import.meta.dirname, 'server.cjs')], {
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
});
const [port] = (await new Promise((resolve) => child.stdout.once('data', (d) => resolve(String(d))))).trim().split(' ');

/** Resolves to µs a request, wall and CPU, of each loop. */
function run({ args }) {
  const program = [...onCore(0, cpus().length), process.execPath, join(import.meta.dirname, 'tiers.cjs'), port];
  const all = [join(root, 'dist/nettrace.cjs'), 'run', '--quiet', ...args, '--', ...program];
  const traced = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  traced.stdout.on('data', (d) => (said += d));
  return new Promise((resolve, reject) =>
    traced.once('close', (code) => (code === 0 ? resolve(JSON.parse(said)) : reject(new Error(`ended with ${code}`)))),
  );
}

const results = tiers.map(() => ({}));
for (let round = 0; round < rounds; round++) {
  const order = tiers.map((_, i) => i);
  for (const i of round % 2 === 0 ? order : order.reverse())
    for (const [loop, { wall, cpu }] of Object.entries(await run(tiers[i]))) {
      results[i][loop] ??= { wall: [], cpu: [] };
      results[i][loop].wall.push(wall);
      results[i][loop].cpu.push(cpu);
    }
  process.stderr.write(`round ${round + 1} of ${rounds}\n`);
}
child.disconnect();

const loops = Object.keys(results[0]);
const cell = (i, loop, what) => {
  const ratios = results[i][loop][what].map((v, k) => v / results[0][loop][what][k]);
  const { low, high } = medianWithInterval(ratios);
  const n = (x) => x.toFixed(2);
  return `${median(results[i][loop][what]).toFixed(0)} | ${n(median(ratios))} (${n(low)}–${n(high)})`;
};
const table = loops.map((loop) =>
  [
    `**${loop}**\n`,
    '| | wall µs | ratio | CPU µs | ratio |',
    '|---|---|---|---|---|',
    ...tiers.map(({ name }, i) => `| ${name} | ${cell(i, loop, 'wall')} | ${cell(i, loop, 'cpu')} |`),
  ].join('\n'),
);
const begin = '<!-- by test/bench/tiers.mjs -->';
const end = '<!-- end -->';
const page = join(root, 'docs/kernel.md');
const text = readFileSync(page, 'utf8');
const conditions = `${rounds} rounds, Node ${process.versions.node}, load average ${loadavg()[0].toFixed(1)}.`;
const made = `${begin}\n\n${[conditions, ...table].join('\n\n')}\n\n${end}`;
writeFileSync(page, text.replace(new RegExp(`${begin}[^]*${end}`), made));
console.log(made);
