/** Where the records go that the bound of a store lets go, so that they are in a saved trace after all. */

/** Lists of a document that records are evicted from. */
export const evictedLists = [
  'requests',
  'dials',
  'lookups',
  'dnsExchanges',
  'connections',
  'tlsTunnels',
  'socketOperations',
  'kernelSamples',
  'conntrackEntries',
] as const;

/** `incoming` belongs to a document's requests. */
export type EvictedList = (typeof evictedLists)[number] | 'incoming';

export interface EvictionSink {
  /** May not throw. `isCounted`: the store counts it as evicted, so it is lost if it is not kept. */
  keep(list: EvictedList, record: object, isCounted: boolean): void;
  /** The trace begins again: what was kept is of no more use. */
  clear(): void;
  /** The session is over: what was kept goes with it. */
  close(): void;
}
