/** Findings where a trace is shown or saved: those it came with, if today's rules made them; else made again. */
import type { Finding, Trace } from '../model/records';
import type { Store } from '../model/store/store';
import { analyse } from './analyse';
import { analysisVersion } from './base/limits';

export function findingsOf(store: Store, now?: number): Finding[] {
  const { findings, endAt } = store.header;
  return findings?.every((f) => f.analysisVersion === analysisVersion) ? findings : analyse(store, now ?? endAt);
}

/** A store's document with its findings. */
export const withFindings = (document: Trace, store: Store, now?: number): Trace => ({
  ...document,
  findings: findingsOf(store, now),
});
