import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { foldEnd, foldLeft } from '../../model/fold/isolate';
import { TraceRules } from '../../model/traceRules';
import { SessionControl } from '../../session/control/writer';
import { storedRecorder } from '../kept/storedRecorder';
import type { RowChanges } from '../rows/rows';
import { tracingOf } from '../rules/inForce';
import { doneLine, FakeRecorder } from '../testing/recorder';
import { gapBetweenRuns } from './axis';
import { Runs } from './runs';

let runs: Runs;
let changes: (RowChanges | 'all')[];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  runs = new Runs(() => 2);
  changes = [];
  runs.onDidChange((c) => changes.push(c));
});
afterEach(() => vi.useRealTimers());

const settle = () => vi.advanceTimersByTime(1000);

describe('runs', () => {
  test('rows of all runs, with ids of their own, on one axis', async () => {
    const [a, b] = [new FakeRecorder('a'), new FakeRecorder('b')];
    const first = runs.begin(a, 'first');
    a.write(doneLine(1, 1000), doneLine(2, 3000, { redirectOf: 1 }));
    settle();
    await runs.end(first);
    runs.begin(b, 'second');
    b.write(doneLine(1, 1000));
    settle();
    expect(runs.rows().map((r) => [r.id, r.run, r.createdAt, r.redirectOf])).toEqual([
      ['r1/1-0-1', 1, 1000, undefined],
      ['r1/1-0-2', 1, 3000, 'r1/1-0-1'],
      ['r2/1-0-1', 2, 5_000_000 + gapBetweenRuns + 1000, undefined],
    ]);
    expect(runs.runs().map((r) => [r.title, r.state, r.endAt])).toEqual([
      ['first', 'ended', 5_000_000],
      ['second', 'running', undefined],
    ]);
    expect(runs.details('r2/1-0-1')?.row.id).toBe('r2/1-0-1');
    expect(runs.details('r3/1-0-1')).toBeNull();
    expect(runs.details('nonsense')).toBeNull();
    expect(runs.status()).toMatchObject({ requests: 3, recording: true });
  });

  test('reports changes at once, then at most 20 times a second', () => {
    const a = new FakeRecorder('a');
    runs.begin(a, 'a');
    settle();
    changes = [];
    for (let i = 1; i <= 10; i++) {
      a.write(doneLine(i, i));
      vi.advanceTimersByTime(10);
    }
    settle();
    expect(changes.length).toBeGreaterThan(1);
    expect(changes.length).toBeLessThanOrEqual(4);
    expect((changes[0] as RowChanges).upsert.map((r) => r.id)).toEqual(['r1/1-0-1']);
    expect(changes.flatMap((c) => (c as RowChanges).upsert)).toHaveLength(10);
  });

  test('keeps so many runs, never drops one that goes on, and lets go of the dropped', async () => {
    const recorders = ['a', 'b', 'c', 'd'].map((id) => new FakeRecorder(id));
    const [a, b, c] = recorders.slice(0, 3).map((r) => runs.begin(r, r.id));
    if (!a || !b || !c) throw new Error('three runs');
    expect(runs.list()).toHaveLength(3);
    await runs.end(b);
    runs.begin(recorders[3] as FakeRecorder, 'd');
    expect(runs.list().map((r) => r.title)).toEqual(['a', 'c', 'd']);
    expect(recorders[1]?.calls).toEqual(['finish ended, waiting', 'dispose']);
    expect(recorders[1]?.listeners).toBe(0);
    expect(changes).toContain('all');
  });

  test('requests that the user sends are rows, and counted as no program’s', async () => {
    const program = new FakeRecorder('program');
    const run = runs.begin(program, 'program');
    program.write(doneLine(1, 1));
    await runs.end(run);
    settle();
    const before = runs.status();
    for (let i = 0; i < 60; i++) {
      const recorder = new FakeRecorder(`sent ${i}`);
      const sent = runs.begin(recorder, `sent ${i}`, { sentByYou: true });
      recorder.write(doneLine(1, 1, { response: { status: 503 } }));
      await runs.end(sent);
    }
    settle();
    expect(runs.rows().filter((row) => row.sentByYou).length).toBe(50);
    expect(
      runs
        .rows()
        .filter((row) => !row.sentByYou)
        .map((row) => row.id),
    ).toEqual(['r1/1-0-1']);
    expect(runs.details('r61/1-0-1')?.row.sentByYou).toBe(true);
    expect(runs.list()).toEqual([run]);
    expect(runs.status()).toEqual(before);
    expect(runs.findings().filter((finding) => finding.run !== 1)).toEqual([]);
    // What ended last is what the program's message is about.
    expect(
      runs
        .runs()
        .filter((r) => r.message?.kind === 'ended')
        .map((r) => r.number),
    ).toEqual([1]);
  });

  test('Clear hides what was, and drops ended runs; what comes later is shown', async () => {
    const [a, b] = [new FakeRecorder('a'), new FakeRecorder('b')];
    const ended = runs.begin(a, 'ended');
    a.write(doneLine(1, 1));
    runs.begin(b, 'going on');
    b.write(doneLine(1, 1));
    await runs.end(ended);
    settle();
    runs.clear();
    expect(runs.rows()).toEqual([]);
    expect(runs.list().map((r) => r.title)).toEqual(['going on']);
    b.write(doneLine(2, 600_000_000));
    settle();
    expect(runs.rows().map((r) => r.id)).toEqual(['r2/1-0-2']);
  });

  test('counts after Clear are those of the rows shown, also when a hidden request ends later', () => {
    const a = new FakeRecorder('a');
    runs.begin(a, 'a');
    const { endAt: _, outcome: __, response: ___, ...running } = doneLine(2, 2) as Record<string, unknown>;
    a.write(doneLine(1, 1, { response: { status: 503 } }), running);
    settle();
    expect(runs.status()).toMatchObject({ requests: 2, failed: 0, serverErrors: 1, running: 1 });
    runs.clear();
    expect(runs.status()).toMatchObject({ requests: 0, failed: 0, serverErrors: 0, running: 0 });
    // One ends as failed; another one from before is reported only now.
    a.write({ k: 'end', id: 2, endAt: 3, outcome: 'failed' }, doneLine(3, 3), doneLine(4, 600_000_000));
    settle();
    expect(runs.rows().map((r) => r.id)).toEqual(['r1/1-0-4']);
    expect(runs.status()).toMatchObject({ requests: 1, failed: 0, running: 0 });
    runs.clear();
    expect(runs.status()).toMatchObject({ requests: 0, failed: 0, running: 0 });
  });

  test('Undo Clear: ended runs and hidden rows are there again, with their counts', async () => {
    const kept: string[] = [];
    const noted = (what: string) => (run: { number: number }) => void kept.push(`${what} ${run.number}`);
    runs.keepIn({ began: noted('began'), ended: noted('ended'), dropped: noted('dropped') });
    const [a, b] = [new FakeRecorder('a'), new FakeRecorder('b')];
    const ended = runs.begin(a, 'ended');
    a.write(doneLine(1, 1));
    await runs.end(ended);
    runs.begin(b, 'going on');
    b.write(doneLine(1, 1), doneLine(2, 2));
    settle();
    const [rows, status] = [runs.rows(), runs.status()];
    runs.clear();
    expect([runs.rows(), runs.status().cleared, runs.clearedRows]).toEqual([[], 3, 3]);
    b.write(doneLine(3, 600_000_000));
    settle();
    kept.length = 0;
    runs.undoClear();
    expect(runs.rows().map((r) => r.id)).toEqual([...rows.map((r) => r.id), 'r2/1-0-3']);
    expect(runs.status()).toMatchObject({ requests: status.requests + 1 });
    expect(runs.status()).not.toHaveProperty('cleared');
    expect(runs.list().map((r) => r.title)).toEqual(['ended', 'going on']);
    expect(kept).toEqual(['began 1', 'ended 1']);
    runs.undoClear();
    expect(runs.rows()).toHaveLength(4);
  });

  test('Undo Clear is over when another program starts', async () => {
    const a = new FakeRecorder('a');
    const run = runs.begin(a, 'a');
    a.write(doneLine(1, 1));
    await runs.end(run);
    settle();
    runs.clear();
    expect([runs.clearedRows, a.calls.includes('dispose')]).toEqual([1, false]);
    runs.begin(new FakeRecorder('b'), 'b');
    expect([runs.clearedRows, a.calls.includes('dispose')]).toEqual([0, true]);
    runs.undoClear();
    expect(runs.list().map((r) => r.title)).toEqual(['b']);
  });

  test('a reason for seeing nothing is shown until the program reports after all', () => {
    const a = new FakeRecorder('a');
    const run = runs.begin(a, 'a');
    runs.setProblem(run, { text: 'too old' });
    expect(runs.runs()[0]?.message).toEqual({ kind: 'hook', text: 'too old' });
    a.write(doneLine(1, 1));
    expect(runs.runs()[0]?.message).toBeUndefined();
  });

  test('the end says how, and how many requests it broke off', async () => {
    const a = new FakeRecorder('a');
    const run = runs.begin(a, 'a');
    const { endAt: _, outcome: __, response: ___, ...running } = doneLine(1, 1) as Record<string, unknown>;
    a.write(running, { k: 'exit', at: 4_000_000, code: 3 });
    await runs.end(run);
    expect(runs.runs()[0]?.message?.text).toBe(
      'The program ended with exit code 3 after 5.00 s. 1 request was interrupted.',
    );
  });
});

