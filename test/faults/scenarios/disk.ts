/** Disks that are full, or may not be written. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Trace } from '../../../src/model/records';
import { counted, soundTrace, trueTrace, unharmed, wholeTrace } from '../world/compare';
import { mounted, withoutMounts } from '../world/machine';
import type { Outcome, Scenario } from '../world/scenario';
import type { World } from '../world/world';

const program = 'requests.cjs';

export const fullSpool: Scenario = {
  name: 'disk-full-spool',
  fault: 'the disk of the spool runs full (640 kB)',
  promise: 'The program goes on untraced; what was written is in the trace; the host says that the disk is full.',
  tests: ['test/cli/disk.test.ts', 'test/hook/process/spool.test.ts'],
  async run(world) {
    const none = withoutMounts();
    if (none) return none;
    const wrap = mounted(`mount -t tmpfs -o size=640k none ${world.temp}`);
    const runs = await world.both({ program, args: ['1500', 'quiet'], wrap });
    const { trace, own } = runs.traced;
    const kept = trace?.requests.length ?? 0;
    return {
      measured: counted(runs.traced),
      checks: {
        ...unharmed(runs),
        ...trueTrace(runs.traced),
        ...soundTrace(trace),
        'what was written is kept': kept > 100 && kept < runs.traced.arrived.length,
        'it is said': own.some((line) => line.includes(`the disk of ${world.temp} is full`)),
      },
    };
  },
};

export const fullOutput: Scenario = {
  name: 'disk-full-output',
  fault: 'the disk of the output file runs full (256 kB)',
  promise: 'The program’s exit code stays; the whole trace is kept elsewhere, and the place is named.',
  tests: ['test/cli/disk.test.ts'],
  async run(world) {
    const none = withoutMounts();
    if (none) return none;
    const wrap = mounted('mount -t tmpfs -o size=256k none /mnt');
    const runs = await world.both({ program, args: ['300', 'quiet'], wrap, output: '/mnt/a.nettrace.json' });
    const place = /the trace is kept in (.*)/.exec(runs.traced.own.join('\n'))?.[1] ?? '';
    const isKept = existsSync(place);
    const traced = isKept ? { ...runs.traced, trace: JSON.parse(readFileSync(place, 'utf8')) as Trace } : runs.traced;
    return {
      measured: `${counted(traced)}; ${isKept ? `${readFileSync(place).length} bytes kept in the temporary folder` : 'nothing was kept'}`,
      checks: { ...unharmed(runs), ...wholeTrace(traced), ...soundTrace(traced.trace), 'the place is named': isKept },
    };
  },
};

/** Nothing may be started where nothing can be kept. */
async function refused(world: World, script: string, output: string, ...words: RegExp[]): Promise<Outcome> {
  const none = withoutMounts();
  if (none) return none;
  const traced = await world.traced({ program, wrap: mounted(script), output });
  return {
    measured: `exit code ${traced.code}: ${traced.own.join(' ').replaceAll(world.folder, '…')}`,
    checks: {
      'exit code 2': traced.code === 2,
      'the program was not started': traced.stdout === '' && traced.arrived.length === 0,
      'the reason is one line': traced.own.length === 1 && traced.stderr === '',
      'place and reason are named': words.every((one) => one.test(traced.own.join())),
    },
  };
}

const readOnly = (...folders: string[]) =>
  folders.map((folder) => `mount --bind ${folder} ${folder} && mount -o remount,bind,ro ${folder}`).join(' && ');

export const readOnlyHome: Scenario = {
  name: 'read-only-home',
  fault: 'the home folder may not be written',
  promise: 'Everything works: nothing needs the home folder.',
  tests: ['test/cli/start.test.ts'],
  async run(world) {
    const none = withoutMounts();
    if (none) return none;
    const runs = await world.both({ program, wrap: mounted(readOnly(world.home)) });
    return {
      measured: counted(runs.traced),
      checks: { ...unharmed(runs), ...wholeTrace(runs.traced), 'nothing is said': runs.traced.own.length === 0 },
    };
  },
};

export const readOnlyAll: Scenario = {
  name: 'read-only-home-and-temp',
  fault: 'the home folder and the temporary folder may not be written',
  promise: 'The program is not started: one line names the folder, exit code 2.',
  tests: ['test/cli/failures.test.ts', 'test/cli/faults/faults.test.ts'],
  run: (world) => refused(world, readOnly(world.temp, world.home), world.output, /temp.*/, /EROFS|read-only/),
};

export const readOnlyOutput: Scenario = {
  name: 'read-only-output',
  fault: 'the folder of the output file may not be written',
  promise: 'The program is not started: one line names the folder, exit code 2.',
  tests: ['test/cli/run.test.ts'],
  run: (world) => refused(world, readOnly(world.home), join(world.home, 'a.nettrace.json'), /home/, /read-only/),
};
