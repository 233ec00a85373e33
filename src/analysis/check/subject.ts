/** The requests that a rule looks at: of one run, or of a part of it. */
import { plural } from '../../model/base/text';
import { lastInstant } from '../../model/facts/lastInstant';
import type { Finding } from '../../model/records';
import { type Row, rowOf, siteText } from '../../model/rows/row';
import type { Store } from '../../model/store/store';
import { push } from '../base/facts';
import type { Within } from './rulesFile';

export interface CheckedRun {
  name: string;
  store: Store;
  findings: readonly Finding[];
}

export interface Subject extends CheckedRun {
  rows: readonly Row[];
  /** Why requests may be missing; undefined: all are there. */
  incomplete: string | undefined;
}

/** Outgoing requests, by begin; those that a mock answered are the program's too. */
export function subjectOf(run: CheckedRun, ignored: (row: Row) => boolean): Subject {
  const { store } = run;
  const now = store.header.endAt ?? lastInstant(store.requests.values());
  const rows = [...store.requests.values()]
    .filter((r) => r.direction !== 'in')
    .map((r) => rowOf(r, store, now))
    .filter((row) => !ignored(row))
    .sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0));
  return { ...run, rows, incomplete: whyIncomplete(store) };
}

function whyIncomplete(store: Store): string | undefined {
  const { evictedRequests, counted = 0, untraced = 0 } = store.counts;
  if (evictedRequests > 0) return `${plural(evictedRequests, 'request')} were not kept (--max-requests)`;
  if (counted > 0) return `${plural(counted, 'request')} were counted without a record (--sample)`;
  if (untraced > 0) return `${plural(untraced, 'request')} were not traced (trace rules)`;
  if (store.losses.length > 0) return 'events were lost';
  return store.header.state === 'running' ? 'the trace was still running' : undefined;
}

/** The parts that a rule is applied to by themselves, by name; the whole has none. */
export function partsOf(rows: readonly Row[], within: Within): [part: string | undefined, rows: Row[]][] {
  if (within === 'run') return [[undefined, [...rows]]];
  const parts = new Map<string, Row[]>();
  for (const row of rows) push(parts, partOf(row, within), row);
  return parts.size === 0 ? [[undefined, []]] : [...parts];
}

function partOf(row: Row, within: Within): string {
  if (within === 'test') return row.label ?? row.test ?? '(no test)';
  if (within === 'process') return row.process;
  if (within === 'host') return row.host || '(no host)';
  return row.callSite ? siteText(row.callSite) : '(no call site)';
}
