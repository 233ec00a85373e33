#!/usr/bin/env node
/**
 * What `nettrace run -o` itself takes for many requests, without a program beside it that computes: a recorded spool is
 * written into the session's folder by a program that does nothing else. Processor time of the host in µs a request, and
 * the most memory it had.
 *   node test/bench/host/run.mjs [--requests 100000] [--rounds 3] [--suffix .nettrace.json] [--spool FOLDER] [--profile FOLDER]
 * `--spool` keeps the recording there for the next time; `--profile` writes a processor profile of each round.
 */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    suffix: { type: 'string', default: '.nettrace.json' },
    spool: { type: 'string' },
    profile: { type: 'string' },
  },
});
const count = Number(values.requests);
const dist = join(import.meta.dirname, '../../../dist');
const work = mkdtempSync(join(tmpdir(), 'nettrace-host-'));
const trace = '7f0c2a6e-5d0b-4e0e-9a52-000000000001';

/** Takes the recorded lines into the session that it runs in, 10 MB a second: several times as fast as such a program. */
const feeder = `const fs = require('node:fs'), path = require('node:path');
const [, , from] = process.argv, to = process.env.NETTRACE_SPOOL;
const { trace } = JSON.parse(process.env.NETTRACE_CONF);
(async () => {
  for (const name of fs.readdirSync(from).sort((a, b) => a.split('.')[1] - b.split('.')[1])) {
    const bytes = Buffer.from(fs.readFileSync(path.join(from, name), 'latin1').replaceAll('${trace}', trace), 'latin1');
    const file = fs.openSync(path.join(to, name), 'a', 0o600);
    for (let at = 0; at < bytes.length; at += 1e6) {
      fs.writeSync(file, bytes, at, Math.min(1e6, bytes.length - at));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    fs.closeSync(file);
  }
})();`;

/** Runs in the host alone: what it took is written when it ends. */
const gauge = `process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  require('node:fs').writeFileSync(process.env.HOST_FIGURES, JSON.stringify({ cpu: userCPUTime + systemCPUTime, memory: maxRSS / 1024 }));
});`;

const fileOf = (name, text) => {
  const path = join(work, name);
  writeFileSync(path, text);
  return path;
};
const ended = (child) => new Promise((resolve) => child.on('close', resolve));

/** Finished files are taken away: the hook stops writing where too much waits to be read. */
async function record(to) {
  const folder = join(work, 'spool');
  mkdirSync(folder, { mode: 0o700 });
  mkdirSync(to, { recursive: true });
  const child = spawn(
    process.execPath,
    ['--require', join(dist, 'hook.cjs'), join(import.meta.dirname, 'program.cjs'), String(count)],
    {
      env: { ...process.env, NETTRACE_SPOOL: folder, NETTRACE_CONF: JSON.stringify({ v: 1, trace, enabled: ['all'] }) },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const numberOf = (name) => Number(name.split('.')[1]);
  const take = (but) => {
    const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
    names.sort((a, b) => numberOf(a) - numberOf(b));
    for (const name of names.slice(0, names.length - but)) renameSync(join(folder, name), join(to, name));
  };
  const timer = setInterval(() => take(1), 20);
  await ended(child);
  clearInterval(timer);
  take(0);
}

async function measure(spool, round) {
  const figures = join(work, 'figures.json');
  const profile = values.profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', values.profile];
  const child = spawn(
    process.execPath,
    [
      ...[
        '--require',
        fileOf('gauge.cjs', gauge),
        ...profile,
        join(dist, 'nettrace.cjs'),
        'run',
        '--helper',
        'none',
        '--json',
      ],
      ...['-o', join(work, `${round}${values.suffix}`), '--', process.execPath, fileOf('feeder.cjs', feeder), spool],
    ],
    { env: { ...process.env, HOST_FIGURES: figures }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let out = '';
  child.stderr.on('data', (text) => {
    out += text;
  });
  await ended(child);
  const requests = JSON.parse(out).counts?.requests;
  if (requests !== count) throw new Error(`${requests} requests were read: the figures would say nothing`);
  rmSync(join(work, `${round}${values.suffix}`));
  return JSON.parse(readFileSync(figures, 'utf8'));
}

try {
  const spool = values.spool ?? join(work, 'recorded');
  if (!existsSync(spool)) await record(spool);
  const rounds = [];
  for (let round = 0; round < Number(values.rounds); round++) rounds.push(await measure(spool, round));
  const all = rounds.map(({ cpu, memory }) => `${(cpu / count).toFixed(1)} µs, ${memory.toFixed(0)} MB`);
  process.stdout.write(
    `${count} requests to ${values.suffix}, processor time a request and memory: ${all.join('; ')}\n`,
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}
