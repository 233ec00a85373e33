/**
 * Sends many requests through a session: memory of host and program stays bounded, counters stay exact, what was evicted
 * is said. Writes docs/bounds.md.
 *   node test/bounds/run.mjs [requests, default 100000] [--limit 20000] [--node 24] [--print]
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const here = import.meta.dirname;
const root = join(here, '../..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    limit: { type: 'string', default: '20000' },
    node: { type: 'string', default: '24' },
    print: { type: 'boolean' },
    serve: { type: 'boolean' },
  },
});

if (values.serve) serve();
else await main();

function serve() {
  const server = createServer((request, answer) => {
    if (request.url.startsWith('/drop')) request.socket.destroy();
    else answer.end('hello');
  });
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
  process.on('disconnect', () => process.exit());
}

async function main() {
  if (!existsSync(join(root, 'dist/hook.cjs'))) throw new Error('dist/hook.cjs is missing: npm run build');
  if (globalThis.gc === undefined) return again();
  const requests = Number(positionals[0] ?? 100_000);
  const limit = Number(values.limit);
  const node = join(root, `test/node/node_modules/node${values.node}/bin/node`);
  const server = fork(import.meta.filename, ['--serve'], { execArgv: [] });
  const [port] = await once(server, 'message');
  const folder = mkdtempSync(join(tmpdir(), 'nettrace-bounds-'));
  try {
    const run = (env) => program(node, `http://127.0.0.1:${port}`, requests, env);
    const bare = await run({});
    const { TraceSession } = await bundledSession(folder);
    const session = await TraceSession.create({
      hookFile: join(root, 'dist/hook.cjs'),
      cacheFolder: join(folder, 'cache'),
      limits: { requests: limit },
    });
    const memory = [];
    let spoolBytes = 0;
    const watch = setInterval(() => {
      globalThis.gc();
      const { rss, heapUsed, external } = process.memoryUsage();
      memory.push({ requests: session.store.counts.requests, rss, heapUsed: heapUsed + external });
      spoolBytes = Math.max(spoolBytes, sizeOf(session.spoolFolder));
    }, 1000);
    const hooked = await run(session.environment({}));
    session.processEnded(hooked.pid, { exitCode: 0 });
    await session.poll();
    clearInterval(watch);
    globalThis.gc();
    const { rss, heapUsed, external } = process.memoryUsage();
    memory.push({ requests: session.store.counts.requests, rss, heapUsed: heapUsed + external });
    const trace = session.document();
    await session.dispose();
    const result = {
      requests,
      limit,
      node: values.node,
      counts: trace.counts,
      kept: trace.requests.length,
      evicted: trace.losses.filter((l) => l.kind === 'evicted'),
      otherLosses: trace.losses.filter((l) => l.kind !== 'evicted'),
      load: loadavg()[0],
      host: memory,
      spoolBytes,
      bare,
      hooked,
    };
    if (values.print) console.log(JSON.stringify(result));
    else writeFileSync(join(root, 'docs/bounds.md'), report(result));
  } finally {
    server.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Memory is compared after collections, which only a flag allows. */
async function again() {
  const child = spawn(process.execPath, ['--expose-gc', import.meta.filename, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  [process.exitCode] = await once(child, 'exit');
}

async function bundledSession(folder) {
  const { buildSync } = await import('esbuild');
  const outfile = join(folder, 'session.mjs');
  buildSync({
    absWorkingDir: root,
    entryPoints: ['src/session/session.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  return import(pathToFileURL(outfile).href);
}

async function program(node, base, requests, env) {
  const { PATH, HOME } = process.env;
  const child = spawn(node, ['--expose-gc', join(here, 'program.cjs'), base, String(requests)], {
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (d) => {
    text += d;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the program ended with ${code}`);
  return { pid: child.pid, ...JSON.parse(text) };
}

function sizeOf(folder) {
  let size = 0;
  for (const name of readdirSync(folder)) {
    try {
      size += statSync(join(folder, name)).size;
    } catch {
      // Already read and removed.
    }
  }
  return size;
}

function report(r) {
  const mib = (bytes) => (bytes / 1024 / 1024).toFixed(1);
  const { requests, failed, evictedRequests } = r.counts;
  const step = Math.ceil(r.host.length / 20);
  const shown = r.host.filter((_, i) => i % step === 0 || i === r.host.length - 1);
  const rows = shown.map((m) => `| ${m.requests} | ${mib(m.heapUsed)} | ${mib(m.rss)} |`);
  const grown = (p) => mib(p.late.heapUsed - p.early.heapUsed);
  return `# Bounds

Written by \`node test/bounds/run.mjs\`; do not edit.

${r.requests} requests, 20 at a time on kept connections, one in a hundred cut off by the server, traced by a session that keeps
${r.limit}; Node ${r.node}. Load average of the machine at
the end: ${r.load.toFixed(1)} (the program, its server and the session make 2).

- Counted: ${requests} requests, ${failed} failed, ${evictedRequests} evicted, ${r.kept} kept. The trace says what went: ${r.evicted.map((l) => `${l.count} ${l.what}`).join(', ')}; other losses: ${r.otherLosses.length}.
- The spool's files took ${mib(r.spoolBytes)} MiB at most.
- The program's heap after a collection, from a tenth of the requests to the end: ${grown(r.bare)} MiB more without the hook, ${grown(r.hooked)} MiB more with it. Its resident memory at the end: ${mib(r.bare.late.rss)} MiB without, ${mib(r.hooked.late.rss)} MiB with.
- Throughput: ${Math.round(r.bare.perSecond)} requests a second without the hook, ${Math.round(r.hooked.perSecond)} with it, while the session reads on the same machine; CPU of the program a request: ${r.bare.cpuUs.toFixed(0)} µs and ${r.hooked.cpuUs.toFixed(0)} µs.

The host's memory after collections:

| requests seen | heap MiB | resident MiB |
|---|---|---|
${rows.join('\n')}
`;
}
