/** A30 A32 A33 A50: how programs end, worker threads, and a wall clock that is set back. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemsAgainst, problemsOf, visible } from '../support/check';
import { Observed, observe, only, present } from '../support/observe';
import { nodes } from '../support/programs/nodes';
import { lineOf, runPlain } from '../support/programs/program';
import { runTraced } from '../support/programs/run';
import { Upstream } from '../support/servers/upstream';

const program = (name: string) => join(import.meta.dirname, 'programs', name);
let upstream: Upstream;
beforeAll(async () => {
  upstream = await Upstream.start();
});
afterAll(() => upstream.close());

const faketime = ['x86_64-linux-gnu', 'aarch64-linux-gnu']
  .map((arch) => `/usr/lib/${arch}/faketime/libfaketimeMT.so.1`)
  .find((file) => existsSync(file));
if (!faketime) console.warn('A50 is skipped: needs libfaketime (Debian: libfaketime)');

describe.each(nodes)('Node $major', (node) => {
  test.each(['sent', 'callback', 'tick'])('A30: process.exit, %s', async (when) => {
    const seen = await observe(node, program('exit-early.cjs'), { args: [when], compared: true }, upstream);
    expect(seen.run.code).toBe(0);
    expect(seen.requests).toHaveLength(2);
    const [first, second] = [seen.request(0), seen.request(1)];
    expect(first).toMatchObject({ outcome: 'complete', response: { status: 200 } });
    const file = program('exit-early.cjs');
    expect(seen.site(first)).toBe(`exit-early.cjs:${lineOf(file, 'first')} user`);
    expect(seen.site(second)).toBe(`exit-early.cjs:${lineOf(file, 'second')} user`);
    expect(second.outcome).toBe(when === 'callback' ? 'notRead' : 'processExit');
    expect(second.endAt).toBeDefined();
    if (when === 'callback') expect(second.response?.status).toBe(200);
    else expect(second.response).toBeUndefined();
    if (when === 'sent') {
      // It was sent, and the program ended without the response.
      expect(seen.duration(second, 'wait')).toBeGreaterThanOrEqual(25_000 - seen.run.lateness);
      expect(upstream.facts.requests).toHaveLength(2);
    }
    const process = only([...seen.run.store.processes.values()]);
    expect(process).toMatchObject({ exitCode: 0, end: 'exit' });
    expect(process.endAt).toBeDefined();
    expect(seen.run.store.losses).toEqual([]);
  });

  test('A32: an uncaught exception in the handler of a response', async () => {
    const seen = await observe(node, program('uncaught.cjs'), {}, upstream);
    expect(seen.run.stderr).toContain('TypeError: handler failed');
    expect(seen.run.code).toBe(1);
    const request = only(seen.requests);
    expect(request.response?.status).toBe(200);
    expect(request.responseBeginAt).toBeDefined();
    expect(['notRead', 'processExit']).toContain(request.outcome);
    expect(only([...seen.run.store.processes.values()])).toMatchObject({ exitCode: 1 });
  });

  test('A33: three worker threads with ten requests each', async () => {
    const seen = await observe(node, program('workers.cjs'), {}, upstream);
    expect(seen.requests).toHaveLength(30);
    expect(new Set(seen.requests.map((r) => r.id)).size).toBe(30);
    const threads = seen.groups((r) => r.thread);
    expect([...threads.values()].map((list) => list.length)).toEqual([10, 10, 10]);
    const process = only([...seen.run.store.processes.values()]);
    const workers = process.threads.filter((t) => t.kind === 'worker');
    expect(workers.map((t) => t.id).sort()).toEqual([...threads.keys()].sort());
    for (const t of workers) expect(t.endAt).toBeDefined();
    const site = `workers.cjs:${lineOf(program('workers.cjs'), 'get')} user`;
    expect(seen.requests.map((r) => seen.site(r))).toEqual(Array(30).fill(site));
    // Each worker's ten carry the number the worker was given.
    for (const list of threads.values()) expect(new Set(list.map((r) => /w=(\d)/.exec(r.url ?? '')?.[1])).size).toBe(1);
  });

  test.skipIf(!faketime)('A50: the wall clock is set back one hour', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nettrace-clock-'));
    const file = join(folder, 'offset');
    const env = {
      ...upstream.environment,
      LD_PRELOAD: present(faketime, 'libfaketime'),
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_NO_CACHE: '1',
      FAKETIME_TIMESTAMP_FILE: file,
    };
    writeFileSync(file, '+0\n');
    const plain = await runPlain(node, program('clock-step.cjs'), { env });
    await upstream.quiet();
    upstream.facts.clear();
    writeFileSync(file, '+0\n');
    const run = await runTraced(node, program('clock-step.cjs'), { env, compared: true });
    await upstream.quiet();
    rmSync(folder, { recursive: true });
    expect(visible(run)).toEqual(visible(plain));
    expect(run.stdout).toContain('stepped true');
    expect(problemsOf(run)).toEqual([]);
    expect(problemsAgainst(run, upstream.facts)).toEqual([]);
    const seen = new Observed(run);
    expect(seen.requests).toHaveLength(4);
    for (const [i, r] of seen.requests.entries()) {
      const fact = present(upstream.facts.requests[i], `server's request ${i}`);
      seen.expectNear((r.sendBeginAt ?? 0) + run.zero, fact.headAt);
      seen.expectNear(seen.duration(r, 'wait'), (fact.responseAt ?? 0) - fact.headAt);
    }
    const threads = only([...run.store.processes.values()]).threads;
    expect(threads[1]?.beginAt).toBeGreaterThan(threads[0]?.beginAt ?? Number.POSITIVE_INFINITY);
  });
});
