#!/usr/bin/env node
/**
 * From the program's end to the prompt: how long `nettrace run` takes to read the rest, to analyse and to save, by the
 * number of requests. What it costs shall grow as they do: the last column is the time against that of the row above,
 * beside the number of requests against that of the row above.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = join(import.meta.dirname, '../../../dist/nettrace.cjs');
const folder = mkdtempSync(join(tmpdir(), 'nettrace-end-'));
const program = join(import.meta.dirname, 'program.cjs');

function measure(count) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [
      bin,
      'run',
      '-o',
      join(folder, 'a.nettrace.json'),
      '--',
      process.execPath,
      program,
      count,
    ]);
    let out = '';
    child.stdout.on('data', (text) => {
      out += text;
    });
    child.stderr.resume();
    child.on('close', () => {
      const end = Number(/end (\d+)/.exec(out)?.[1]);
      if (Number.isNaN(end)) reject(new Error('the program did not reach its end'));
      else resolve(Date.now() - end);
    });
  });
}

const rounds = Number(process.argv[2] ?? 5);
let before;
process.stdout.write('requests  from end to prompt   growth (of requests)\n');
for (const count of [1000, 10_000, 20_000]) {
  const times = [];
  for (let round = 0; round < rounds; round++) times.push(await measure(String(count)));
  const median = times.sort((a, b) => a - b)[times.length >> 1];
  const growth = before === undefined ? '' : `${(median / before.median).toFixed(1)} (${count / before.count})`;
  process.stdout.write(`${String(count).padStart(8)}  ${`${median} ms`.padStart(18)}   ${growth}\n`);
  before = { median, count };
}
rmSync(folder, { recursive: true, force: true });
