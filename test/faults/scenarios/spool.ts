/** The spool folder, changed by somebody else while a program writes to it. */
import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { counted, lossesOf, recorded, soundTrace, trueTrace, unharmed, wholeTrace } from '../world/compare';
import type { Scenario } from '../world/scenario';
import { whenRead } from '../world/until';
import type { Done, Spot, World } from '../world/world';

const program = 'requests.cjs';
const segments = (spool: string) =>
  readdirSync(spool)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => join(spool, name));

/** Does something to the spool after the host has read 20 requests, and before the program makes 20 more. */
async function whileRunning(world: World, act: (spool: string) => void) {
  const log = join(world.folder, 'events.jsonl');
  const runs = await world.both({
    program,
    args: ['20'],
    options: ['--log-file', log],
    gate: async ({ spool }: Spot) => {
      if (spool === undefined) return;
      await whenRead(log, 20);
      act(spool);
    },
  });
  const { trace } = runs.traced;
  const before = recorded(trace).filter((one) => one.includes('/before')).length;
  return { runs, before, losses: lossesOf(trace) };
}

export const deleted: Scenario = {
  name: 'spool-deleted',
  fault: 'the spool folder is deleted while the program runs',
  promise: 'The program does not notice; what the host had read is in the trace; the trace says that more is missing.',
  tests: ['test/cli/faults/faults.test.ts', 'test/hook/process/spool.test.ts', 'src/session/spool/reader.test.ts'],
  async run(world) {
    const { runs, before, losses } = await whileRunning(world, (spool) => rmSync(spool, { recursive: true }));
    const { trace, own } = runs.traced;
    return {
      measured: `${counted(runs.traced)}, ${before} of the 20 before it; losses: ${losses.join(', ') || 'none'}; said: ${own.length} lines`,
      checks: {
        ...unharmed(runs),
        ...trueTrace(runs.traced),
        ...soundTrace(trace),
        'what was read before is kept': before === 20,
        'the trace says that more is missing': losses.some((loss) => loss.includes('missingSegment')),
      },
    };
  },
};

export const truncated: Scenario = {
  name: 'spool-truncated',
  fault: 'a spool file is cut to half while the program writes to it',
  promise:
    'The program does not notice; what the host had read is in the trace, and it says what happened to the file.',
  tests: ['src/session/spool/reader.test.ts'],
  async run(world) {
    const { runs, before, losses } = await whileRunning(world, (spool) => {
      for (const file of segments(spool)) truncateSync(file, Math.floor(statSync(file).size / 2));
    });
    const { trace } = runs.traced;
    return {
      measured: `${counted(runs.traced)}, ${before} of the 20 before it; losses: ${losses.join(', ') || 'none'}`,
      checks: {
        ...unharmed(runs),
        ...trueTrace(runs.traced),
        ...soundTrace(trace),
        'what was read before is kept': before === 20,
        'the trace says what happened': losses.some((loss) => loss.includes('lines truncated')),
      },
    };
  },
};

/** None of these is an event: no JSON, half of it, of a wrong shape, of a wrong type, bytes that are no text, too long. */
const rubbish = [
  Buffer.from('{"k":"req","id":\n'),
  Buffer.from('not json at all\n'),
  Buffer.from('[]\n'),
  Buffer.from('{"k":"req","id":"seven","at":"yesterday"}\n'),
  Buffer.from('{"k":"end","id":1.5,"at":"-1"}\n'),
  Buffer.from([0, 0xff, 0xfe, 0x80, 0x0a]),
  Buffer.from(`{"k":"req","url":"${'a'.repeat(3_000_000)}"}\n`),
];

export const corrupt: Scenario = {
  name: 'spool-corrupt-lines',
  fault: `${rubbish.length} corrupt lines in the spool: broken JSON, wrong types, binary, 3 MB`,
  promise: 'Each is passed over and counted; every other line is read.',
  tests: ['src/session/spool/reader.test.ts', 'src/model/spool.property.test.ts'],
  async run(world) {
    const runs = await world.both({
      program,
      args: ['20'],
      gate: ({ spool }: Spot) => {
        if (spool === undefined) return;
        for (const file of segments(spool)) for (const line of rubbish) appendFileSync(file, line);
      },
    });
    const losses = runs.traced.trace?.losses ?? [];
    const lines = losses.filter(({ what }) => what === 'lines').reduce((sum, { count }) => sum + count, 0);
    return {
      measured: `${counted(runs.traced)}; ${lines} of ${rubbish.length} counted as lost (${lossesOf(runs.traced.trace).join(', ')})`,
      checks: {
        ...unharmed(runs),
        ...wholeTrace(runs.traced),
        ...soundTrace(runs.traced.trace),
        'each is counted': lines === rubbish.length,
      },
    };
  },
};

export const otherVersion: Scenario = {
  name: 'spool-other-version',
  fault: 'a spool of a later major version is opened',
  promise: 'It is refused with one line that says why; nothing is made up.',
  tests: ['test/cli/faults/faults.test.ts', 'src/session/recover.test.ts'],
  async run(world) {
    const copy = join(world.folder, 'copy');
    const traced = await world.traced({
      program,
      gate: ({ spool }: Spot) => cpSync(spool ?? '', copy, { recursive: true }),
    });
    const own = await world.nettrace('show', copy);
    for (const file of segments(copy)) {
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.replace(/"v":\d+/g, '"v":99'));
    }
    const isChanged = segments(copy).some((file) => readFileSync(file, 'utf8').includes('"v":99'));
    const other = await world.nettrace('show', copy);
    return {
      measured: `exit code ${other.code}: ${shortOf(other, world.folder)}`,
      checks: {
        'the spool itself opens': own.code === 0 && own.stdout.includes('/before'),
        'the version is in it': isChanged,
        'it is not shown as if it were understood': !other.stdout.includes('/before'),
        'the reason is said': /version/.test(other.own.join() + other.stdout),
        'no stack': !/\n\s+at /.test(other.stderr),
        'the run it is of is whole': traced.trace?.requests.length === traced.arrived.length,
      },
    };
  },
};

const shortOf = ({ own, stdout }: Pick<Done, 'own' | 'stdout'>, folder: string): string =>
  (own.join(' ') || stdout.split('\n')[0] || 'nothing').replaceAll(folder, '…').slice(0, 200);
