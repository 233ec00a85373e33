/** Which runs are kept: in the panel, and over a reload of the window. */
import type { Run } from './run';

/** Requests that the user sent. */
const maxSent = 50;

/** Keeps runs of programs over a reload of the window. */
export interface RunKeeper {
  began(run: Run): void;
  ended(run: Run): void;
  dropped(run: Run): void;
}

/** Those to be dropped, the oldest; what goes on is none of them. `keep`: how many runs of programs may be kept. */
export function tooMany(runs: readonly Run[], keep: number): Run[] {
  const over = (of: readonly Run[], max: number) =>
    of.filter((run) => run.state !== 'running').slice(0, Math.max(0, of.length - Math.max(1, max)));
  const ofPrograms = runs.filter((run) => !run.sentByYou);
  const sent = runs.filter((run) => run.sentByYou);
  return [...over(ofPrograms, keep), ...over(sent, maxSent)];
}