describe('how a run ended is said as far as it was seen', () => {
  const { endAt: _, outcome: __, response: ___, ...running } = doneLine(1, 1) as Record<string, unknown>;
  const shown = () => {
    const [info] = runs.runs();
    return [info?.message?.text, info?.leftRunning];
  };
  const left = (recorder: FakeRecorder) => recorder.write(running, doneLine(2, 2_000_000));

  test('a program that goes on: nothing is claimed of its end', async () => {
    const recorder = new FakeRecorder('a');
    const run = runs.begin(recorder, 'a');
    left(recorder);
    expect(shown()).toEqual([undefined, undefined]);
    await runs.end(run);
    expect(shown()).toEqual(['Tracing stopped after 5.00 s. The program was still running.', true]);
  });

  test('one that ran when the window closed; its requests were not interrupted', async () => {
    const recorder = new FakeRecorder('a');
    const run = runs.begin(recorder, 'a');
    left(recorder);
    foldLeft(recorder.store, 1);
    await runs.end(run, 'interrupted');
    expect(shown()).toEqual([
      'Tracing stopped after 5.00 s: the window was reloaded or closed. The program was still running. 1 request was still running.',
      true,
    ]);
    // Of a window that had no time to note it, the program's own lines say how far they go.
    const { endAt: _, ...document } = { ...recorder.document(), state: 'interrupted' as const };
    runs.clear();
    runs.restore(storedRecorder('a', document), 1, 'a');
    expect(shown()[0]).toBe(
      'Tracing stopped: the window was reloaded or closed. The last record is 2.00 s after the start. The program was still running. 1 request was still running.',
    );
  });

  test('one that was gone when a later window looked, with no word of when', () => {
    const recorder = new FakeRecorder('a');
    left(recorder);
    foldEnd(recorder.store, 1);
    const document = { ...recorder.document(), state: 'interrupted' as const };
    runs.restore(storedRecorder('a', document), 1, 'a');
    expect(shown()).toEqual([
      'The program ended. The last record is 2.00 s after the start. 1 request was interrupted.',
      undefined,
    ]);
  });

  test('one that was attached to is left', async () => {
    const recorder = new FakeRecorder('a');
    const run = runs.begin(recorder, 'a');
    run.attached = true;
    left(recorder);
    await runs.end(run);
    expect(shown()).toEqual(['Detached after 5.00 s. The program keeps running.', true]);
  });
});

