/**
 * Random client programs, as data, run by one interpreter with and without the hook: what they could see is the same,
 * and the trace holds together. RANDOM_PROGRAMS=2000 runs more of them, FUZZ_SEED=random others.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isPlanned, type Program, program } from '../../random/programs';
import { problemsOf } from '../../support/check';
import { closedPort } from '../../support/ports';
import { type NodeVersion, nodes, repository } from '../../support/programs/nodes';
import { type Ending, runPlain } from '../../support/programs/program';
import { runTraced, type TracedRun } from '../../support/programs/run';
import { Upstream } from '../../support/servers/upstream';

const interpreter = join(import.meta.dirname, '../programs/random.cjs');
const count = Number(process.env.RANDOM_PROGRAMS ?? 16);
/** Programs of one process. */
const atOnce = 40;
/** So many of them may differ at first: it is a matter of time who is faster. */
const maxSuspects = 20;
/** Runs of a program alone, on each side, before it counts as different: what does not stay is a matter of time. */
const again = 4;
const confs = [{}, { headers: 'values', bodies: 65_536, sockets: true, incoming: true }];

let upstream: Upstream;
let h2: Http2Server;
let env: Record<string, string>;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nettrace-random-'));
  upstream = await Upstream.start();
  h2 = createServer();
  h2.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const [path] = (headers[':path'] ?? '').split('?');
    if (path === '/refuse') return stream.close(7);
    if (path === '/goaway') stream.session?.goaway(0);
    stream.resume().on('end', () => {
      if (stream.destroyed) return;
      stream.respond({ ':status': path === '/echo' ? 201 : 200 });
      stream.end('hello');
    });
  });
  await new Promise<void>((done) => h2.listen(0, '127.0.0.1', done));
  const { port } = h2.address() as AddressInfo;
  const closed = String(await closedPort());
  env = { ...upstream.environment, UP_H2: `http://127.0.0.1:${port}`, UP_CLOSED: closed };
});
afterAll(async () => {
  h2.close();
  await upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Numbered {
  n: number;
  program: Program;
}
/** What a run printed, by program; the last line holds what belongs to the process. */
type Seen = Map<number | 'process', string>;

function seen(ending: Ending): Seen {
  const lines = ending.stdout.trim().split('\n');
  const end = `${lines.pop()} code ${ending.code} signal ${ending.signal} stderr ${ending.stderr}`;
  return new Map<number | 'process', string>([
    ...lines.map((l) => [(JSON.parse(l) as { n: number }).n, l] as const),
    ['process', end],
  ]);
}

/** Undici's copy that runs on all of the versions. */
const copy = join(repository, 'test/matrix/clients/node_modules/undici6');

async function both(node: NodeVersion, programs: Numbered[], conf: object): Promise<[Seen, Seen, TracedRun]> {
  const file = join(folder, `${node.major}-${Math.random().toString(36).slice(2)}.json`);
  writeFileSync(file, JSON.stringify({ programs, undici: copy }));
  const options = { args: [file], env, timeoutMs: 60_000 };
  const [plain, run] = await Promise.all([
    runPlain(node, interpreter, options),
    runTraced(node, interpreter, { ...options, conf: { ...conf } }),
  ]);
  return [seen(plain), seen(run), run];
}

/** The program alone, some times: it is different when no traced run saw what any plain run saw. */
async function differsAlone(node: NodeVersion, one: Numbered, conf: object): Promise<string | undefined> {
  const without = new Set<string | undefined>();
  const within = new Set<string | undefined>();
  for (let i = 0; i < again; i++) {
    const [plain, traced] = await both(node, [one], conf);
    without.add(`${plain.get(one.n)}\n${plain.get('process')}`);
    within.add(`${traced.get(one.n)}\n${traced.get('process')}`);
    if ([...within].some((s) => without.has(s))) return undefined;
  }
  return [`${JSON.stringify(one)}`, 'without:', ...without, 'with:', ...within].join('\n');
}

/** Requests of the trace and the calls that were planned, by the id in the URL. */
function problemsOfPlan(run: TracedRun, programs: Numbered[]): string[] {
  const urls = [...run.store.requests.values()].map((r) => r.url ?? '');
  const ids = new Map<string, number>();
  for (const url of urls) {
    const id = /[?&]id=([\d.]+)/.exec(url)?.[1];
    if (id !== undefined) ids.set(id, (ids.get(id) ?? 0) + 1);
  }
  return programs.flatMap(({ n, program: p }) =>
    p.calls.flatMap((c, i) => {
      const found = ids.get(`${n}.${i}`) ?? 0;
      return isPlanned(c) && found !== 1 ? [`${n}.${i} ${c.client} ${c.path}: ${found} requests`] : [];
    }),
  );
}

/** Of programs that ran together: what differs by the hook, and what is wrong in the trace. */
async function compare(node: NodeVersion, programs: Numbered[]): Promise<void> {
  const conf = confs[node.major % 4 === 0 ? 1 : 0] as object;
  const [plain, traced, run] = await both(node, programs, conf);
  const suspects = programs.filter(({ n }) => plain.get(n) !== traced.get(n));
  let left = suspects;
  // Fewer at a time step on fewer toes; what still differs then is run alone.
  for (let i = 0; i < 2 && left.length > 0; i++) {
    const [without, within] = await both(node, left, conf);
    left = left.filter(({ n }) => without.get(n) !== within.get(n));
  }
  const differences: string[] = [];
  for (const one of left) {
    const difference = await differsAlone(node, one, conf);
    if (difference !== undefined) differences.push(difference);
  }
  if (process.env.RANDOM_PROGRAMS) console.log(`Node ${node.major}: ${suspects.length} suspects`);
  expect(differences).toEqual([]);
  expect(suspects.length).toBeLessThan(maxSuspects);
  expect(traced.get('process')).toBe(plain.get('process'));
  expect(traced.size).toBe(programs.length + 1);
  expect(problemsOfPlan(run, programs)).toEqual([]);
  expect(problemsOf(run)).toEqual([]);
}

describe.each(nodes)('Node $major', (node) => {
  test(`${count} random programs see the same with and without the hook`, { timeout: 1_200_000 }, async () => {
    const programs = fc.sample(program, count).map((p, n) => ({ n, program: p }));
    for (let at = 0; at < count; at += atOnce) await compare(node, programs.slice(at, at + atOnce));
  });
});
