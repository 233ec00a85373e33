/**
 * The debug sessions of single processes and threads, by run: expressions are evaluated there, whether the program runs
 * or is paused.
 */
import type { DebugSession } from 'vscode';
import type { Run } from '../runs/run';
import type { Log } from '../support/log';

/** Makes the hook read what is in force now, not at its next request. */
const control = "globalThis[Symbol.for('nettrace.hook')]?.control?.()";

type Leaf = Pick<DebugSession, 'id' | 'customRequest'>;

export class Leaves {
  readonly #runs = new Map<Leaf, Run>();

  readonly #log: Pick<Log, 'debug'>;

  constructor(log: Pick<Log, 'debug'>) {
    this.#log = log;
  }

  add(session: Leaf, run: Run): void {
    this.#runs.set(session, run);
  }

  delete(session: Leaf): void {
    this.#runs.delete(session);
  }

  of(run: Run): Leaf[] {
    return [...this.#runs].flatMap(([session, its]) => (its === run ? [session] : []));
  }

  /** What is in force has changed, in the file that the hook reads. Those that have ended, or are ending, are passed over. */
  async control(run: Run): Promise<void> {
    await Promise.all(this.of(run).map((session) => this.#evaluate(session, control)));
  }

  async #evaluate(session: Leaf, expression: string): Promise<void> {
    try {
      await session.customRequest('evaluate', { expression, context: 'watch' });
    } catch (error) {
      this.#log.debug(`evaluate: ${String(error)}`);
    }
  }
}
