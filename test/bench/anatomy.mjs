/**
 * Where the hook's processor time goes: a CPU profile of the bench's program with and without it, the samples inside the
 * hook by its rooms and files, and Node's own functions that take longer.
 *   node test/bench/anatomy.mjs [--node 24] [--loop "http, 10"] [--top 15]
 * Prints Markdown. A profile slows the program: shares are what it says, µs are shares of the time measured in it.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { build } from 'esbuild';
import { doorIn, doorOut } from '../../scripts/hook.mjs';
import { bareArm, hookArmOf, measurements } from './arms.mjs';
import { Client, onCore } from './clients.mjs';
import { startServer } from './measure.mjs';

const root = join(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    node: { type: 'string', default: '24' },
    loop: { type: 'string', default: 'http, 10' },
    top: { type: 'string', default: '15' },
    batches: { type: 'string', default: '30' },
  },
});
const node = join(root, `test/node/node_modules/node${values.node}/bin/node`);
const loop = measurements.main.loops.find(({ title }) => title.includes(values.loop));
const batches = Number(values.batches);
const work = mkdtempSync(join(tmpdir(), 'nettrace-anatomy-'));

/** Both bundles have one name to V8: the second begins so many lines below, by which its functions are known. */
const secondFrom = 100_000;
const bundles = [
  { name: 'hook', entry: 'index', plugin: doorOut, lines: 0 },
  { name: 'requests', entry: 'requests', plugin: doorIn, lines: secondFrom },
];

/** The hook with its source maps. */
async function buildHook() {
  for (const { name, entry, plugin, lines } of bundles)
    await build({
      absWorkingDir: root,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      sourcemap: true,
      entryPoints: [`src/hook/${entry}.ts`],
      outfile: join(work, `${name}.cjs`),
      target: 'node18',
      legalComments: 'none',
      minifyWhitespace: true,
      banner: { js: '\n'.repeat(lines) },
      define: { HOOK_VERSION: '"0"' },
      plugins: [plugin],
    });
  return join(work, 'hook.cjs');
}

/** Self time in µs a request, by function: `{ url, name, line, column }`, of the measured batches alone. */
async function profile(arm, ports) {
  const folder = mkdtempSync(join(work, 'profile-'));
  const client = await Client.start(arm, node, ports, onCore(0, 2), [
    '--cpu-prof',
    '--cpu-prof-interval=150',
    `--cpu-prof-dir=${folder}`,
  ]);
  await client.batch({ ...loop, requests: loop.warmUp });
  for (let i = 0; i < batches; i++) await client.batch(loop);
  await client.stop();
  const [name] = readdirSync(folder);
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const byId = new Map(nodes.map((n) => [n.id, n]));
  const requests = loop.warmUp + (loop.lead ?? 0) * (batches + 1) + loop.requests * batches;
  const self = new Map();
  for (const [i, id] of samples.entries()) {
    const { functionName, url, lineNumber, columnNumber } = byId.get(id).callFrame;
    const key = `${functionName} ${url}:${lineNumber}:${columnNumber}`;
    const one = self.get(key) ?? { name: functionName, url, line: lineNumber, column: columnNumber, us: 0 };
    one.us += (timeDeltas[i + 1] ?? 0) / requests;
    self.set(key, one);
  }
  return [...self.values()];
}

const sum = (list) => list.reduce((total, { us }) => total + us, 0);
const one = (n) => n.toFixed(1);
const isIdle = ({ name }) => name === '(idle)';

function sources(list) {
  const [first, second] = bundles.map(({ name }) => new TraceMap(readFileSync(join(work, `${name}.cjs.map`), 'utf8')));
  return list.map((f) => {
    const map = f.line < secondFrom ? first : second;
    const at = originalPositionFor(map, { line: f.line + 1, column: Math.max(0, f.column) });
    return { ...f, source: at.source?.replace(/^(\.\.\/)*.*?src\//, 'src/') ?? '', sourceLine: at.line ?? 0 };
  });
}

const { child, ports } = await startServer(node, onCore(1, 2));
try {
  const hook = await buildHook();
  const bare = (await profile(bareArm, ports)).filter((f) => !isIdle(f));
  const traced = (await profile(hookArmOf(hook), ports)).filter((f) => !isIdle(f));
  const inHook = sources(traced.filter(({ url }) => url.endsWith('/hook.cjs')));
  const rooms = new Map();
  for (const f of inHook) {
    const room = f.source.split('/').slice(0, -1).join('/') || 'other';
    rooms.set(room, (rooms.get(room) ?? 0) + f.us);
  }
  console.log(`${loop.title}, Node ${values.node}: ${one(sum(bare))} µs without, ${one(sum(traced))} µs with\n`);
  console.log('| part | µs a request |\n|---|---|');
  const rows = [...rooms].sort((a, b) => b[1] - a[1]);
  for (const [room, us] of rows) console.log(`| ${room} | ${one(us)} |`);
  console.log(`| all of the hook's own functions | ${one(sum(inHook))} |`);
  const others = (list) => list.filter(({ url }) => !url.endsWith('/hook.cjs'));
  console.log(`| Node, V8 and the program, more than without | ${one(sum(others(traced)) - sum(bare))} |\n`);
  console.log('| function of the hook | µs a request |\n|---|---|');
  for (const f of inHook.sort((a, b) => b.us - a.us).slice(0, Number(values.top)))
    console.log(
      `| \`${f.name || '(anonymous)'}\` ${f.source.replace('src/hook/', '')}:${f.sourceLine} | ${one(f.us)} |`,
    );
  const label = ({ name, url }) => `\`${name || '(anonymous)'}\` ${url.replace(/^file:.*\//, '')}`;
  const by = (list) => {
    const total = new Map();
    for (const f of list) total.set(label(f), (total.get(label(f)) ?? 0) + f.us);
    return total;
  };
  const before = by(bare);
  const more = [...by(others(traced))].map(([name, us]) => [name, us - (before.get(name) ?? 0), us]);
  console.log('\n| outside of the hook | more µs | of |\n|---|---|---|');
  for (const [name, us, all] of more.sort((a, b) => b[1] - a[1]).slice(0, Number(values.top)))
    console.log(`| ${name} | ${one(us)} | ${one(all)} |`);
} finally {
  child.disconnect();
  rmSync(work, { recursive: true, force: true });
}