describe('what a run reports about itself', () => {
  test('a part of the hook that is off, beside how the program ended; and its pauses', async () => {
    const recorder = new FakeRecorder('a');
    const { store } = recorder;
    const process = { id: '1', pid: 1, startAt: 0, threads: [] };
    const thread = { id: '1-0', threadId: 0, kind: 'main' as const, beginAt: 0, clockOffset: 0 };
    store.setProcess({ ...process, threads: [{ ...thread, faults: [{ part: 'net', message: 'boom' }] }] });
    const run = runs.begin(recorder, 'app');
    const host = runs.pauseHost(run);
    host.set({ id: host.nextId(), thread: '1-0', beginAt: 10, endAt: 30 });
    host.set({ id: host.nextId(), thread: '1-0', beginAt: 50 });
    await runs.end(run);
    const [info] = runs.runs();
    expect(info?.message).toMatchObject({
      kind: 'hook',
      text: expect.stringMatching(/^Part net of the hook switched itself off: boom\./),
    });
    expect(info?.moreMessages?.map((m) => m.kind)).toEqual(['ended']);
    expect(info?.pauses).toEqual([
      { beginAt: 10 + run.offset, endAt: 30 + run.offset, thread: '1-0' },
      { beginAt: 50 + run.offset, thread: '1-0' },
    ]);
    expect(store.pauses.map((p) => p.id)).toEqual(['w-1', 'w-2']);
  });
});

