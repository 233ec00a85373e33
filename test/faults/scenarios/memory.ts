/** Memory: V8's heap, and a cgroup with a bound. */
import { join } from 'node:path';
import { allHolds, counted, recorded, soundTrace, trueTrace, unharmed } from '../world/compare';
import { MemoryGroup } from '../world/machine';
import type { Checks, Scenario } from '../world/scenario';
import { whenRead } from '../world/until';

const MiB = 1024 * 1024;
const mib = (bytes = 0): string => `${(bytes / MiB).toFixed(0)} MiB`;

/** The heap that V8 may have, in MiB. */
const heap = 64;

export const smallHeap: Scenario = {
  name: 'small-heap',
  fault: `\`--max-old-space-size=${heap}\`, 3,000 requests`,
  promise: 'Where the heap is enough without us it is enough with us.',
  tests: ['test/hook/process/bounds.test.ts'],
  async run(world) {
    const nodeArgs = [`--max-old-space-size=${heap}`];
    const runs = await world.both({ program: 'memory.cjs', args: ['3000'], nodeArgs });
    return {
      measured: `${counted(runs.traced)}; heap at the end ${mib(runs.plain.report?.heapUsed)} without, ${mib(runs.traced.report?.heapUsed)} with`,
      checks: allHolds(runs),
    };
  },
};

export const fullHeap: Scenario = {
  name: 'full-heap',
  fault: `\`--max-old-space-size=${heap}\`, and the program takes more: V8 aborts it`,
  promise: 'The same end; what was asked before is in the trace, and that the program was killed.',
  tests: ['test/cases/killed.test.ts'],
  async run(world) {
    const nodeArgs = [`--max-old-space-size=${heap}`];
    const log = join(world.folder, 'events.jsonl');
    const { plain, traced } = await world.both({
      program: 'memory.cjs',
      args: ['100', 'heap'],
      nodeArgs,
      options: ['--log-file', log],
      gate: ({ isTraced }) => isTraced && whenRead(log, 100),
    });
    const [end] = traced.trace?.processes ?? [];
    return {
      measured: `exit code ${plain.code} without, ${traced.code} with; ${counted(traced)}; recorded end: ${end?.end} ${end?.signal}`,
      checks: {
        // V8's words on the last collections have addresses and times in them.
        ...unharmed({ plain: { ...plain, stderr: '' }, traced: { ...traced, stderr: '' } }),
        'V8 says the same': /heap out of memory/.test(plain.stderr) && /heap out of memory/.test(traced.stderr),
        'what was asked before is recorded': traced.trace?.requests.length === traced.arrived.length,
        ...soundTrace(traced.trace),
        'its end is recorded': end?.end === 'killed' && end.signal === 'SIGABRT',
      },
    };
  },
};

/** Whether a line waits when the end comes is a matter of milliseconds. */
const rounds = 5;

/** What holds in every round. */
const allOf = (rounds: readonly Checks[]): Checks =>
  Object.fromEntries(Object.keys(rounds[0] ?? {}).map((words) => [words, rounds.every((one) => one[words] === true)]));

export const fullHeapAtOnce: Scenario = {
  name: 'full-heap-at-once',
  fault: 'the same, in the very turn of the event loop that had the last answers, while the loop is busy',
  promise: 'No line is lost on an abort, as a request is written in the turn that makes it (docs/decisions.md).',
  tests: [],
  async run(world) {
    const run = { program: 'memory.cjs', args: ['100', 'at once'], nodeArgs: [`--max-old-space-size=${heap}`] };
    const plain = await world.plain(run);
    const checks: Checks[] = [];
    const missing: number[] = [];
    for (let i = 0; i < rounds; i++) {
      const traced = await world.traced(run);
      const known = new Set(recorded(traced.trace));
      const lost = traced.arrived.filter((one) => !known.has(one));
      missing.push(lost.length);
      checks.push({
        ...unharmed({ plain: { ...plain, stderr: '' }, traced: { ...traced, stderr: '' } }),
        ...trueTrace(traced),
        ...soundTrace(traced.trace),
        'no request is missing': lost.length === 0,
        'none but the newest are missing': lost.join() === traced.arrived.slice(100 - lost.length).join(),
      });
    }
    return {
      measured: `exit code ${plain.code} in all runs; missing of 100 requests, in ${rounds} runs: ${missing.join(', ')}`,
      checks: allOf(checks),
    };
  },
};

const limit = 160 * MiB;
const noGroup = { notRun: 'no cgroup with a bound of memory can be made in /sys/fs/cgroup' };

export const smallGroup: Scenario = {
  name: 'memory-group',
  fault: `the program in a cgroup of ${limit / MiB} MiB, 3,000 requests`,
  promise: 'Where the memory is enough without us it is enough with us.',
  tests: [],
  async run(world) {
    const group = MemoryGroup.create(limit);
    if (group === undefined) return noGroup;
    try {
      const run = { program: 'memory.cjs', args: ['3000'], inner: group.words };
      const plain = await world.plain(run);
      const without = group.peak();
      const traced = await world.traced(run);
      const within = group.peak();
      return {
        measured: `${counted(traced)}; most in use ${mib(without)} without, ${mib(within)} with`,
        checks: allHolds({ plain, traced }),
      };
    } finally {
      group.remove();
    }
  },
};

export const fullGroup: Scenario = {
  name: 'memory-group-full',
  fault: `the program in a cgroup of ${limit / MiB} MiB takes more: the kernel kills it`,
  promise: 'The same end; what was asked before is in the trace, and that the program was killed.',
  tests: ['test/cases/killed.test.ts'],
  async run(world) {
    const group = MemoryGroup.create(limit);
    if (group === undefined) return noGroup;
    try {
      const log = join(world.folder, 'events.jsonl');
      const runs = await world.both({
        program: 'memory.cjs',
        args: ['100', 'outside'],
        inner: group.words,
        options: ['--log-file', log],
        gate: ({ isTraced }) => isTraced && whenRead(log, 100),
      });
      const { plain, traced } = runs;
      const [end] = traced.trace?.processes ?? [];
      return {
        measured: `exit code ${plain.code} without, ${traced.code} with; ${counted(traced)}; recorded end: ${end?.end} ${end?.signal}`,
        checks: {
          ...allHolds(runs),
          'the kernel kills it without us': plain.code === 137,
          'its end is recorded': end?.end === 'killed' && end.signal === 'SIGKILL',
        },
      };
    } finally {
      group.remove();
    }
  },
};
