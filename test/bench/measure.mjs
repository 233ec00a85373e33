/**
 * Measures one Node version: every arm has long-lived processes, batches are short and interleaved (each round runs all
 * arms, in an order that changes), client and server run on separate cores. A batch is compared only with the bare batch
 * of its own round, so that slow spells of the machine cancel out.
 */
import { execFileSync, spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Client, Group, onCore } from './clients.mjs';
import { medianWithInterval } from './statistics.mjs';

/** Resolves to the process, and its ports for http and https and of its agent. */
export function startServer(node, pin) {
  const [file, ...args] = [...pin, node, join(import.meta.dirname, 'server.cjs')];
  const child = spawn(file, args, { env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.stdout.once('data', (d) => resolve({ child, ports: String(d).trim().split(' ').map(Number) }));
    child.once('exit', () => reject(new Error('the server ended')));
  });
}

/** Between two looks at how narrow the intervals are. */
const roundsAtOnce = 10;

/** Both halves of the widest interval of an arm's CPU ratio, of those that are to be narrow. */
function widest(results, narrow) {
  const widths = narrow.map((name) => {
    const { low, high } = medianWithInterval(results[name].cpu.map((v, i) => v / results.bare.cpu[i]));
    return (high - low) / 2;
  });
  return Math.max(...widths);
}

/**
 * Batches of one loop: arm name → wall and CPU µs a request, by round. Ends when the intervals of CPU time are as narrow as
 * asked for, or after `rounds` rounds: then the machine cannot do better, and the widest is what the report says.
 */
async function measureLoop(sets, loop, { rounds, precision }, say) {
  const results = Object.fromEntries(sets[0].map(({ arm }) => [arm.name, { wall: [], cpu: [] }]));
  const narrow = Object.keys(results).filter((name) => name === 'bareAgain' || name === 'hook');
  for (const set of sets)
    for (const client of set) await client.batch({ ...loop, requests: loop.warmUp, rate: undefined });
  for (let round = 0; round < rounds; round++) {
    const set = sets[round % sets.length];
    // Each arm at each place in turn, forwards and backwards, a pair for each set of processes.
    const turn = Math.floor(round / sets.length);
    const from = Math.floor(turn / 2) % set.length;
    const order = [...set.slice(from), ...set.slice(0, from)];
    if (turn % 2 === 1) order.reverse();
    for (const client of order) {
      const { wall, cpu } = await client.batch(loop);
      results[client.arm.name].wall.push(Number(wall.toFixed(1)));
      results[client.arm.name].cpu.push(Number(cpu.toFixed(1)));
    }
    const done = round + 1;
    say(`${loop.title}: round ${done} of at most ${rounds}`);
    if (done % roundsAtOnce === 0 && done >= 2 * roundsAtOnce && widest(results, narrow) <= precision) break;
  }
  return results;
}

/** `first`: requests of the first batch, after which one arm is switched off; some more are made until it sees that. */
async function checkRecorded(client, expected, first) {
  const recorded = await client.recorded();
  const { records, name } = client.arm;
  const wrong =
    records === 'nothing'
      ? recorded !== 0
      : records === 'first'
        ? !(recorded >= first && recorded <= first + 20)
        : recorded < expected;
  if (wrong) {
    throw new Error(`${name}: recorded ${recorded} of ${expected} requests: the comparison would say nothing`);
  }
}

/**
 * Measures a Node binary; `processes` of each arm, or for each batch of a loop that says how many. Resolves to loop title →
 * arm name → batches.
 */
export async function measure(node, { arms, loops }, { rounds, precision, processes, say }) {
  const cores = cpus().length;
  const { child, ports } = await startServer(node, onCore(1, cores));
  const pin = onCore(0, cores);
  const measured = {};

  /** `start`: one client of an arm, or a group. */
  async function withSets(count, start, some) {
    const sets = [];
    let expected = 0;
    try {
      for (let i = 0; i < count; i++) {
        const set = [];
        sets.push(set);
        for (const arm of arms) set.push(await start(arm));
      }
      for (const loop of some) {
        measured[loop.title] = await measureLoop(sets, loop, { rounds, precision }, say);
        const batches = Math.floor(measured[loop.title].bare.cpu.length / count);
        expected += loop.warmUp + ((loop.lead ?? 0) + loop.requests) * batches;
      }
      for (const client of sets.flat().filter(({ arm }) => !arm.unchecked))
        await checkRecorded(client, expected, some[0].warmUp);
    } finally {
      await Promise.all(sets.flat().map((c) => c.stop()));
    }
  }

  try {
    const alone = loops.filter((loop) => loop.processes === undefined);
    if (alone.length > 0) await withSets(processes, (arm) => Client.start(arm, node, ports, pin), alone);
    for (const loop of loops.filter((one) => one.processes !== undefined))
      await withSets(1, (arm) => Group.start(loop.processes, arm, node, ports, pin), [loop]);
    return measured;
  } finally {
    child.disconnect();
  }
}

export const versionOf = (node) => execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
