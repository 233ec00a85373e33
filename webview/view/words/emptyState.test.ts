import { describe, expect, test } from 'vitest';
import type { Run, Status } from '../types';
import { emptyState } from './emptyState';

const status = (more: Partial<Status> = {}) => ({ recording: false, ...more }) as Status;
const run = (more: Partial<Run> = {}): Run => ({
  number: 1,
  title: 'app.js',
  beginTime: '2026-11-22T10:00:00Z',
  state: 'ended',
  offset: 0,
  exitCode: 0,
  processes: [{ pid: 4711, label: 'app' }],
  ...more,
});
const off = { tracing: { conditions: [] } };
const some = { tracing: { conditions: ['status:>=400'] } };
const said = (runs: Run[], s: Status, waited = false) => {
  const { title, text, code, buttons } = emptyState(runs, s, waited);
  return [title, text, code, buttons.map(([command]) => command).join(' ')];
};

describe('the page without rows says the truth', () => {
  test('not started yet', () => {
    expect(said([], status())).toEqual([
      'No requests yet',
      'Debug a Node program with Net Trace: each HTTP request that it makes appears here while it runs.',
      undefined,
      'debug open',
    ]);
  });

  test('tracing is off: before, during and after a run', () => {
    const text = 'No trace rule is enabled, so no request is recorded.';
    const running = run({ state: 'running', traced: 'none' });
    expect(said([], status(off))).toEqual(['Tracing is off', text, undefined, 'traceAll debug']);
    expect(said([running], status({ recording: true, ...off }))).toEqual([
      'Tracing is off',
      text,
      undefined,
      'traceAll',
    ]);
    expect(said([run({ traced: 'none' })], status(off))).toEqual(['Tracing is off', text, undefined, 'traceAll debug']);
    expect(said([run({ traced: 'none' })], status())[0]).toBe('Tracing was off');
  });

  test('recording is paused; what was cleared can be brought back', () => {
    const tracing = { conditions: [], paused: true as const };
    const running = run({ state: 'running' });
    expect(said([running], status({ recording: true, tracing }))).toEqual([
      'Recording is paused',
      'Requests that the program makes now are not recorded.',
      undefined,
      'record',
    ]);
    expect(said([], status({ cleared: 50 }))[3]).toBe('debug open undoClear');
    expect(said([running], status({ recording: true, cleared: 1 }))[3]).toBe('undoClear');
  });

  test('a run that goes on', () => {
    const running = run({ state: 'running' });
    const recording = status({ recording: true });
    expect(said([running], recording)[1]).toBe('Waiting for the first request.');
    expect(said([running], recording, true)[1]).toBe('Recording. The program has made no request yet.');
    expect(said([run({ state: 'running', cleared: true })], recording, true)[1]).toBe(
      'No request since the list was cleared.',
    );
    const left = { tracing: { conditions: ['status:>=400'], traced: 0, made: 12 } };
    expect(said([running], status({ recording: true, ...left }))[1]).toBe(
      'None of the 12 requests so far matches status:>=400.',
    );
  });

  test('a run that made none, or none that matched', () => {
    expect(said([run()], status())).toEqual([
      'This run made no request',
      'The program ended.',
      undefined,
      'debug open',
    ]);
    expect(said([run({ leftRunning: true })], status())[1]).toBe('The program was still running when the trace ended.');
    expect(said([run({ traced: 'some', untraced: 340 })], status(some))).toEqual([
      'No request matched',
      'This run made 340 requests; none matches what is traced.',
      undefined,
      'traceAll debug',
    ]);
  });

  test('a run that failed: with what it wrote last', () => {
    expect(said([run({ exitCode: 1, errorLine: 'Error: Cannot find module "x"' })], status())).toEqual([
      'The program ended with exit code 1',
      'It made no request.',
      'Error: Cannot find module "x"',
      'showOutput debug',
    ]);
  });

  test('a program that was not traced: the message says why', () => {
    const message = { kind: 'hook', text: 'Nothing is traced: this is Node 16.' } as const;
    expect(said([run({ message })], status())[0]).toBe('Nothing was traced');
  });
});
