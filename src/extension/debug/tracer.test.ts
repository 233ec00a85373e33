import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { DebugSession } from 'vscode';
import { Runs } from '../runs/runs';
import { FakeRecorder } from '../testing/recorder';
import { traceIdMark } from './launch/marker';
import { Tracer } from './tracer';

let recorders: FakeRecorder[];
let runs: Runs;
let tracer: Tracer;
let began: string[];
const config = {
  type: 'pwa-node',
  request: 'launch',
  name: 'app',
  program: 'app.js',
  env: { NODE_OPTIONS: '--no-warnings', A: 'x' },
};

beforeEach(() => {
  recorders = [];
  began = [];
  runs = new Runs(() => 10);
  tracer = new Tracer(runs, {
    create: async () => {
      const recorder = new FakeRecorder(`t${recorders.length + 1}`);
      recorders.push(recorder);
      return recorder;
    },
    failed: (error) => {
      throw error;
    },
  });
  tracer.onDidBegin((run) => began.push(run.recorder.id));
});

const session = (id: string, configuration: object, parentSession?: DebugSession) =>
  ({ id, name: 'app', configuration, parentSession }) as unknown as DebugSession;
const settle = () => new Promise((done) => setImmediate(done));
const [first, spare] = [() => recorders[0] as FakeRecorder, () => recorders[1] as FakeRecorder];

describe('debug sessions and runs', () => {
  test('puts the hook into the environment, keeping what the user has', async () => {
    const prepared = await tracer.prepare(config);
    expect(prepared.env).toEqual({ A: 'x', NODE_OPTIONS: '--no-warnings --require t1', NETTRACE_SPOOL: 't1' });
    expect(config.env.NODE_OPTIONS).toBe('--no-warnings');
  });

  test('leaves a program alone that the hook would keep from starting', async () => {
    const prepared = await tracer.prepare({ ...config, runtimeArgs: ['--experimental-permission'] });
    expect(prepared.env).toEqual(config.env);
  });

  test('a run begins with the debug adapter and ends with its session', async () => {
    const root = session('root', await tracer.prepare(config));
    expect(runs.list()).toHaveLength(0);
    tracer.started(root);
    expect(began).toEqual(['t1']);
    expect(first().calls).toEqual(['begin']);
    await settle();
    tracer.ended(root);
    await settle();
    expect(first().calls).toEqual(['begin', 'finish ended, waiting']);
    expect(spare().calls).toEqual(['dispose']);
    expect(runs.list()).toHaveLength(1);
  });

  test('a run ends though VS Code reports no end of the session: it was stopped while it was starting', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const root = session('root', await tracer.prepare(config));
    tracer.started(root);
    tracer.stopping(root);
    vi.runAllTimers();
    vi.useRealTimers();
    await settle();
    expect(first().calls).toEqual(['begin', 'finish ended, waiting']);
  });

  test('a restart feeds a new run; the old one ends when its processes have', async () => {
    const resolved = await tracer.prepare(config);
    const root = session('root', resolved);
    tracer.started(root);
    await settle();
    const leaf = session('leaf', {}, root);
    expect(tracer.leafStarted(leaf)?.recorder.id).toBe('t1');

    const relaunched: Record<string, unknown> = { ...resolved };
    tracer.restarting(root, relaunched);
    expect(relaunched.env).toMatchObject({ A: 'x', NETTRACE_SPOOL: 't2' });
    expect(relaunched[traceIdMark]).toBe('t2');
    expect(began).toEqual(['t1', 't2']);
    expect(first().calls).toEqual(['begin']);
    tracer.ended(leaf);
    await settle();
    expect(first().calls).toEqual(['begin', 'finish ended, waiting']);
    expect(spare().calls).toEqual(['begin']);
    expect(tracer.runOf(root)?.recorder.id).toBe('t2');
  });

  test('recorders of launches that were given up do not pile up', async () => {
    for (let i = 0; i < 10; i++) await tracer.prepare(config);
    expect(recorders.filter((r) => !r.calls.includes('dispose')).length).toBeLessThanOrEqual(5);
  });

  test('at the window’s end runs are interrupted, spares and prepared ones go', async () => {
    const root = session('root', await tracer.prepare(config));
    tracer.started(root);
    await settle();
    await tracer.prepare(config);
    await tracer.dispose();
    expect(recorders.map((r) => r.calls)).toEqual([['begin', 'finish interrupted'], ['dispose'], ['dispose']]);
  });

  test('the tracer reports at once what in the configuration prevents tracing', async () => {
    const root = session('root', await tracer.prepare({ ...config, attachSimplePort: 9229 }));
    tracer.started(root);
    expect(runs.runs()[0]?.message?.kind).toBe('hook');
  });
});

describe('programs that run already', () => {
  const attach = { type: 'pwa-node', request: 'attach', name: 'app', port: 9229 };

  test('an attach configuration gets no environment, and no recorder for a restart', async () => {
    const resolved = await tracer.prepare(attach);
    expect(resolved).toEqual({ ...attach, [traceIdMark]: 't1', skipFiles: hookFiles });
    const root = session('root', resolved);
    tracer.started(root);
    await settle();
    expect(tracer.isAttached(session('leaf', {}, root))).toBe(true);
    expect(recorders).toHaveLength(1);
    // Attached to once more: the same run.
    tracer.restarting(root, {});
    tracer.renewSpares();
    await settle();
    expect(began).toEqual(['t1']);
    tracer.ended(root);
    await settle();
    expect(first().calls).toEqual(['begin', 'release', 'finish ended']);
  });

  test('a session without us is traced from the command on, and goes on after', async () => {
    const root = session('root', { type: 'pwa-node', request: 'launch' });
    const leaf = session('leaf', {}, root);
    tracer.started(root);
    expect(tracer.leafStarted(leaf)).toBeUndefined();
    const run = await tracer.attach(root);
    expect(run.attached).toBe(true);
    expect(tracer.runOf(leaf)).toBe(run);
    await tracer.detach(root);
    expect(first().calls).toEqual(['begin', 'release', 'finish ended']);
    expect(tracer.runOf(leaf)).toBeUndefined();
    expect(runs.list()).toEqual([run]);
    expect((await tracer.attach(root)).recorder.id).toBe('t2');
  });
});

const hookFiles = ['hook', 'main', 'resolver'].map((name) => `/cache/nettrace-hook-0/${name}.cjs`);
