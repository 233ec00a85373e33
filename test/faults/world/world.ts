/** Where a scenario runs: its own folders, the server, and the program with and without Net Trace. */
import type { ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Trace } from '../../../src/model/records';
import { type Ended, ended } from './command';
import { Server } from './server';

export interface Setup {
  /** Folder of the repository. */
  readonly root: string;
  /** Node that runs the program. */
  readonly node: string;
  /** Node that runs `nettrace`; absent: that of this process. */
  readonly host?: string;
  /** The built `nettrace.cjs`. */
  readonly bin: string;
}

/** Both runs of a program; what only one of them gets is named so. */
export interface Run {
  /** A file of test/faults/programs, or any by its whole path. */
  readonly program: string;
  readonly args?: readonly string[];
  /** Arguments of Node, before the program. */
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A command that runs all the rest: a namespace, a user. Of the traced program it runs `nettrace`. */
  readonly wrap?: readonly string[];
  /** A command that runs the program, inside of `nettrace`. */
  readonly inner?: readonly string[];
  readonly timeoutMs?: number;
  /** While a request for `/gate` waits. */
  readonly gate?: (spot: Spot) => unknown;
  /** Options of `nettrace run` beside `--quiet` and `-o`. */
  readonly options?: readonly string[];
  /** Where the trace is saved; default: a file in the folder of the scenario. */
  readonly output?: string;
}

/** What a gate gets to act on. */
export interface Spot {
  readonly isTraced: boolean;
  /** The first word's process: `nettrace`, or the program itself. */
  readonly child: ChildProcess;
  /** The spool's folder; only while traced. */
  readonly spool: string | undefined;
}

export interface Done extends Ended {
  readonly arrived: readonly string[];
  readonly connections: number;
  readonly held: number;
  /** What the program wrote to the file that FAULTS_REPORT names. */
  readonly report: Readonly<Record<string, number>> | undefined;
  /** Absent: not traced, or not saved there. */
  readonly trace?: Trace;
}

export class World {
  readonly server = new Server();
  readonly folder = mkdtempSync(join(tmpdir(), 'nettrace-faults-'));
  readonly temp = join(this.folder, 'temp');
  readonly home = join(this.folder, 'home');
  readonly output = join(this.folder, 'trace.nettrace.json');
  setup: Setup;

  private constructor(setup: Setup) {
    this.setup = setup;
    for (const folder of [this.temp, this.home]) mkdirSync(folder);
    for (const folder of [this.folder, this.temp, this.home]) chmodSync(folder, 0o777);
  }

  static async create(setup: Setup): Promise<World> {
    const world = new World(setup);
    await world.server.listen();
    return world;
  }

  /** From here on these are run. */
  use<T extends Setup>(setup: T): T {
    this.setup = setup;
    return setup;
  }

  close(): void {
    this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  program(name: string): string {
    return join(this.setup.root, 'test/faults/programs', name);
  }

  /** The folder of the spool of a run in progress. */
  spool(): string | undefined {
    const [name] = readdirSync(this.temp).filter((one) => one.startsWith('nettrace-spool-'));
    return name === undefined ? undefined : join(this.temp, name);
  }

  /** As its user runs it. */
  plain(run: Run): Promise<Done> {
    return this.#run(run, this.#command(run), false);
  }

  async traced(run: Run): Promise<Done> {
    const output = run.output ?? this.output;
    rmSync(output, { force: true });
    const words = ['run', '--quiet', '-o', output, ...(run.options ?? []), '--', ...this.#command(run)];
    const done = await this.#run(run, [...this.cli, ...words], true);
    return existsSync(output) ? { ...done, trace: JSON.parse(readFileSync(output, 'utf8')) as Trace } : done;
  }

  async both(run: Run): Promise<{ plain: Done; traced: Done }> {
    const plain = await this.plain(run);
    return { plain, traced: await this.traced(run) };
  }

  /** Another verb of `nettrace`. */
  nettrace(...words: string[]): Promise<Ended> {
    return ended({ words: [...this.cli, ...words], cwd: this.folder, env: this.#environment({}) });
  }

  get cli(): string[] {
    return [this.setup.host ?? process.execPath, this.setup.bin];
  }

  #command({ inner = [], nodeArgs = [], program, args = [] }: Run): string[] {
    const file = program.startsWith('/') ? program : this.program(program);
    return [...inner, this.setup.node, ...nodeArgs, file, ...args];
  }

  #environment(more: Readonly<Record<string, string>>): Record<string, string> {
    const { PATH = '' } = process.env;
    const own = { PATH, HOME: this.home, TMPDIR: this.temp, XDG_CACHE_HOME: join(this.home, '.cache'), TZ: 'UTC' };
    return { ...own, SERVER: this.server.url, ...more };
  }

  async #run(run: Run, words: readonly string[], isTraced: boolean): Promise<Done> {
    const report = join(this.folder, 'report.json');
    rmSync(report, { force: true });
    let child: ChildProcess | undefined;
    let failure: unknown;
    this.server.begin(async () => {
      try {
        await run.gate?.({ isTraced, child: child as ChildProcess, spool: this.spool() });
      } catch (error) {
        failure = error;
        throw error;
      }
    });
    const result = await ended({
      words: [...(run.wrap ?? []), ...words],
      cwd: run.cwd ?? this.folder,
      env: this.#environment({ FAULTS_REPORT: report, ...run.env }),
      started: (process) => {
        child = process;
      },
      ...(run.timeoutMs === undefined ? {} : { timeoutMs: run.timeoutMs }),
    });
    if (failure !== undefined) throw failure;
    const { arrived, connections, held } = this.server;
    const figures = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
    return { ...result, arrived, connections, held, report: figures };
  }
}
