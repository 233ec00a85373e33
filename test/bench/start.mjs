/**
 * Measures what a start costs, in ms of processor time (user and system, of the whole process until it is gone): each
 * program is started without the hook, once more without (A/A), and with it, interleaved, every other round backwards. A
 * figure is the median of the paired differences to the bare start of its own round, in brackets its 95 % interval.
 *   node test/bench/start.mjs [--node 18,20,22,24,26] [--rounds 30] [--programs nothing,http] [--against FOLDER]
 * `--against`: another checkout, built, as one more arm. Needs bash, whose `time` asks the system for the time of a child.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { hooked } from '../support/programs/hooked.mjs';
import { medianWithInterval } from './statistics.mjs';

const root = join(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    node: { type: 'string', default: '18,20,22,24,26' },
    rounds: { type: 'string', default: '30' },
    programs: { type: 'string' },
    against: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const workers = 8;

/** Targets: ms above the bare start; of `workers`, for each of them, beside what the hook costs the main thread. */
const programs = {
  nothing: { title: 'no request', target: 6, text: '' },
  prints: { title: 'no request, a line to a pipe', target: 6, text: `console.log('a line')` },
  http: {
    title: 'one request of http',
    target: 12,
    text: `require('http').get({ port: process.env.PORT, host: '127.0.0.1', agent: false }, (r) => r.resume())`,
  },
  fetch: {
    title: 'one request of fetch',
    target: 12,
    text: `fetch('http://127.0.0.1:' + process.env.PORT).then((r) => r.text())`,
  },
  workers: {
    title: 'a worker',
    target: 4,
    each: workers,
    text: `const { Worker } = require('worker_threads');
let left = ${workers};
const next = () => { if (left-- > 0) new Worker('0', { eval: true }).on('exit', next); };
next();`,
  },
};

const work = mkdtempSync(join(tmpdir(), 'nettrace-start-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

/** The hook of a build as a session puts it in its place. */
async function placed(checkout, name) {
  const file = join(work, `${name}.cjs`);
  await esbuild.build({
    absWorkingDir: checkout,
    entryPoints: ['src/session/program/hookCopy.ts'],
    bundle: true,
    platform: 'node',
    outfile: file,
    logLevel: 'error',
  });
  const { installHook } = createRequire(import.meta.url)(file);
  const folder = join(work, name);
  mkdirSync(folder);
  return installHook(join(checkout, 'dist/hook.cjs'), folder);
}

/** ms of processor time, from the start until the process is gone; its output goes to a pipe, as under npm. */
function start(node, program, env) {
  const timed = `TIMEFORMAT='%3U %3S'; { time "$0" "$1" 2> "$2" | cat > /dev/null; } 2>&1`;
  const errors = join(work, 'errors');
  const out = execFileSync('bash', ['--norc', '-c', timed, node, program, errors], {
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
  });
  const [user, system] = out.trim().split(' ').map(Number);
  const said = readFileSync(errors, 'utf8');
  if (said !== '' || !Number.isFinite(user + system)) throw new Error(`${program}: ${said}${out}`);
  return (user + system) * 1000;
}

const spool = join(work, 'spool');
mkdirSync(spool);
const traced = (file) => ({ ...hooked(file), NETTRACE_SPOOL: spool });

const arms = [
  { name: 'bare', env: {} },
  { name: 'A/A', env: {} },
  { name: 'hook', env: traced(await placed(root, 'hook')) },
];
if (values.against) arms.push({ name: 'against', env: traced(await placed(resolve(values.against), 'against')) });

const server = spawn(process.execPath, [
  '-e',
  `const s = require('http').createServer((_, r) => r.end('hello'));
  s.listen(0, '127.0.0.1', () => console.log(s.address().port))`,
]);
process.on('exit', () => server.kill());
const PORT = await new Promise((done) => server.stdout.once('data', (d) => done(String(d).trim())));

function written({ text }) {
  const file = join(work, 'program.cjs');
  writeFileSync(file, text);
  return file;
}

/** Readings of each arm by round, after starts that fill the caches of V8's code. */
function measure(node, program) {
  const file = written(program);
  const readings = arms.map(() => []);
  const one = (arm) => {
    rmSync(spool, { recursive: true, force: true });
    mkdirSync(spool);
    return start(node, file, { ...arm.env, PORT });
  };
  for (const arm of arms) for (let i = 0; i < 2; i++) one(arm);
  for (let round = 0; round < rounds; round++) {
    const order = [...arms.keys()];
    if (round % 2 === 1) order.reverse();
    for (const i of order) readings[i].push(one(arms[i]));
  }
  return readings;
}

const chosen = Object.entries(programs).filter(
  ([name]) => !values.programs || values.programs.split(',').includes(name),
);
const load = loadavg()[0].toFixed(1);
console.log(
  `${cpus().length} cores, ${cpus()[0].model.trim()}, load average ${load}, ${rounds} rounds; ms of processor time`,
);
const shown = ({ median, low, high }) => `${median.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`;
for (const major of values.node.split(',')) {
  const node = join(root, `test/node/node_modules/node${major}/bin/node`);
  let main = arms.map(() => 0);
  // What V8 compiled is kept at the end of the first process that made requests.
  for (const arm of arms)
    for (const name of ['fetch', 'http']) start(node, written(programs[name]), { ...arm.env, PORT });
  for (const [name, program] of chosen) {
    const readings = measure(node, program);
    const each = program.each ?? 1;
    // What the main thread pays is known from the program that does nothing.
    const results = arms.map((_, i) =>
      medianWithInterval(
        readings[i].map((ms, round) => (ms - readings[0][round] - (program.each ? main[i] : 0)) / each),
      ),
    );
    if (name === 'nothing') main = results.map((r) => r.median);
    const bare = medianWithInterval(readings[0]).median.toFixed(1);
    const texts = arms.map((arm, i) => `${arm.name} ${shown(results[i])}`).slice(1);
    console.log(`Node ${major}, ${program.title}: bare ${bare}, ${texts.join(', ')}; target ${program.target}`);
  }
}
server.kill();
