/**
 * The spool in a hostile world: folders that vanish, disks that are full, descriptors that are closed, rights that are
 * missing. The program must not notice, and what can be written is written.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { visible } from '../../support/check';
import { nodes } from '../../support/programs/nodes';
import { commandOf, type Ending, type RunOptions, runCommand, runPlain } from '../../support/programs/program';
import { hookEnvironment, runTraced, type TracedRun } from '../../support/programs/run';
import { readSpool } from '../../support/programs/spool';
import { Upstream } from '../../support/servers/upstream';

const program = join(import.meta.dirname, '../programs/hello.cjs');
let upstream: Upstream;
let folder: string;
beforeAll(async () => {
  upstream = await Upstream.start();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nettrace-test-'));
  return () => rmSync(folder, { recursive: true, force: true });
});
afterAll(() => upstream.close());

const requests = (run: TracedRun) => [...run.store.requests.values()];
const kinds = (lines: readonly { text: string }[]) => lines.map(({ text }) => (JSON.parse(text) as { k: string }).k);

describe.each(nodes.filter((n) => [18, 24, 26].includes(n.major)))('Node $major', (node) => {
  const plain = (options: RunOptions): Promise<Ending> =>
    runPlain(node, program, { ...options, env: { ...upstream.environment, ...options.env } });
  const traced = (options: RunOptions): Promise<TracedRun> =>
    runTraced(node, program, { ...options, env: { ...upstream.environment, ...options.env } });
  /** With the spool of this test's own, which is left to look at. */
  const into = (spool: string, options: RunOptions = {}): Promise<Ending> => {
    const env = { ...upstream.environment, ...options.env };
    return runCommand(commandOf(node, program, options), options, hookEnvironment(spool, { ...options, env }));
  };

  test('the folder vanishes: the program goes on', async () => {
    const spool = join(folder, 'spool');
    mkdirSync(spool);
    expect(visible(await into(spool, { args: ['vanish'] }))).toEqual(visible(await plain({})));
    expect(existsSync(spool)).toBe(false);
  });

  test('no folder, a folder that may not be written, a file in its place: quiet', async () => {
    const expected = visible(await plain({}));
    writeFileSync(join(folder, 'file'), '');
    expect(visible(await into(join(folder, 'missing')))).toEqual(expected);
    expect(visible(await into(join(folder, 'file')))).toEqual(expected);
  });

  test('the descriptor is not there for a program that closes all it finds', async () => {
    const own = join(folder, 'own.txt');
    writeFileSync(own, '');
    const run = await traced({ args: ['close'], env: { OWN_FILE: own } });
    expect(run.stdout).toBe('200\n200 200\n');
    expect(requests(run).length).toBe(3);
    expect(readFileSync(own, 'utf8')).toBe('');
    expect(run.code).toBe(0);
  });

  test('segments: each begins with proc and ctl, a reader that deletes them loses nothing', async () => {
    const run = await traced({ conf: { segmentBytes: 700, callSites: 'off' } });
    const files = [...new Set(run.lines.map((l) => l.file))];
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) {
      expect(kinds(run.lines.filter((l) => l.file === file)).slice(0, 2)).toEqual(['proc', 'ctl']);
    }
    expect(requests(run).map((r) => r.outcome)).toEqual(['complete', 'complete', 'complete']);
    expect(run.store.processes.size).toBe(1);
  });

  test('nobody reads: writing stops for good and says so', async () => {
    const run = await traced({ conf: { segmentBytes: 700, maxUnreadBytes: 1500 } });
    expect(visible(run)).toEqual(visible(await plain({})));
    const last = JSON.parse(run.lines.at(-1)?.text ?? '') as object;
    expect(last).toMatchObject({ k: 'loss', what: 'lines', kind: 'overflow' });
    expect(run.lines.reduce((sum, l) => sum + l.text.length, 0)).toBeLessThan(5000);
  });

  test('nothing enabled: proc and ctl, nothing else, nothing patched', async () => {
    const run = await traced({ conf: { enabled: [] } });
    expect(kinds(run.lines)).toEqual(['proc', 'ctl']);
    const looks = join(folder, 'looks.cjs');
    writeFileSync(
      looks,
      `console.log(String(require('http').request).includes('hrow'), require('net').Socket.prototype.connect.toString().length)`,
    );
    const [off, bare] = [await runTraced(node, looks, { conf: { enabled: [] } }), await runPlain(node, looks)];
    expect(off.stdout).toBe(bare.stdout);
  });

  test("the spool is the user's alone", async () => {
    const spool = join(folder, 'spool');
    mkdirSync(spool);
    await into(spool);
    for (const { file } of readSpool(spool)) expect(statSync(join(spool, file)).mode & 0o777).toBe(0o600);
  });

  test('frozen intrinsics: no call sites, all else', async () => {
    const execArgv = ['--frozen-intrinsics', '--no-warnings'];
    const run = await traced({ execArgv });
    expect(visible(run)).toEqual(visible(await plain({ execArgv })));
    expect(requests(run).map((r) => r.outcome)).toEqual(['complete', 'complete', 'complete']);
  });

  test("a prepareStackTrace of the program's own stays in force, call sites are still seen", async () => {
    const run = await traced({ args: ['prepare'] });
    expect(visible(run)).toEqual(visible(await plain({ args: ['prepare'] })));
    expect(run.stdout).toContain('mine: x');
    for (const r of requests(run)) expect(r.callSite).toMatchObject({ file: program, kind: 'user' });
  });

  test('faked clocks, timers, JSON and fs do not reach the hook', async () => {
    const run = await traced({ args: ['fake'] });
    expect(run.stdout).toBe('200\n200 200\n');
    const [first, second, third] = requests(run);
    expect([first, second, third].map((r) => r?.outcome)).toEqual(['complete', 'complete', 'complete']);
    expect(third?.createdAt).toBeGreaterThan(first?.createdAt ?? Number.NaN);
  });

  // Node 18 has no permission model.
  if (node.major >= 20)
    test('without the right to write: quiet', async () => {
      const flag = node.major === 20 ? '--experimental-permission' : '--permission';
      const execArgv = [flag, '--allow-fs-read=*', '--no-warnings', ...(node.major >= 25 ? ['--allow-net'] : [])];
      const spool = join(folder, 'spool');
      mkdirSync(spool);
      expect(visible(await into(spool, { execArgv }))).toEqual(visible(await plain({ execArgv })));
      expect(readSpool(spool)).toEqual([]);
    });
});

test('a full disk: the program goes on', async () => {
  const node = nodes.at(-1);
  if (!node || !existsSync('/dev/full')) return;
  // The spool's file is a link to a disk that is always full.
  const preload = join(folder, 'full.cjs');
  writeFileSync(
    preload,
    `const fs = require('fs'); const open = fs.openSync;
     fs.openSync = (p, ...rest) => open(String(p).endsWith('.jsonl') ? '/dev/full' : p, ...rest);`,
  );
  const options = { env: upstream.environment, before: preload };
  const plain = await runPlain(node, program, options);
  expect(visible(await runTraced(node, program, options))).toEqual(visible(plain));
  expect(readFileSync(preload, 'utf8')).toContain('/dev/full');
});
