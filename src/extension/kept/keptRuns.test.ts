import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exchange, storeOf } from '../../analysis/testing/store';
import { readTrace, writeTrace } from '../../formats';
import { documentOf } from '../../model/document';
import type { Trace } from '../../model/records';
import { KeptRuns } from './keptRuns';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nettrace-kept-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const warned: string[] = [];
const recovered: Record<string, Trace> = {};
const files = { writeTrace, readTrace, recoverTrace: async (spool: string) => recovered[spool] };
const open = (now?: () => number) =>
  new KeptRuns(join(folder, 'runs'), async () => files, { warn: (text) => void warned.push(text) }, now);
const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
const run = (n: number) => ({ id: id(n), number: n, title: `run ${n}`, spool: `/tmp/nettrace-spool-1-abcde${n}` });
const trace = (requests: number) =>
  documentOf(storeOf({ requests: Array.from({ length: requests }, (_, i) => exchange(i + 1, i)) }));
const left = () => readdirSync(join(folder, 'runs')).sort();

describe('runs over a reload of the window', () => {
  test('come back in order, those that had ended with all that was known', async () => {
    const before = open();
    for (const n of [1, 2]) {
      before.began(run(n));
      before.ended(id(n), () => trace(n));
    }
    await before.settled();
    const restored = await open().restore(5);
    expect(restored.map((r) => [r.number, r.title, r.trace.requests.length])).toEqual([
      [1, 'run 1', 1],
      [2, 'run 2', 2],
    ]);
  });

  test('one that was going on comes from what its program wrote; from nowhere else', async () => {
    const before = open();
    before.began(run(1));
    before.began({ ...run(2), spool: '/etc' });
    await before.settled();
    Object.assign(recovered, { [run(1).spool]: trace(3), '/etc': trace(1) });
    expect((await open().restore(5)).map((r) => r.trace.requests.length)).toEqual([3]);
  });

  test('are gone once they are cleared, and too old or too many ones are deleted', async () => {
    const before = open();
    for (const n of [1, 2, 3]) {
      before.began(run(n));
      before.ended(id(n), () => trace(1));
    }
    before.dropped(id(3));
    await before.settled();
    const again = open();
    expect((await again.restore(1)).map((r) => r.number)).toEqual([2]);
    await again.settled();
    expect(left()).toEqual([`${id(2)}.nettrace.json`, `${id(2)}.run.json`]);
    const later = open(() => Date.now() + 2 * 86_400_000);
    expect(await later.restore(5)).toEqual([]);
    await later.settled();
    expect(left()).toEqual([]);
  });

  test('nobody else can read them', async () => {
    const before = open();
    before.began(run(1));
    await before.settled();
    if (process.platform !== 'win32') expect(statSync(join(folder, 'runs')).mode & 0o077).toBe(0);
  });

  test('what is broken is left out and said, the others come', async () => {
    const before = open();
    for (const n of [1, 2]) {
      before.began(run(n));
      before.ended(id(n), () => trace(1));
    }
    await before.settled();
    writeFileSync(join(folder, 'runs', `${id(1)}.nettrace.json`), '{');
    writeFileSync(join(folder, 'runs', `${id(4)}.run.json`), 'null');
    utimesSync(join(folder, 'runs', `${id(4)}.run.json`), new Date(), new Date());
    const again = open();
    expect((await again.restore(5)).map((r) => r.number)).toEqual([2]);
    await again.settled();
    expect(warned.at(-1)).toContain('an earlier run cannot be shown');
    expect(existsSync(join(folder, 'runs', `${id(4)}.run.json`))).toBe(false);
  });
});
