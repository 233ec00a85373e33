/** The findings of a store, made again at most every other second while its program runs. */
import { findingsOf } from '../../analysis/document';
import type { FindingRow, RelatedRequest } from '../../model/panel/protocol';
import type { Finding } from '../../model/records';
import type { Row } from '../../model/rows/row';
import type { Store } from '../../model/store/store';
import { type RunRows, rowIdOf } from './rows';

/** Between two analyses of a running program; and so many times what the last one took. */
const rest = { minMs: 2000, timesCost: 20 };
/** Requests listed as links. */
const maxLinks = 8;
const made = new WeakMap<
  Store,
  { at: number; cost: number; requests: number; state: string; findings: readonly Finding[] }
>();

export function findingsFor(store: Store, now: number): readonly Finding[] {
  const { requests } = store.counts;
  const { state } = store.header;
  const known = made.get(store);
  const at = performance.now();
  const current = known && known.requests === requests && known.state === state && state !== 'running';
  if (known && (current || (state === 'running' && at - known.at < Math.max(rest.minMs, rest.timesCost * known.cost))))
    return known.findings;
  const findings = findingsOf(store, now);
  made.set(store, { at, cost: performance.now() - at, requests, state, findings });
  return findings;
}

/** Findings about a request, or about its connection, lookup and other records below it. */
export function findingsAbout(ids: readonly (string | undefined)[], store: Store, now: number): Finding[] {
  return findingsFor(store, now).filter((f) => f.subjects.some((s) => ids.includes(s)));
}

/** As the page shows them. What is about rows cleared away is left out. */
export function findingRowsOf(rows: RunRows, now: number): FindingRow[] {
  return findingsFor(rows.store, now).flatMap((f) => {
    const all = requestsAbout(f, rows);
    const shown = all.flatMap((row) => row ?? []);
    if (all.length > 0 && shown.length === 0) return [];
    const lane = shown.length === 0 ? laneOf(f, rows) : undefined;
    const { rule, severity, title, text, fault, certainty, evidence } = f;
    return {
      id: `r${rows.run}/${rule}/${title}`,
      run: rows.run,
      ...{ rule, severity, title, text, fault, certainty, evidence },
      requests: shown.slice(0, maxLinks).map(link),
      ...(shown.length > maxLinks || f.subjectCount !== undefined
        ? { requestCount: Math.max(shown.length, f.subjectCount ?? 0) }
        : {}),
      ...(f.advice === undefined ? {} : { advice: f.advice }),
      ...(lane === undefined ? {} : { lane }),
    };
  });
}

const link = (row: Row): RelatedRequest => ({ id: row.id, text: `${row.method} ${row.path}`, state: row.stateText });

/** Its subjects as requests: those on a connection, of a dial or a lookup. Undefined: no longer shown. */
function requestsAbout(f: Finding, rows: RunRows): (Row | undefined)[] {
  const { store, run } = rows;
  const ids = new Set(
    f.subjects.flatMap((s): readonly string[] => {
      if (store.requests.has(s)) return [s];
      const connection = store.tlsTunnels.get(s)?.connection ?? s;
      const dial = store.lookups.get(s)?.dial ?? s;
      return [...store.requestsOfConnection(connection), ...(store.dials.get(dial)?.request ?? '').split(' ')];
    }),
  );
  ids.delete('');
  return [...ids].map((id) => rows.get(rowIdOf(run, id)));
}

function laneOf(f: Finding, { store, run }: RunRows): FindingRow['lane'] {
  for (const s of f.subjects) {
    const c = store.connections.get(s);
    if (c) return { id: rowIdOf(run, c.id), text: c.remote ? `${c.remote.address}:${c.remote.port ?? ''}` : c.id };
  }
  return undefined;
}
