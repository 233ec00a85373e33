#!/usr/bin/env node
/**
 * From the program's end to the prompt: how long `nettrace run` takes to read the rest, to analyse and to save, by the
 * number of requests. What it costs shall grow as they do: the last column is the time against that of the row above,
 * beside the number of requests against that of the row above.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = join(dirname(fileURLToPath(import.meta.url)), '../../dist/nettrace.cjs');
const folder = mkdtempSync(join(tmpdir(), 'nettrace-end-'));
const program = join(folder, 'program.cjs');
writeFileSync(
  program,
  `const http = require('node:http');
const count = Number(process.argv[2]);
const server = http.createServer((_, res) => res.end('ok')).listen(0, '127.0.0.1', async () => {
  const agent = new http.Agent({ keepAlive: true });
  let made = 0;
  const one = () => new Promise((resolve, reject) => {
    const path = '/items/' + made++;
    http.get({ port: server.address().port, host: '127.0.0.1', agent, path }, (res) => res.resume().on('end', resolve)).on('error', reject);
  });
  await Promise.all(Array.from({ length: 20 }, async () => { while (made < count) await one(); }));
  process.stdout.write('end ' + Date.now());
  process.exit(0);
});`,
);

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
