/**
 * The rows of one run as the panel shows them: made from the run's store when its records change, with ids that are
 * unique over all runs (`r2/4711-0-12`) and instants on the panel's axis.
 */
import { connectionRowOf } from '../../model/panel/connectionRow';
import type { ConnectionRow } from '../../model/panel/protocol';
import type { Connection, Request } from '../../model/records';
import { compareRows, type Row, rowOf } from '../../model/rows/row';
import type { Store } from '../../model/store/store';
import { Cleared, type Figures } from './cleared';

export interface RowChanges {
  upsert: Row[];
  removed: string[];
  /** Connections that changed: lanes of the connections view. */
  connections?: ConnectionRow[];
}

export const rowIdOf = (run: number, request: string): string => `r${run}/${request}`;

/** Run and request of a row's id; undefined for what is no such id. */
export function partsOfRowId(id: string): { run: number; request: string } | undefined {
  const match = /^r(\d+)\/(.+)$/.exec(id);
  return match ? { run: Number(match[1]), request: match[2] as string } : undefined;
}

/** Gives a row of `rowOf`, which nobody else holds yet, the run's id and offset: a copy of each would cost as much again. */
export function placed(row: Row, run: number, offset: number, began = offset): Row {
  row.id = rowIdOf(run, row.id);
  row.run = run;
  if (began !== 0) row.runBegan = began;
  for (const phase of row.phases) phase.beginAt += offset;
  if (row.createdAt !== undefined) row.createdAt += offset;
  if (row.endAt !== undefined) row.endAt += offset;
  if (row.marks) row.marks = row.marks.map((at) => at + offset);
  if (row.connection) row.connection.id = rowIdOf(run, row.connection.id);
  for (const link of ['redirectOf', 'retryOf', 'operation'] as const) {
    const id = row[link];
    if (id !== undefined) row[link] = rowIdOf(run, id);
  }
  return row;
}

function placedLane(row: ConnectionRow, run: number, offset: number): ConnectionRow {
  const out: ConnectionRow = {
    ...row,
    id: rowIdOf(run, row.id),
    phases: row.phases.map((p) => ({ ...p, beginAt: p.beginAt + offset })),
  };
  for (const at of ['beginAt', 'readyAt', 'endAt'] as const) if (row[at] !== undefined) out[at] = row[at] + offset;
  return out;
}

/** When the first process began, µs since the trace began: the debugger's own start-up before it is nobody's business. */
export function firstProcessAt(store: Store): number | undefined {
  let first: number | undefined;
  for (const p of store.processes.values()) first = Math.min(first ?? p.startAt, p.startAt);
  return first;
}

/** What was cleared before something was cleared. */
export interface ClearedBefore {
  at: number;
  cleared: Cleared | undefined;
}

export class RunRows {
  readonly #rows = new Map<string, Row>();
  /** µs on the panel's axis at which the program began. Fixed once a row was made. */
  began: number;
  /** Rows of requests created up to here are cleared; µs of the trace. */
  #clearedAt = Number.NEGATIVE_INFINITY;
  /** What the store still counts of them; absent: nothing was cleared. */
  cleared: Cleared | undefined;

  constructor(
    readonly store: Store,
    readonly run: number,
    /** µs from the trace's begin to the panel's axis. Fixed once a row was made. */
    public offset: number,
    /** The user sent its requests: they are no program's. */
    readonly sentByYou = false,
  ) {
    this.began = offset;
  }

  /** Takes over what changed in the store. `now`: µs since the trace began. */
  update(now: number): RowChanges {
    const changes = this.store.takeChanges();
    const out: RowChanges = { upsert: [], removed: [] };
    for (const id of changes.removed) {
      if (this.#rows.delete(rowIdOf(this.run, id))) out.removed.push(rowIdOf(this.run, id));
      else this.cleared?.evicted(id);
    }
    for (const id of changes.requests) {
      const request = this.store.requests.get(id);
      if (!request) continue;
      if ((request.createdAt ?? Number.POSITIVE_INFINITY) <= this.#clearedAt) {
        this.cleared?.changed(id, request);
        continue;
      }
      const row = this.#rowOf(request, now);
      this.#rows.set(row.id, row);
      out.upsert.push(row);
    }
    const lanes = [...changes.connections].flatMap((id) => this.#lane(this.store.connections.get(id)));
    if (lanes.length > 0) out.connections = lanes;
    return out;
  }

  #rowOf(request: Request, now: number): Row {
    const row = placed(rowOf(request, this.store, now), this.run, this.offset, this.began);
    if (this.sentByYou) row.sentByYou = true;
    return row;
  }

  connections(): ConnectionRow[] {
    return [...this.store.connections.values()].flatMap((c) => this.#lane(c));
  }

  #lane(c: Connection | undefined): ConnectionRow[] {
    const row = c && connectionRowOf(c, this.store);
    return row ? [placedLane(row, this.run, this.offset)] : [];
  }

  /** Hides what was requested until now, which the store's counts say is `counted`; the records stay. */
  clear(now: number, counted: Figures): ClearedBefore {
    const before = { at: this.#clearedAt, cleared: this.cleared };
    this.#clearedAt = now;
    this.cleared = new Cleared(this.store.requests, counted);
    this.#rows.clear();
    return before;
  }

  /** Takes the last `clear` back. */
  unclear({ at, cleared }: ClearedBefore, now: number): void {
    this.#clearedAt = at;
    this.cleared = cleared;
    for (const request of this.store.requests.values()) {
      if ((request.createdAt ?? Number.POSITIVE_INFINITY) <= at) continue;
      const row = this.#rowOf(request, now);
      this.#rows.set(row.id, row);
    }
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
