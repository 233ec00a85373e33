/** The session and the real hook together: a real program writes, the session follows. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { preloadWouldFail, whyNotLoaded } from '../../src/session/program/unloaded';
import { recoverTrace } from '../../src/session/recover';
import { type SessionOptions, TraceSession } from '../../src/session/session';
import { localPath } from '../../src/session/sources/sourceMaps';
import { scratch } from '../../src/session/testing/scratch';
import { hookAlone } from '../support/programs/hook';
import { nodes, repository } from '../support/programs/nodes';
import { cleanEnvironment } from '../support/programs/program';
import { hookFolder } from '../support/programs/run';

let hookFile: string;
const open: TraceSession[] = [];

beforeAll(() => {
  hookFile = hookAlone();
});
afterEach(() => Promise.all(open.splice(0).map((s) => s.dispose())));

async function session(options: Partial<SessionOptions> = {}) {
  const s = await TraceSession.create({ hookFile, cacheFolder: hookFolder, ...options });
  open.push(s);
  return s;
}

interface Run {
  child: ChildProcess;
  output: () => string;
  /** Resolves after the session knows of the end. */
  ended: Promise<number | null>;
}

function start(s: TraceSession, command: string, args: string[], more: { conf?: object; cwd?: string } = {}): Run {
  const env = { ...cleanEnvironment(), ...s.environment({}) };
  const conf = JSON.stringify({ ...JSON.parse(env.NETTRACE_CONF as string), ...more.conf });
  const child = spawn(command, args, { env: { ...env, NETTRACE_CONF: conf }, ...(more.cwd ? { cwd: more.cwd } : {}) });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk));
  const ended = once(child, 'close').then(async ([code, signal]) => {
    s.processEnded(child.pid as number, signal ? { signal } : { exitCode: code });
    await s.poll();
    return code as number | null;
  });
  return { child, output: () => text, ended };
}

/** Serves itself and makes `n` requests one after the other, on one connection. */
const program = (n: number) => `
  const http = require('node:http');
  const agent = new http.Agent({ keepAlive: true });
  const server = http.createServer((q, a) => a.end('x')).listen(0, '127.0.0.1', async () => {
    for (let i = 0; i < ${n}; i++) {
      await new Promise((done) => http.get({ port: server.address().port, host: '127.0.0.1', agent, path: '/' + i }, (r) => r.resume().on('end', done)));
    }
    agent.destroy();
    server.close();
    console.log('done');
  });`;

describe.each(nodes)('Node $major', ({ binary }) => {
  test('a program is followed while it runs, and to its end', async () => {
    const s = await session();
    const run = start(s, binary, ['-e', program(25)]);
    await expect.poll(() => s.hookSeen).toBe(true);
    expect(await run.ended).toBe(0);
    expect(run.output()).toBe('done\n');
    expect(s.store.counts).toMatchObject({ requests: 25, failed: 0, connections: 1 });
    expect([...s.store.requests.values()].every((r) => r.outcome === 'complete')).toBe(true);
    expect([...s.store.processes.values()]).toMatchObject([{ pid: run.child.pid, exitCode: 0, end: 'exit' }]);
    expect(s.store.losses).toEqual([]);
  });
});

test.each(['finished', 'lost'])(
  'a session that is %s while its program goes on: what runs is detached',
  async (how) => {
    const s = await session();
    const never = `const http = require('node:http');
    const server = http.createServer(() => {}).listen(0, '127.0.0.1', () => {
      http.get({ port: server.address().port, host: '127.0.0.1' });
    });`;
    const run = start(s, process.execPath, ['-e', never]);
    await expect.poll(() => s.store.requests.size).toBe(1);
    const [request] =
      how === 'finished'
        ? await s.finish('interrupted').then(() => [...s.store.requests.values()])
        : ((await recoverTrace(s.spoolFolder, { final: true }))?.requests ?? []);
    expect(run.child.exitCode).toBeNull();
    expect(request).toMatchObject({ outcome: 'interrupted', missing: { endAt: 'detached' } });
    expect(request?.endAt).toBeUndefined();
    run.child.kill();
    await run.ended;
  },
);

