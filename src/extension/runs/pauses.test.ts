import { describe, expect, test } from 'vitest';
import type { Pause } from '../../model/records';
import { PauseWatch } from './pauses';

function watch() {
  const seen = new Map<string, Pause>();
  let at = 0;
  let ids = 0;
  const w = new PauseWatch({
    now: () => at,
    nextId: () => `w-${++ids}`,
    set: (p) => void seen.set(p.id, p),
  });
  return {
    w,
    at: (t: number) => {
      at = t;
    },
    pauses: () => [...seen.values()],
  };
}

describe('pauses of a debug session', () => {
  test('a breakpoint: from the stop to the request to go on', () => {
    const { w, at, pauses } = watch();
    w.known('10-0', 900);
    at(1000);
    w.stopped('breakpoint');
    expect(pauses()).toEqual([{ id: 'w-1', thread: '10-0', beginAt: 1000, reason: 'breakpoint' }]);
    w.known('10-0', 700.4);
    at(2_001_000);
    w.asked('continue');
    at(2_003_000);
    w.continued();
    expect(pauses()).toEqual([
      { id: 'w-1', thread: '10-0', beginAt: 1000, endAt: 2_001_000, reason: 'breakpoint', uncertainty: 2000 },
    ]);
  });

  test('each step is a separate pause, with or without a `continued` event between', () => {
    const { w, at, pauses } = watch();
    w.known('10-0', 0);
    for (const [t, reason] of [
      [10, 'breakpoint'],
      [30, 'step'],
      [50, 'step'],
    ] as const) {
      at(t);
      w.stopped(reason);
      at(t + 10);
      w.asked('next');
      if (t !== 30) w.continued();
    }
    expect(pauses().map((p) => [p.beginAt, p.endAt, p.reason])).toEqual([
      [10, 20, 'breakpoint'],
      [30, 40, 'step'],
      [50, 60, 'step'],
    ]);
  });

  test('a thread that is known only later names the pauses before', () => {
    const { w, at, pauses } = watch();
    w.stopped('exception');
    at(10);
    w.continued();
    w.stopped('network breakpoint');
    w.known('7-0', 1);
    at(30);
    w.ended();
    expect(pauses()).toMatchObject([
      { id: 'w-1', thread: '7-0', beginAt: 0, endAt: 10, reason: 'exception' },
      { id: 'w-2', thread: '7-0', beginAt: 10, endAt: 30, reason: 'network' },
    ]);
  });

  test('a stop reported twice is one, other requests change nothing', () => {
    const { w, at, pauses } = watch();
    w.stopped('pause');
    at(5);
    w.asked('stackTrace');
    w.stopped('pause');
    at(9);
    w.continued();
    w.continued();
    expect(pauses()).toMatchObject([{ beginAt: 0, endAt: 9 }]);
  });
});
