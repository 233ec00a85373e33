import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DebugSession } from 'vscode';
import { Runs } from '../runs/runs';
import { doneLine, FakeRecorder } from '../testing/recorder';
import { Diagnosis } from './diagnosis';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

function begin() {
  const said: string[] = [];
  const runs = new Runs(() => 2);
  const recorder = new FakeRecorder('a');
  const run = runs.begin(recorder, 'a');
  const diagnosis = new Diagnosis(runs, (_run, text) => said.push(text));
  const session = { configuration: { runtimeExecutable: '/no/such/wrapper' } } as unknown as DebugSession;
  diagnosis.began(run, session);
  return { said, recorder, run, diagnosis, session };
}

test('a program that the debugger never attaches to is notified of while it runs, once', async () => {
  const { said, run, diagnosis, session } = begin();
  vi.advanceTimersByTime(9_000);
  expect(said).toEqual([]);
  vi.advanceTimersByTime(2_000);
  await vi.waitFor(() => expect(said).toHaveLength(1));
  expect(said[0]).toContain('/no/such/wrapper started no Node program');
  await diagnosis.check(run, session);
  expect(said).toHaveLength(1);
});

test('a program that has reported is not diagnosed', async () => {
  const { said, recorder, run, diagnosis, session } = begin();
  recorder.write(doneLine(1, 1));
  vi.advanceTimersByTime(20_000);
  await diagnosis.check(run, session);
  expect(said).toEqual([]);
});

test('a program that the user stops or restarts before it has reported is not diagnosed', async () => {
  const { said, run, diagnosis, session } = begin();
  diagnosis.attached(run, session);
  diagnosis.stopped(run);
  vi.advanceTimersByTime(20_000);
  await diagnosis.check(run, session);
  expect(said).toEqual([]);
  expect(run.problem).toBeUndefined();
});
