/** A run of more requests than the list keeps: nothing is lost, and the panel says where the others are. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepEvicted, readTrace, writeTrace } from '../../formats';
import { doneLine, FakeRecorder } from '../testing/recorder';
import { Runs } from './runs';

let folder: string;
let runs: Runs;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nettrace-test-'));
  runs = new Runs(() => 5);
});
afterEach(async () => {
  await runs.dispose();
  rmSync(folder, { recursive: true });
});

/** As much as the file may take. */
const begin = (most?: number) => {
  const fake = new FakeRecorder('a');
  const store = Object.assign(fake.store, { limit: 100, sourced: (_: string, record: object) => record });
  const recorder = Object.assign(fake, { evicted: keepEvicted(store, folder, most) });
  const run = runs.begin(recorder, 'app.js');
  const request = (from: number, count: number) =>
    recorder.write(...Array.from({ length: count }, (_, n) => doneLine(from + n, (from + n) * 10)));
  return { recorder, run, request };
};

const messages = (info: { message?: object; moreMessages?: object[] }) => [info.message, ...(info.moreMessages ?? [])];

test('the saved trace has all of them; the panel says that, and nothing of a loss', async () => {
  const { recorder, run, request } = begin();
  request(1, 50);
  expect(readdirSync(folder)).toEqual([]);
  request(51, 4950);
  const kept = recorder.store.requests.size;
  expect(kept).toBeLessThan(1500);
  const [message, ...more] = messages(run.info(true));
  expect(more).toEqual([]);
  const text = `The list keeps the newest requests. The ${(5000 - kept).toLocaleString('en')} oldest are on the disk: a saved .nettrace.json or .nettrace.db has all.`;
  expect(message).toEqual({ kind: 'onDisk', text, action: { title: 'Save…', command: 'save' } });

  // It goes on while the file is written: what leaves the list meanwhile is in it once.
  const path = join(folder, 'saved.nettrace.json');
  const saving = writeTrace(run.document(), path, { spill: recorder.evicted });
  request(5001, 3000);
  await saving;
  const saved = await readTrace(path);
  expect(saved.requests.map((r) => r.id)).toEqual(Array.from({ length: 5000 }, (_, n) => `1-0-${n + 1}`));
  expect([saved.counts.requests, saved.counts.evictedRequests, saved.losses]).toEqual([5000, 0, []]);
});

test('what the disk does not take is a loss, and said with the reason', () => {
  const { recorder, run, request } = begin(100_000);
  request(1, 5000);
  const { evictedRequests } = recorder.store.counts;
  const kept = recorder.evicted.held('requests');
  expect(kept).toBeLessThan(evictedRequests);
  const [dropped, notice] = messages(run.info(true)) as { kind: string; text: string }[];
  expect(dropped?.text).toContain(
    `${evictedRequests - kept} oldest requests were dropped to keep memory bounded (the disk took no more of them: the most it may take is 100 kB)`,
  );
  expect(notice?.kind === 'onDisk').toBe(kept > 0);
});

test('a file that cannot be made is said, not thrown into the session', () => {
  const { recorder, run, request } = begin();
  rmSync(folder, { recursive: true });
  request(1, 3000);
  expect(recorder.evicted.error).toMatch(/ENOENT/);
  const [dropped, ...more] = messages(run.info(true)) as { text: string }[];
  expect(dropped?.text).toMatch(
    /oldest requests were dropped to keep memory bounded \(the disk took no more of them: /,
  );
  expect(more).toEqual([]);
  folder = mkdtempSync(join(tmpdir(), 'nettrace-test-'));
});
