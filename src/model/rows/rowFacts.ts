/** Facts of a row that come from other records: the kernel's figures, headers, and the names of trace rules. */

import type { Header } from '../records';
import type { RequestKernel } from '../records/kernel';
import type { Store } from '../store/store';

/** In µs; absent: the kernel was not asked, or had no sample yet. */
export interface KernelFacts {
  /** The connection's smoothed round-trip time when the request ended. */
  roundTrip?: number;
  /** And its smallest. */
  minRoundTrip?: number;
  /** Segments that the kernel repeated in the request's time. */
  retransmits?: number;
  /** They are those of other requests on the connection, too. */
  retransmitsShared?: true;
}

export function kernelFacts({ rttEnd, minRtt, retransmits, shared }: RequestKernel): KernelFacts {
  const facts: KernelFacts = {};
  if (rttEnd !== undefined) facts.roundTrip = rttEnd;
  if (minRtt !== undefined) facts.minRoundTrip = minRtt;
  if (retransmits !== undefined) {
    facts.retransmits = retransmits;
    if (shared) facts.retransmitsShared = true;
  }
  return facts;
}

export const headerLines = (headers: readonly Header[]): string[] =>
  headers.map((h) => `${h.name.toLowerCase()}${h.value === undefined ? '' : `=${h.value}`}`);

/** A rule without a description is named by its condition; one that the trace no longer holds by its id. */
export function ruleNames(ids: readonly string[], store: Store): string {
  const rules = store.header.traceRequests;
  const nameOf = (id: string): string => {
    const rule = rules?.find((r) => r.id === id);
    return rule?.description || rule?.condition || id;
  };
  return ids.length === 1 ? nameOf(ids[0] as string) : ids.map(nameOf).join(', ');
}
