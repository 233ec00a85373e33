/** What one Clear took away: runs that had ended, and the rows so far of those that go on. */
import { statusOf } from '../details/view';
import type { ClearedBefore } from '../rows/rows';
import type { Run } from './run';

export class ClearedRuns {
  /** How many rows there were. */
  readonly rows: number;
  readonly ended: readonly Run[];
  readonly #hidden = new Map<Run, ClearedBefore>();

  /** Hides the rows of the runs that go on; the others are for the caller to take out. */
  constructor(runs: readonly Run[]) {
    this.rows = runs.reduce((sum, run) => sum + run.rows.size, 0);
    this.ended = runs.filter((run) => run.state !== 'running');
    for (const run of runs) {
      if (run.state !== 'running') continue;
      run.rows.update(run.elapsed());
      this.#hidden.set(run, run.rows.clear(run.elapsed(), statusOf([run.store], { recording: true })));
    }
  }

  /** Of the runs that are still shown. */
  unhide(shown: readonly Run[]): void {
    for (const [run, before] of this.#hidden) if (shown.includes(run)) run.rows.unclear(before, run.elapsed());
  }

  forget(): void {
    for (const run of this.ended) void run.recorder.dispose();
  }
}
