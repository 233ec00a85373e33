/** The findings of a store, made again at most every other second while its program runs. */
import { findingsOf } from '../analysis/document';
import type { Finding } from '../model/records';
import type { Store } from '../model/store';

const restMs = 2000;
const made = new WeakMap<Store, { at: number; requests: number; state: string; findings: Finding[] }>();

export function findingsFor(store: Store, now: number): readonly Finding[] {
  const { requests } = store.counts;
  const { state } = store.header;
  const known = made.get(store);
  const at = performance.now();
  const current = known && known.requests === requests && known.state === state && state !== 'running';
  if (known && (current || (state === 'running' && at - known.at < restMs))) return known.findings;
  const findings = findingsOf(store, now);
  made.set(store, { at, requests, state, findings });
  return findings;
}

/** Those about a request, or about what lies beneath it. */
export function findingsAbout(ids: readonly (string | undefined)[], store: Store, now: number): Finding[] {
  return findingsFor(store, now).filter((f) => f.subjects.some((s) => ids.includes(s)));
}
