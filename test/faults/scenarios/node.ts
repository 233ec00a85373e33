/** Ways to run Node that leave a preload little room. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allHolds, counted, unharmed } from '../world/compare';
import type { Scenario } from '../world/scenario';
import type { World } from '../world/world';

const program = 'requests.cjs';

/** Of the program's Node. */
function majorOf({ setup }: World): number {
  const { stdout } = spawnSync(setup.node, ['--version'], { encoding: 'utf8' });
  return Number.parseInt(stdout.slice(1), 10);
}

export const frozen: Scenario = {
  name: 'frozen-intrinsics',
  fault: '`--frozen-intrinsics`',
  promise: 'Everything is recorded, call sites apart.',
  tests: ['test/hook/process/spool.test.ts'],
  async run(world) {
    const runs = await world.both({ program, nodeArgs: ['--frozen-intrinsics', '--no-warnings'] });
    return { measured: counted(runs.traced), checks: allHolds(runs) };
  },
};

const permission = (major: number) => (major < 22 ? '--experimental-permission' : '--permission');
/** From Node 25 on the network needs a permission of its own. */
const network = (major: number) => (major >= 25 ? ['--allow-net'] : []);

export const permissions: Scenario = {
  name: 'permission-refused',
  fault: '`--permission` without the right to read the hook or to write the spool',
  promise: 'The program runs untraced, as without us; the host says so and what to allow.',
  tests: ['test/cli/failures.test.ts', 'test/hook/process/spool.test.ts'],
  async run(world) {
    const major = majorOf(world);
    if (major < 20) return { notRun: 'Node 18 has no permissions' };
    const readable = realpathSync(join(world.setup.root, 'test/faults/programs'));
    const nodeArgs = [permission(major), `--allow-fs-read=${readable}`, ...network(major), '--no-warnings'];
    const runs = await world.both({ program, nodeArgs });
    const own = runs.traced.own.join('\n');
    return {
      measured: `${runs.traced.trace?.requests.length ?? 'no'} requests recorded; said: ${runs.traced.own[0]?.replaceAll(world.folder, '…')}`,
      checks: {
        ...unharmed(runs),
        'it answered its requests': runs.traced.arrived.length > 0,
        'it is said': /nothing was recorded|untraced/.test(own),
        'what to allow is said': /--allow-fs-read=\S+ --allow-fs-write=\S+/.test(own),
      },
    };
  },
};

export const permitted: Scenario = {
  name: 'permission-given',
  fault: '`--permission` with the rights that the host names',
  promise: 'Everything is recorded.',
  tests: ['test/cli/failures.test.ts'],
  async run(world) {
    const major = majorOf(world);
    if (major < 20) return { notRun: 'Node 18 has no permissions' };
    const rights = ['--allow-fs-read=*', '--allow-fs-write=*'];
    const nodeArgs = [permission(major), ...rights, ...network(major), '--no-warnings'];
    const runs = await world.both({ program, nodeArgs });
    return { measured: counted(runs.traced), checks: allHolds(runs) };
  },
};

export const plugAndPlay: Scenario = {
  name: 'plug-and-play',
  fault: 'a resolver as Yarn’s Plug’n’Play, by `-r ./.pnp.cjs`: packages are in one archive, and nothing else is found',
  promise: 'The resolver does not see the hook; everything is recorded, at the line of the program.',
  tests: ['test/cli/faults/faults.test.ts', 'src/model/base/package.test.ts'],
  async run(world) {
    const folder = join(world.folder, 'project');
    cpSync(world.program('pnp'), folder, { recursive: true });
    const app = join(folder, 'app.cjs');
    const runs = await world.both({ program: app, cwd: folder, nodeArgs: ['-r', './pnp.cjs'] });
    const sites = runs.traced.trace?.requests.map(({ callSite }) => callSite?.file ?? 'none') ?? [];
    return {
      measured: `${counted(runs.traced)}, called at ${[...new Set(sites)].map((file) => file.replace(folder, '…')).join(', ')}`,
      checks: {
        ...allHolds(runs),
        'a package came out of the archive': runs.plain.stdout.includes('from the archive'),
        'at the line of the program': sites.length > 0 && sites.every((file) => file === app),
      },
    };
  },
};

export const workers: Scenario = {
  name: 'worker-threads',
  fault: 'four worker threads with ten requests each, one of them terminated',
  promise: 'Each request is recorded, in its thread.',
  tests: ['test/cases/ends.test.ts', 'test/hook/requests/edges.test.ts'],
  async run(world) {
    const runs = await world.both({ program: 'workers.cjs' });
    const { requests = [], processes = [] } = runs.traced.trace ?? {};
    const threads = processes.flatMap((p) => p.threads).filter(({ kind }) => kind === 'worker');
    const places = new Set(requests.map((r) => `${r.thread} ${/w=(\d)/.exec(r.url ?? '')?.[1]}`));
    return {
      measured: `${counted(runs.traced)}, in ${threads.length} worker threads`,
      checks: { ...allHolds(runs), 'in four threads': threads.length === 4, 'each in its own': places.size === 4 },
    };
  },
};

export const options: Scenario = {
  name: 'quoted-options',
  fault: '`NODE_OPTIONS` of the user with quotes, spaces, a backslash and a preload of their own',
  promise: 'All of it stays in force, and the program sees what it would see without us; everything is recorded.',
  tests: ['test/cli/run.test.ts', 'src/session/program/nodeOptions.test.ts'],
  async run(world) {
    const folder = join(world.folder, 'a folder with "quotes" and \\ in it');
    mkdirSync(folder);
    const preload = join(folder, 'own preload.cjs');
    // `nettrace` is a Node program too, and gets the variable as any other does.
    const isOurs = `(process.argv[1] ?? '').endsWith('nettrace.cjs')`;
    writeFileSync(preload, `if (!${isOurs}) console.log('preloaded', process.title, process.execArgv.length);`);
    const quoted = `"${preload.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
    const env = { NODE_OPTIONS: `--require ${quoted} "--title=two words" --max-http-header-size=20000  ` };
    const runs = await world.both({ program, env });
    return {
      measured: counted(runs.traced),
      checks: {
        ...allHolds(runs),
        'the preload of the user ran, with the title': runs.traced.stdout.includes('preloaded two words'),
      },
    };
  },
};