test('a helper that is wanted and not there is said once a run, after all else', async () => {
  const recorder = new FakeRecorder('a');
  const run = runs.begin(recorder, 'first');
  recorder.write(doneLine(1, 1000));
  const detail = 'dist/native is not there.';
  recorder.store.setSource({ name: 'inetDiag', state: 'unavailable', reason: 'noHelper', detail });
  settle();
  await runs.end(run);
  const { message, moreMessages } = runs.runs()[0] ?? {};
  expect([message?.kind, ...(moreMessages ?? []).map((m) => m.kind)]).toEqual(['ended', 'helper']);
  expect(moreMessages?.[0]?.action?.command).toBe('enableKernel');
  recorder.store.setSource({ name: 'inetDiag', state: 'unavailable', reason: 'platform' });
  expect(runs.runs()[0]?.moreMessages).toBeUndefined();
});

test('the status shows the available kernel statistics as soon as they are known', () => {
  const recorder = new FakeRecorder('a');
  runs.begin(recorder, 'first');
  recorder.store.setSource({ name: 'inetDiag', state: 'on' });
  for (const name of ['bpf', 'conntrack'] as const)
    recorder.store.setSource({ name, state: 'unavailable', reason: 'noRights' });
  settle();
  expect(runs.status().kernel?.enable).toBeUndefined();
  const denied = { state: 'needsPermission' } as const;
  const more = { events: denied, conntrack: denied, packets: denied };
  runs.setAbilities({ helper: '/h', installed: false, root: false, figures: { state: 'available' }, ...more });
  expect(runs.status()).toMatchObject({
    kernel: {
      state: 'basic',
      lines: ['TCP statistics: on', 'events, conntrack, packets: need permission'],
      enable: true,
    },
  });
  expect(changes.at(-1)).toEqual({ upsert: [], removed: [] });
});

test('a change of a run’s own trace rules is reported at once, though its program does nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nettrace-runs-'));
  const registry = new TraceRules();
  const { id } = registry.create({ condition: 'path:/a' });
  const recorder = new FakeRecorder('a');
  const control = new SessionControl(folder, recorder.store);
  control.follow(registry);
  runs.setTracing(() => tracingOf(registry.list(), undefined));
  runs.begin(Object.assign(recorder, { control }), 'first');
  settle();
  const reported: unknown[] = [];
  runs.onDidChange(() => reported.push(runs.status().tracing?.conditions));
  registry.update(id, { enabled: true });
  registry.update(id, { enabled: false });
  expect(reported).toEqual([['path:/a'], []]);
  rmSync(folder, { recursive: true });
});
