/** The command as it is shipped, built once a worker and copied for each test file, and run as a shell would. */
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Trace } from '../../../src/model/records';
import { scratch } from '../../../src/session/testing/scratch';
import { cleanEnvironment } from '../../support/programs/program';

const repository = join(__dirname, '../../..');
export const programs = join(__dirname, '../programs');
/** Makes as many requests as its argument says; three without. */
export const requests = join(programs, 'requests.cjs');

export interface Result {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: Buffer;
  stdout: string;
  stderr: string;
}

export interface Options {
  cwd?: string;
  env?: Record<string, string>;
  input?: Buffer;
  stdio?: SpawnOptions['stdio'];
  /** Node that runs it; the one of the tests without. */
  node?: string;
  /** Command line that runs ours (another user, a closed stream). */
  wrap?: string[];
  /** Called once the program has written this. */
  on?: [text: string, act: (child: ChildProcess) => void];
  /** Its standard input stays open until the test ends it. */
  isInputOpen?: boolean;
}

let built: string | undefined;

/** Copies of the bundles of this checkout in a new folder, where a test may change them; the path of the command. */
function installed(): string {
  built ??= build();
  const folder = scratch();
  cpSync(built, folder, { recursive: true, filter: (path) => !path.endsWith('.map') });
  return join(folder, 'nettrace.cjs');
}

/** Not in a scratch folder, as that goes with the first file; the temporary folder of the run holds it. */
function build(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nettrace-built-'));
  const names = ['nettrace.cjs', 'cli.cjs', 'mcp.cjs', 'otlp.cjs', 'metrics.cjs', 'hook.cjs', 'requests.cjs'];
  execFileSync(process.execPath, [join(repository, 'scripts/build.mjs'), '--out', folder, ...names], {
    env: cleanEnvironment(),
  });
  return folder;
}

export class Nettrace {
  /** Stands for the temporary and the cache folder, so that what is left behind can be seen. */
  readonly home = scratch();
  #bin: string | undefined;

  constructor() {
    chmodSync(this.home, 0o777);
  }

  get bin(): string {
    this.#bin ??= installed();
    return this.#bin;
  }

  /** `nettrace ARGS`; resolves when it has ended and its streams are read. */
  run(args: readonly string[], options: Options = {}): Promise<Result> {
    const node = options.node ?? process.execPath;
    const [command, ...rest] = [...(options.wrap ?? []), node, this.bin, ...args] as [string, ...string[]];
    // In its own session: as from a script, without a terminal whose Ctrl-C would reach the program too.
    const child = spawn(command, rest, {
      detached: true,
      cwd: options.cwd ?? this.home,
      env: {
        ...cleanEnvironment(),
        TZ: 'UTC',
        TMPDIR: this.home,
        XDG_CACHE_HOME: join(this.home, 'cache'),
        ...options.env,
      },
      stdio: options.stdio ?? 'pipe',
    });
    const out: Buffer[] = [];
    let stderr = '';
    let acted = false;
    child.stdout?.on('data', (chunk: Buffer) => {
      out.push(chunk);
      if (options.on && !acted && Buffer.concat(out).includes(options.on[0])) {
        acted = true;
        options.on[1](child);
      }
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    child.stdin?.on('error', () => {});
    if (!options.isInputOpen) child.stdin?.end(options.input);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
      child.on('error', reject).on('close', (code, signal) => {
        clearTimeout(timer);
        const all = Buffer.concat(out);
        resolve({ code, signal, out: all, stdout: all.toString('utf8'), stderr });
      });
    });
  }

  /** `nettrace run -o <file> -- node ARGS`, and the trace it saved. */
  async trace(args: readonly string[], options: Options = {}): Promise<Result & { trace: Trace }> {
    const file = join(scratch(), 'trace.nettrace.json');
    const result = await this.run(['run', '-o', file, '--', process.execPath, ...args], options);
    return { ...result, trace: JSON.parse(readFileSync(file, 'utf8')) as Trace };
  }

  /** Spools left behind: none, whatever happened. */
  spools(): string[] {
    return readdirSync(this.home).filter((name) => name.startsWith('nettrace-spool-'));
  }
}
