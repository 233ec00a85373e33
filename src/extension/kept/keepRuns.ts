/** Ties the panel's runs to what is kept of them. */
import type { Trace } from '../../model/records';
import { rowIdOf } from '../rows/rows';
import type { Run } from '../runs/run';
import type { Runs } from '../runs/runs';
import type { KeptRuns } from './keptRuns';

/** Shows what an earlier window left; resolves when that is there. From then on runs are kept. */
export async function keepRuns(runs: Runs, kept: KeptRuns, max: number): Promise<void> {
  const restored = await kept.restore(max);
  if (restored.length > 0) {
    const { storedRecorder } = await import('../work');
    for (const { id, number, title, trace } of restored) runs.restore(storedRecorder(id, trace), number, title);
  }
  runs.keepIn({
    began: ({ recorder, number, title }) => kept.began({ id: recorder.id, number, title, spool: recorder.spoolFolder }),
    ended: (run) => kept.ended(run.recorder.id, () => shownOf(run)),
    dropped: ({ recorder }) => kept.dropped(recorder.id),
  });
}

/** The run's trace, without the requests that were cleared away. */
function shownOf(run: Run): Trace {
  const trace = run.document();
  if (!run.rows.cleared) return trace;
  return { ...trace, requests: trace.requests.filter((r) => run.rows.get(rowIdOf(run.number, r.id))) };
}
