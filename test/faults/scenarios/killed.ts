/** Processes that are killed, or held. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Trace } from '../../../src/model/records';
import { allHolds, counted, longest, soundTrace, unharmed, wholeTrace } from '../world/compare';
import type { Scenario } from '../world/scenario';
import { until } from '../world/until';
import type { Done, Spot } from '../world/world';

const program = 'requests.cjs';
/** How long a process is held. */
const heldMs = 2000;

export const host: Scenario = {
  name: 'host-killed',
  fault: 'SIGKILL of `nettrace` while the program runs',
  promise:
    'The program goes on to its end unharmed; its spool opens as a trace with every request, marked interrupted.',
  tests: ['test/cli/run.test.ts', 'test/cli/killed.test.ts'],
  async run(world) {
    const done = join(world.folder, 'done');
    const run = { program, args: ['20'], env: { DONE: done } };
    const plain = await world.plain(run);
    // The pipes stay open until the program has ended: the run ends then, though `nettrace` is gone.
    const traced = await world.traced({
      ...run,
      gate: ({ child, isTraced }: Spot) => isTraced && child.kill('SIGKILL'),
    });
    const spool = world.spool() ?? '';
    const converted = await world.nettrace('convert', spool, world.output);
    const trace = converted.code === 0 ? (JSON.parse(readFileSync(world.output, 'utf8')) as Trace) : undefined;
    const recovered: Done = { ...traced, ...(trace === undefined ? {} : { trace }) };
    const { 'same exit code': _, ...rest } = unharmed({ plain, traced });
    return {
      measured: `nettrace ended with ${traced.code}, the program with ${endOf(done)}; ${counted(recovered)}`,
      checks: {
        ...rest,
        'nettrace was killed': traced.code === 137,
        'the program ended with its own exit code': endOf(done) === String(plain.code),
        ...wholeTrace(recovered),
        ...soundTrace(trace),
        'the trace is marked interrupted': trace?.state === 'interrupted',
      },
    };
  },
};

const endOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return 'nothing';
  }
};

/** Processes that this one started, by their names. */
function childNamed(parent: number, name: RegExp): number | undefined {
  for (const pid of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const [, comm = ''] = /\((.*)\)/.exec(stat) ?? [];
      const ppid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      if (ppid === parent && name.test(comm)) return Number(pid);
    } catch {
      // Ended meanwhile.
    }
  }
  return undefined;
}

export const helper: Scenario = {
  name: 'helper-killed',
  fault: 'SIGKILL of the native helper while the program runs',
  promise: 'Program and trace of the hook are whole; the trace says of the kernel’s source that it ended early.',
  tests: ['test/native/life.test.ts', 'test/native/session.test.ts'],
  async run(world) {
    if (process.platform !== 'linux') return { notRun: 'the helper is for Linux' };
    let pid: number | undefined;
    const runs = await world.both({
      program,
      args: ['20'],
      options: ['--helper', 'basic'],
      gate: async ({ isTraced, child }: Spot) => {
        if (!isTraced) return;
        pid = childNamed(child.pid ?? 0, /^nettrace-help/);
        if (pid === undefined) return;
        process.kill(pid, 'SIGKILL');
        await until(() => childNamed(child.pid ?? 0, /^nettrace-help/) === undefined);
      },
    });
    if (pid === undefined) return { notRun: 'there is no helper in dist/native, or it could not be started' };
    const sources = runs.traced.trace?.sources ?? [];
    const states = sources.flatMap(({ name, state, detail }) =>
      state === 'partial' ? [`${name} ${state}: ${detail}`] : [],
    );
    return {
      measured: `${counted(runs.traced)}; ${states.join(', ')}`,
      checks: {
        ...unharmed(runs),
        ...wholeTrace(runs.traced),
        ...soundTrace(runs.traced.trace),
        'the trace says that the source ended': states.some((one) => /helper ended/.test(one)),
      },
    };
  },
};

export const stopped: Scenario = {
  name: 'program-stopped',
  fault: `the program is stopped for ${heldMs / 1000} s (SIGSTOP, SIGCONT) while it waits for an answer`,
  promise: 'Everything is recorded; the request that waited took that long, no time is negative.',
  tests: [],
  async run(world) {
    const pidFile = join(world.folder, 'pid');
    const runs = await world.both({
      program,
      args: ['20'],
      env: { PID: pidFile },
      gate: async () => {
        const pid = Number(readFileSync(pidFile, 'utf8'));
        process.kill(pid, 'SIGSTOP');
        await wait(heldMs);
        process.kill(pid, 'SIGCONT');
      },
    });
    const ms = longest(runs.traced.trace);
    return {
      measured: `${counted(runs.traced)}, the longest ${ms.toFixed(0)} ms`,
      checks: { ...allHolds(runs), 'the time that it was held is in the request': ms >= heldMs - 1 },
    };
  },
};

export const hostStopped: Scenario = {
  name: 'host-stopped',
  fault: '`nettrace` is stopped (SIGSTOP) until the program has ended, and goes on',
  promise: 'The program does not wait for it; nothing is lost.',
  tests: ['test/cli/metrics/behind.test.ts'],
  async run(world) {
    const done = join(world.folder, 'done');
    let isFirst = false;
    const runs = await world.both({
      program,
      args: ['200', 'quiet'],
      env: { DONE: done },
      gate: ({ isTraced, child }: Spot) => {
        if (!isTraced) return;
        rmSync(done);
        child.kill('SIGSTOP');
        // The program has nothing to wait for: it ends while its host cannot move.
        until(() => endOf(done) !== 'nothing')
          .then(() => {
            isFirst = true;
          })
          .finally(() => child.kill('SIGCONT'));
      },
    });
    return {
      measured: `${counted(runs.traced)}`,
      checks: { ...allHolds(runs), 'the program ended while its host was stopped': isFirst },
    };
  },
};
