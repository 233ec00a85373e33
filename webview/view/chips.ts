/** The ready queries beside the filter box. */
import type { Row } from '../types';
import { isOngoing } from './geometry';

export type ChipName = 'failed' | 'slow' | 'running' | 'new' | 'notRead';

/** From this total on a request counts as slow, µs. */
export const slowFrom = 500_000;

/** Whether a row counts as failed: no answer, or an answer that says the server failed. */
export const isFailed = (row: Row): boolean => row.state === 'failed' || row.state === 'serverError';

const isSlow = (row: Row): boolean => (row.total ?? 0) >= slowFrom && row.state !== 'open' && row.state !== 'streaming';

export const chips: readonly { name: ChipName; label: string; icon: string; test: (row: Row) => boolean }[] = [
  { name: 'failed', label: 'Failed', icon: 'error', test: isFailed },
  { name: 'slow', label: 'Slow', icon: 'watch', test: isSlow },
  { name: 'running', label: 'Running', icon: 'sync', test: isOngoing },
  { name: 'new', label: 'New connection', icon: 'plug', test: (row) => row.connection?.ordinal === 1 },
  { name: 'notRead', label: 'Not read', icon: 'inbox', test: (row) => row.state === 'notRead' },
];

/** How many of the rows each chip would show. */
export function countChips(rows: readonly Row[]): Record<ChipName, number> {
  const counts: Record<ChipName, number> = { failed: 0, slow: 0, running: 0, new: 0, notRead: 0 };
  for (const row of rows) for (const chip of chips) if (chip.test(row)) counts[chip.name]++;
  return counts;
}
