/** The trace requests in force now: the workspace's, unless the program that runs has some of its own. */
import type { TraceRequests } from '../../model/traceRequests';
import type { Runs } from '../runs/runs';
import type { WorkspaceRequests } from './registry';

export interface Shown {
  registry: TraceRequests;
  /** Name of the run, if they are its own: from its launch configuration, and gone with it. */
  run?: string;
}

export async function shownRequests(requests: WorkspaceRequests, runs: Pick<Runs, 'list'>): Promise<Shown> {
  const workspace = await requests.registry();
  const run = runs.list().at(-1);
  const followed = run?.state === 'running' ? run.recorder.control?.registry : undefined;
  return followed && followed !== workspace ? { registry: followed, run: run?.title ?? '' } : { registry: workspace };
}
