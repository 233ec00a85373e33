/** Clocks that step, and clocks that are no clocks. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allHolds, counted, longest } from '../world/compare';
import { faketime } from '../world/machine';
import type { Scenario } from '../world/scenario';
import type { World } from '../world/world';

/** Longer than any of these requests takes on a busy machine, much shorter than the hour that the clock is stepped. */
const believable = 60_000;

const noFaketime = 'libfaketime is not installed (Debian: libfaketime)';

/** `of`: whose clock steps, the program's (`inner`) or that of `nettrace` too (`wrap`). undefined: nothing steps one here. */
async function steppingRuns(world: World, of: 'inner' | 'wrap') {
  const library = faketime();
  if (library === undefined) return undefined;
  const file = join(world.folder, 'offset');
  const run = {
    program: 'clock.cjs',
    [of]: ['env', `LD_PRELOAD=${library}`],
    env: { FAKETIME_DONT_FAKE_MONOTONIC: '1', FAKETIME_NO_CACHE: '1', FAKETIME_TIMESTAMP_FILE: file },
  };
  writeFileSync(file, '+0\n');
  const plain = await world.plain(run);
  writeFileSync(file, '+0\n');
  const begin = Date.now();
  return { plain, traced: await world.traced(run), begin };
}

export const stepped: Scenario = {
  name: 'clock-stepped',
  fault: 'the wall clock is stepped an hour on, then two hours back, while requests run (libfaketime)',
  promise: 'Times are those of the monotonic clock: none is negative, none has the hour in it.',
  tests: ['test/cases/ends.test.ts'],
  async run(world) {
    // Of the program alone: what it is compared with must not step too.
    const runs = await steppingRuns(world, 'inner');
    if (runs === undefined) return { notRun: noFaketime };
    const { plain, traced } = runs;
    const ms = longest(traced.trace);
    return {
      measured: `${counted(traced)}, the longest ${ms.toFixed(1)} ms; the program saw steps of ${hours(plain.stdout)} hours`,
      checks: {
        ...allHolds({ plain, traced }),
        'the clock was stepped': hours(plain.stdout) === '1 and -2',
        'no request has the hour in it': ms > 0 && ms < believable,
      },
    };
  },
};

const hours = (stdout: string): string => [...stdout.matchAll(/hours (-?\d+)/g)].map(([, n]) => n).join(' and ');

export const steppedHost: Scenario = {
  name: 'clock-stepped-host',
  fault: 'the wall clock of `nettrace` and the program is stepped likewise, while both run',
  promise: 'The same: the trace begins when it began, and ends after that.',
  tests: [],
  async run(world) {
    const runs = await steppingRuns(world, 'wrap');
    if (runs === undefined) return { notRun: noFaketime };
    const { plain, traced, begin } = runs;
    const { beginTime = '', endAt = 0 } = traced.trace ?? {};
    const ms = longest(traced.trace);
    return {
      measured: `${counted(traced)}, the longest ${ms.toFixed(1)} ms, the trace ${(endAt / 1000).toFixed(0)} ms`,
      checks: {
        ...allHolds({ plain, traced }),
        'the trace begins when it began': Math.abs(Date.parse(beginTime) - begin) < believable,
        'the trace takes as long as it took': endAt > 0 && endAt / 1000 < believable,
        'no request has the hour in it': ms > 0 && ms < believable,
      },
    };
  },
};

export const fakeTimers: Scenario = {
  name: 'fake-timers',
  fault: 'the program replaces Date, performance.now, process.hrtime and all timers: they stand still or run backwards',
  promise: 'The hook keeps its own: everything is recorded, with true times.',
  tests: ['test/hook/process/spool.test.ts'],
  async run(world) {
    const runs = await world.both({ program: 'fakes.cjs' });
    const { requests = [] } = runs.traced.trace ?? {};
    const ms = longest(runs.traced.trace);
    const ascending = requests.every((r, i) => (r.createdAt ?? 0) > (requests[i - 1]?.createdAt ?? 0));
    return {
      measured: `${counted(runs.traced)}, the longest ${ms.toFixed(1)} ms`,
      checks: {
        ...allHolds(runs),
        'times ascend, as the requests did': requests.length > 0 && ascending,
        'each request took time': requests.every((r) => (r.endAt ?? 0) > (r.createdAt ?? 0)),
        'none longer than is believable': ms < believable,
      },
    };
  },
};
