/**
 * Requests that are not reported, counted: those that matched but were left out by sampling (all of them, and the failed
 * ones), and those that nobody asked for. The line holds the sums since the isolate began, so that a lost one does no harm.
 */
import { pushLater } from '../output/queue';

const sums = { requests: 0, failed: 0, untraced: 0 };
let written = '';

const tally = {
  laterAt: -1,
  get isWritten(): boolean {
    return written === text();
  },
  lines(): string {
    const now = text();
    if (now === written) return '';
    written = now;
    return now;
  },
};

const text = (): string =>
  `{"k":"count","requests":${sums.requests},"failed":${sums.failed},"untraced":${sums.untraced}}\n`;

/** One that nobody asked for is reported after all. */
export function reportedAfterAll(): void {
  sums.untraced--;
  pushLater(tally);
}

/** `matched`: left out by sampling. `failed`: it has failed, and was counted at its begin. */
export function countUnreported(matched: boolean, failed: boolean): void {
  if (failed) sums.failed++;
  else if (matched) sums.requests++;
  else sums.untraced++;
  pushLater(tally);
}
