/**
 * The rows of one run as the panel shows them: made from the run's store when its records change, with ids that are
 * unique over all runs (`r2/4711-0-12`) and instants on the panel's axis.
 */
import { compareRows, type Row, rowOf } from '../model/row';
import type { Store } from '../model/store';

export interface RowChanges {
  upsert: Row[];
  removed: string[];
}

export const rowIdOf = (run: number, request: string): string => `r${run}/${request}`;

/** Run and request of a row's id; undefined for what is no such id. */
export function partsOfRowId(id: string): { run: number; request: string } | undefined {
  const match = /^r(\d+)\/(.+)$/.exec(id);
  return match ? { run: Number(match[1]), request: match[2] as string } : undefined;
}

/** The row with the run's id and offset. */
export function placed(row: Row, run: number, offset: number): Row {
  const out: Row = {
    ...row,
    id: rowIdOf(run, row.id),
    run,
    phases: row.phases.map((p) => ({ ...p, beginAt: p.beginAt + offset })),
  };
  if (row.createdAt !== undefined) out.createdAt = row.createdAt + offset;
  if (row.endAt !== undefined) out.endAt = row.endAt + offset;
  if (row.connection) out.connection = { ...row.connection, id: rowIdOf(run, row.connection.id) };
  for (const link of ['redirectOf', 'retryOf', 'operation'] as const) {
    const id = row[link];
    if (id !== undefined) out[link] = rowIdOf(run, id);
  }
  return out;
}

export class RunRows {
  readonly #rows = new Map<string, Row>();
  /** Rows of requests created up to here are cleared; µs of the trace. */
  #clearedAt = Number.NEGATIVE_INFINITY;

  constructor(
    readonly store: Store,
    readonly run: number,
    readonly offset: number,
  ) {}

  /** Takes over what changed in the store. `now`: µs since the trace began. */
  update(now: number): RowChanges {
    const changes = this.store.takeChanges();
    const out: RowChanges = { upsert: [], removed: [] };
    for (const id of changes.removed)
      if (this.#rows.delete(rowIdOf(this.run, id))) out.removed.push(rowIdOf(this.run, id));
    for (const id of changes.requests) {
      const request = this.store.requests.get(id);
      if (!request || (request.createdAt ?? Number.POSITIVE_INFINITY) <= this.#clearedAt) continue;
      const row = placed(rowOf(request, this.store, now), this.run, this.offset);
      this.#rows.set(row.id, row);
      out.upsert.push(row);
    }
    return out;
  }

  /** Hides what was requested until now; the records stay. */
  clear(now: number): void {
    this.#clearedAt = now;
    this.#rows.clear();
  }

  get(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  /** By begin, then id. */
  all(): Row[] {
    return [...this.#rows.values()].sort(compareRows);
  }

  get size(): number {
    return this.#rows.size;
  }
}
