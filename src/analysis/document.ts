/**
 * Findings where a trace is shown or saved: those it came with, if today's rules made them from all of its requests; else
 * made again.
 */
import type { Finding, Trace } from '../model/records';
import type { Store } from '../model/store/store';
import { analyse } from './analyse';
import { analysisVersion } from './base/limits';

export function findingsOf(store: Store, now?: number): Finding[] {
  const { findings, analysedRequests, endAt } = store.header;
  const isToday = analysedRequests === undefined && findings?.every((f) => f.analysisVersion === analysisVersion);
  return (isToday && findings) || analyse(store, now ?? endAt);
}

/** A store's document with its findings. */
export function withFindings(document: Trace, store: Store, now?: number): Trace {
  const { analysedRequests: _, ...rest } = document;
  return { ...rest, findings: findingsOf(store, now) };
}