test('a program that is being ended is waited for; one that goes on is not waited for without end', async () => {
  const s = await session();
  const run = start(s, process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await expect.poll(() => s.store.rootProcess()?.pid).toBe(run.child.pid);
  const finished = s.finish('ended', 60_000);
  // What is asked for while it is waited for does not belong to the trace.
  const control = () => JSON.parse(readFileSync(join(s.spoolFolder, 'control.json'), 'utf8'));
  await expect.poll(() => control().requests).toEqual([]);
  expect(s.store.header.endAt).toBeUndefined();
  run.child.kill('SIGKILL');
  await finished;
  expect(s.store.rootProcess()?.end).toBeDefined();
  await run.ended;
  const other = await session();
  const stays = start(other, process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await expect.poll(() => other.store.rootProcess()?.pid).toBe(stays.child.pid);
  await other.finish('ended', 1);
  expect(other.store.rootProcess()?.end).toBeUndefined();
  stays.child.kill('SIGKILL');
  await stays.ended;
});

test('segments come and go while the program writes: none is left, nothing is lost', async () => {
  const s = await session();
  const run = start(s, process.execPath, ['-e', program(4000)], { conf: { segmentBytes: 50_000 } });
  expect(await run.ended).toBe(0);
  expect(s.store.counts.requests).toBe(4000);
  expect(s.store.losses).toEqual([]);
  const left = readdirSync(s.spoolFolder).filter((name) => name.endsWith('.jsonl'));
  expect(left).toHaveLength(1);
  expect(Number(/\.(\d+)\.jsonl$/.exec(left[0] as string)?.[1])).toBeGreaterThan(5);
});

test('10,000 requests against a bound of 500: counted exactly', async () => {
  const s = await session({ limits: { requests: 500 } });
  expect(await start(s, process.execPath, ['-e', program(10_000)]).ended).toBe(0);
  const doc = s.document();
  expect(doc.counts).toMatchObject({ requests: 10_000, evictedRequests: 9_500, failed: 0, connections: 1 });
  expect(doc.requests).toHaveLength(500);
  expect(doc.requests.at(-1)?.ordinal).toBe(10_000);
  expect(doc.losses).toMatchObject([{ kind: 'evicted', what: 'requests', count: 9_500 }]);
});

test('two programs, two sessions, at once', async () => {
  const [a, b] = [await session(), await session()];
  const runs = [start(a, process.execPath, ['-e', program(300)]), start(b, process.execPath, ['-e', program(200)])];
  await Promise.all(runs.map((r) => r.ended));
  expect([a.store.counts.requests, b.store.counts.requests]).toEqual([300, 200]);
  expect([a.store.processes.size, b.store.processes.size]).toEqual([1, 1]);
});

test('killed in the middle: whole lines count, what ran is interrupted', async () => {
  const s = await session();
  const run = start(s, process.execPath, ['-e', program(1_000_000)]);
  await expect.poll(() => s.store.counts.requests, { interval: 5 }).toBeGreaterThan(50);
  run.child.kill('SIGKILL');
  await run.ended;
  const outcomes = [...s.store.requests.values()].map((r) => r.outcome);
  expect(outcomes.filter((o) => o !== 'complete').length).toBeLessThanOrEqual(1);
  expect(outcomes.filter((o) => o === undefined)).toEqual([]);
  expect([...s.store.processes.values()]).toMatchObject([{ end: 'killed', signal: 'SIGKILL' }]);
});

test('a session in a folder with spaces, quotes and no ASCII', async () => {
  const cacheFolder = join(scratch(), 'a "b" ü');
  mkdirSync(cacheFolder);
  const s = await session({ cacheFolder });
  expect(await start(s, process.execPath, ['-e', program(1)]).ended).toBe(0);
  expect(s.store.counts.requests).toBe(1);
});

describe('call sites', () => {
  const source = [
    "import http from 'node:http';",
    'interface Unused { a: string }',
    'type Port = number;',
    'const port: Port = 1;',
    '',
    'export function ask(n: number): void {',
    "  http.get({ host: '127.0.0.1', port, path: '/' + n }).on('error', () => console.log('done'));",
    '}',
    'ask(1);',
  ].join('\n');
  const project = () => {
    const folder = scratch();
    writeFileSync(join(folder, 'ask.ts'), source);
    return folder;
  };
  const expected = (folder: string) => ({ file: join(folder, 'ask.ts'), line: 7 });
  const siteOf = (s: TraceSession) =>
    s.document().requests.map(({ callSite }) => {
      const at = callSite?.source ?? callSite;
      return at && { ...at, file: localPath(at.file) };
    });

  test.each(['cjs', 'esm'] as const)('TypeScript built to %s with a map: the line that was written', async (format) => {
    const folder = project();
    const built = join(folder, format === 'cjs' ? 'ask.cjs' : 'ask.mjs');
    buildSync({
      entryPoints: [join(folder, 'ask.ts')],
      outfile: built,
      format,
      sourcemap: 'linked',
      minifyWhitespace: true,
    });
    const s = await session();
    await start(s, process.execPath, [built]).ended;
    expect(siteOf(s)).toMatchObject([expected(folder)]);
  });

  test.each([
    ['tsx', ['node_modules/tsx/dist/cli.mjs']],
    ['--import tsx', ['--import', 'tsx']],
  ])('TypeScript run by %s, whose map is only in its memory', async (_, args) => {
    const folder = project();
    const s = await session();
    const clients = join(repository, 'test/matrix/clients');
    await start(s, process.execPath, [...args, join(folder, 'ask.ts')], { cwd: clients }).ended;
    expect(siteOf(s)).toMatchObject([expected(folder)]);
  });

  test('TypeScript run by Node itself, which leaves every line where it is', async () => {
    const node = nodes.find((n) => n.major === 24);
    if (!node) return;
    const folder = project();
    const s = await session();
    await start(s, node.binary, [join(folder, 'ask.ts')]).ended;
    expect(siteOf(s)).toMatchObject([{ ...expected(folder), column: 8 }]);
  });
});

describe('programs that keep the hook out', () => {
  const facts = (s: TraceSession, command: string, args: string[]) => ({
    command,
    args,
    env: { ...cleanEnvironment(), ...s.environment({}) },
    hook: s.hook,
    spool: s.spoolFolder,
  });

  test.each(nodes.filter((n) => n.major >= 20))(
    'Node $major with its permission model: runs, and we can say why',
    async ({ major, binary }) => {
      const folder = scratch();
      writeFileSync(join(folder, 'a.js'), 'console.log("done")');
      const flag = major === 20 ? '--experimental-permission' : '--permission';
      const args = [flag, `--allow-fs-read=${folder}/`, join(folder, 'a.js')];
      const s = await session();
      expect(preloadWouldFail(args, undefined, s.hook)).toBe(major === 20);
      if (major > 20) {
        const run = start(s, binary, args);
        expect(await run.ended).toBe(0);
        expect(run.output()).toBe('done\n');
      }
      expect(s.hookSeen).toBe(false);
      expect(await whyNotLoaded(facts(s, binary, args))).toMatchObject({ reason: 'permission' });
      // What the advice says works.
      const { advice } = await whyNotLoaded(facts(s, binary, args));
      const grants = advice.split(' ').filter((word) => word.startsWith('--allow'));
      const granted = start(s, binary, [...grants, ...args]);
      expect(await granted.ended).toBe(0);
      expect(s.hookSeen).toBe(true);
    },
  );
});

test('a host that was killed leaves a spool; another sweeps it away later', async () => {
  const { sweepSpoolFolders } = await import('../../src/session/spool/leftovers');
  const s = await session();
  const left = join(tmpdir(), 'nettrace-spool-999999999-Abc123');
  mkdirSync(left, { recursive: true });
  await sweepSpoolFolders();
  expect(readdirSync(tmpdir())).toContain('nettrace-spool-999999999-Abc123'); // not yet a day old
  await sweepSpoolFolders(Date.now() + 2 * 86_400_000);
  expect(readdirSync(tmpdir())).not.toContain('nettrace-spool-999999999-Abc123');
  expect(readdirSync(s.spoolFolder)).toEqual(['bin', 'control.json', 'session.json']); // a live host's own
  expect(readFileSync(hookFile).length).toBeGreaterThan(0);
});
