/** Notices that a started program did not load the hook, and finds out why. */
import type { DebugSession } from 'vscode';
import { whyNotLoaded } from '../../session/program/unloaded';
import type { Run } from '../runs/run';
import type { Runs } from '../runs/runs';
import { commandOf, configuredEnvironment, definedOnly } from './launch/environment';

/** A process that the debugger has attached to has run all preloads; its hook's first line is then on its way. */
const checkAfterMs = 2000;
/** One that it never attaches to (a wrapper cleared the environment for both) may run for long: said while it runs. */
const unheardMs = 10_000;

export class Diagnosis {
  readonly #timers = new Map<Run, NodeJS.Timeout>();
  readonly #attached = new WeakSet<Run>();
  readonly #stopped = new WeakSet<Run>();

  readonly #runs: Runs;
  readonly #say: (run: Run, text: string) => void;

  constructor(runs: Runs, say: (run: Run, text: string) => void) {
    this.#runs = runs;
    this.#say = say;
  }

  /** The program is being started. */
  began(run: Run, session: DebugSession): void {
    this.#checkIn(unheardMs, run, session);
  }

  /** The debugger attached to a process of the run. */
  attached(run: Run, session: DebugSession): void {
    if (this.#attached.has(run)) return;
    this.#attached.add(run);
    this.#checkIn(checkAfterMs, run, session);
  }

  /** The user stops the program, or starts it again: that it has not reported by then says nothing. */
  stopped(run: Run): void {
    clearTimeout(this.#timers.get(run));
    this.#timers.delete(run);
    this.#stopped.add(run);
  }

  #checkIn(ms: number, run: Run, session: DebugSession): void {
    clearTimeout(this.#timers.get(run));
    this.#timers.set(
      run,
      setTimeout(() => void this.check(run, session), ms),
    );
  }

  /** Says why, if no process of the run has reported yet. `session`: the root or one below it. */
  async check(run: Run, session: DebugSession): Promise<void> {
    clearTimeout(this.#timers.get(run));
    this.#timers.delete(run);
    await run.recorder.poll();
    if (this.#stopped.has(run) || run.store.processes.size > 0 || run.problem) return;
    let config = session;
    while (config.parentSession) config = config.parentSession;
    const { hook, spoolFolder } = run.recorder;
    const why = await whyNotLoaded({
      ...commandOf(config.configuration),
      env: { ...process.env, ...definedOnly(configuredEnvironment(config.configuration)) },
      ...(typeof config.configuration.cwd === 'string' ? { cwd: config.configuration.cwd } : {}),
      hook,
      spool: spoolFolder,
    });
    if (run.store.processes.size > 0 || run.problem) return;
    const text = `Nothing is traced: ${why.text} ${why.advice}`;
    this.#runs.setProblem(run, { text });
    this.#say(run, text);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }
}
