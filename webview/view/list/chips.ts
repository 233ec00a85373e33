/** The ready queries beside the filter box. */
import { isFailed, isOngoing, isServerError, isSlow } from '../../../src/model/query/rowFields';
import type { Row } from '../types';

export type ChipName = 'failed' | 'serverError' | 'slow' | 'running' | 'new' | 'notRead';

export const chips: readonly { name: ChipName; label: string; icon: string; test: (row: Row) => boolean }[] = [
  { name: 'failed', label: 'Failed', icon: 'error', test: isFailed },
  { name: 'serverError', label: '5xx', icon: 'error', test: isServerError },
  { name: 'slow', label: 'Slow', icon: 'watch', test: isSlow },
  { name: 'running', label: 'Running', icon: 'sync', test: isOngoing },
  { name: 'new', label: 'New connection', icon: 'plug', test: (row) => row.connection?.ordinal === 1 },
  { name: 'notRead', label: 'Not read', icon: 'inbox', test: (row) => row.state === 'notRead' },
];

/** How many of the rows each chip would show. */
export function countChips(rows: readonly Row[]): Record<ChipName, number> {
  const counts: Record<ChipName, number> = { failed: 0, serverError: 0, slow: 0, running: 0, new: 0, notRead: 0 };
  for (const row of rows) for (const chip of chips) if (chip.test(row)) counts[chip.name]++;
  return counts;
}
