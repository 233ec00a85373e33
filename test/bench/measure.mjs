// Measures one Node version: every arm has long-lived processes, batches are interleaved (each round runs all arms,
// every other round backwards), client and server stand on separate cores. A batch is compared only with the bare batch
// of its own round, so that slow spells of the machine cancel out.
import { execFileSync, spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { arms, Client, onCore, runsIn } from './arms.mjs';
import { median, medianWithInterval } from './statistics.mjs';

/** The loops: requests a batch are chosen so that a batch takes about a tenth of a second. */
export const loops = [
  { kind: 'http', concurrency: 1, requests: 600 },
  { kind: 'fetch', concurrency: 1, requests: 500 },
  { kind: 'http', concurrency: 10, requests: 2000 },
  { kind: 'fetch', concurrency: 10, requests: 1000 },
];

const warmUp = 1500;

function server(node, pin) {
  const [file, ...args] = [...pin, node, join(import.meta.dirname, 'server.cjs')];
  const child = spawn(file, args, { env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.stdout.once('data', (d) => resolve({ child, port: Number(d) }));
    child.once('exit', () => reject(new Error('the server ended')));
  });
}

/** All batches of `rounds` rounds for one loop: arm name → [{wall, cpu}] by round. */
async function measureLoop(allSets, loop, rounds, say) {
  const results = new Map(arms.map((a) => [a.name, []]));
  const sets = allSets.map((set) => set.filter((client) => runsIn(client.arm, loop)));
  for (const set of sets) for (const client of set) await client.batch({ ...loop, requests: warmUp });
  for (let round = 0; round < rounds; round++) {
    const set = sets[round % sets.length];
    // Forwards and backwards, a pair for each set of processes.
    const order = Math.floor(round / sets.length) % 2 === 0 ? set : [...set].reverse();
    for (const client of order) results.get(client.arm.name).push(await client.batch(loop));
    say(`${loop.kind} at ${loop.concurrency}: round ${round + 1} of ${rounds}`);
  }
  return results;
}

/** Per arm: µs of the median batch, and the paired ratios to the bare batch of the same round. */
function compare(results, loop) {
  const bare = results.get('bare');
  return arms.flatMap((arm) => {
    if (!runsIn(arm, loop)) return [];
    const own = results.get(arm.name);
    const ratios = (figure) => medianWithInterval(own.map((b, i) => b[figure] / bare[i][figure]));
    return {
      arm: arm.name,
      wall: median(own.map((b) => b.wall)),
      cpu: median(own.map((b) => b.cpu)),
      wallRatio: ratios('wall'),
      cpuRatio: ratios('cpu'),
    };
  });
}

async function checkRecorded(client, expected) {
  const recorded = await client.recorded();
  const { records, name } = client.arm;
  if (records === 'nothing' ? recorded !== 0 : recorded < expected) {
    throw new Error(`${name}: recorded ${recorded} of ${expected} requests: the comparison would say nothing`);
  }
}

/** Measures a Node binary; `processes` of each arm. Resolves to [{loop, arms: [...]}]. */
export async function measure(node, { rounds, processes, say }) {
  const cores = cpus().length;
  const { child, port } = await server(node, onCore(1, cores));
  const sets = [];
  try {
    for (let i = 0; i < processes; i++) {
      const set = [];
      for (const arm of arms) set.push(await Client.start(arm, node, port, onCore(0, cores)));
      sets.push(set);
    }
    const measured = [];
    for (const loop of loops) measured.push({ loop, arms: compare(await measureLoop(sets, loop, rounds, say), loop) });
    const expected = (arm) =>
      loops
        .filter((loop) => runsIn(arm, loop))
        .reduce((sum, l) => sum + warmUp + l.requests * Math.floor(rounds / processes), 0);
    for (const client of sets.flat()) await checkRecorded(client, expected(client.arm));
    return measured;
  } finally {
    await Promise.all(sets.flat().map((c) => c.stop()));
    child.disconnect();
  }
}

export const versionOf = (node) => execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
