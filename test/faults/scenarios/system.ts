/** What the system gives: /proc, users. */
import { chmodSync, cpSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { allHolds, counted, soundTrace, unharmed } from '../world/compare';
import { mounted, withoutMounts, withoutUsers } from '../world/machine';
import type { Scenario } from '../world/scenario';
import type { World } from '../world/world';

const program = 'requests.cjs';
export const noProc: Scenario = {
  name: 'without-proc',
  fault: '`/proc` is empty, as in some containers',
  promise: 'Everything that the hook sees is recorded.',
  tests: ['test/cli/faults/faults.test.ts'],
  async run(world) {
    const none = withoutMounts();
    if (none) return none;
    const runs = await world.both({ program, wrap: mounted('mount -t tmpfs none /proc') });
    return {
      measured: `${counted(runs.traced)}; said: ${runs.traced.own.join(' ') || 'nothing'}`,
      checks: { ...allHolds(runs), 'nothing is said': runs.traced.own.length === 0 },
    };
  },
};

const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

/** Node, the product and the programs where any user can read them; a checkout may be closed to others. */
function readable(world: World): World['setup'] & { programs: string } {
  const folder = join(world.folder, 'readable');
  const dist = dirname(world.setup.bin);
  for (const name of readdirSync(dist).filter((one) => /\.cjs$/.test(one)))
    cpSync(join(dist, name), join(folder, name));
  cpSync(world.program(''), join(folder, 'programs'), { recursive: true });
  cpSync(world.setup.node, join(folder, 'node'));
  cpSync(process.execPath, join(folder, 'host-node'));
  chmodSync(folder, 0o755);
  return {
    root: world.setup.root,
    node: join(folder, 'node'),
    host: join(folder, 'host-node'),
    bin: join(folder, 'nettrace.cjs'),
    programs: join(folder, 'programs'),
  };
}

export const anotherUser: Scenario = {
  name: 'another-user',
  fault: '`nettrace` and the program run as `nobody`',
  promise: 'Everything is recorded; no right of root is needed.',
  tests: [],
  async run(world) {
    const none = withoutUsers();
    if (none) return none;
    const { programs } = world.use(readable(world));
    const runs = await world.both({ program: join(programs, program), wrap: nobody });
    return { measured: counted(runs.traced), checks: allHolds(runs) };
  },
};

export const becomesAnother: Scenario = {
  name: 'becomes-another-user',
  fault: '`nettrace` runs as root, the program becomes `nobody` before Node starts',
  promise: 'The program runs as without us; that nothing could be recorded is said, with the reason.',
  tests: ['test/cli/run.test.ts'],
  async run(world) {
    const none = withoutUsers();
    if (none) return none;
    const { programs } = world.use(readable(world));
    const runs = await world.both({ program: join(programs, program), inner: nobody });
    const own = runs.traced.own.join(' ');
    return {
      measured: `${runs.traced.trace?.requests.length ?? 'no'} requests recorded; said: ${own.replaceAll(world.folder, '…').slice(0, 400)}`,
      checks: {
        ...unharmed(runs),
        ...soundTrace(runs.traced.trace),
        'it is said, with the reason': /nothing was recorded.*becomes another user/.test(own),
      },
    };
  },
};
