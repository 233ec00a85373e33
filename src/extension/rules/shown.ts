/** The trace rules in force now: the workspace's, unless the running program has its own. */
import type { TraceRules } from '../../model/traceRules';
import type { Runs } from '../runs/runs';
import type { WorkspaceRules } from './registry';

export interface Shown {
  registry: TraceRules;
  /** Name of the run, if they are its own: from its launch configuration, and gone with it. */
  run?: string;
}

export async function shownRules(rules: WorkspaceRules, runs: Pick<Runs, 'list'>): Promise<Shown> {
  const workspace = await rules.registry();
  const run = runs.list().at(-1);
  const followed = run?.state === 'running' ? run.recorder.control?.registry : undefined;
  return followed && followed !== workspace ? { registry: followed, run: run?.title ?? '' } : { registry: workspace };
}
