/**
 * The connections of the trace as lanes, put together from the rows: every request names its connection, and the first
 * one of a connection carries the phases that set it up. Pure.
 */
import type { ConnectionRow, Row, RowPhase } from '../types';
import { beginOf, rowEnd } from './geometry';

export interface LaneRequest {
  row: Row;
  begin: number;
  end: number;
  /** Line within the lane, from 0, free of others at that time. */
  level: number;
}

export interface Lane {
  id: string;
  number: number;
  host: string;
  remote?: string;
  protocol?: string;
  /** Setup phases; from the rows as far as a request waited for them. */
  setup: Pick<RowPhase, 'name' | 'beginAt' | 'duration'>[];
  /** Its end, if it was seen, and who closed it. */
  endAt?: number;
  closedBy?: string;
  /** Its requests in order, each from where the connection was its own. */
  requests: LaneRequest[];
  /** Most requests at one time: HTTP/2 has several on one connection. */
  levels: number;
  begin: number;
  end: number;
  failed: boolean;
  /** Known to be open: it goes on idle to the right. */
  open?: boolean;
}

const setupNames = new Set<string>(['dns', 'tcp', 'proxy', 'tls']);

/** Lanes in order of their begin; `at` is where running requests end, `known` what the host sent about the connections. */
export function lanesOf(
  rows: readonly Row[],
  at: (row: Row) => number,
  known?: ReadonlyMap<string, ConnectionRow>,
  /** Connections without a request too: other protocols, connections made ahead. */
  others = false,
): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const row of rows) {
    const c = row.connection;
    if (!c) continue;
    const setup = row.phases.filter((p) => setupNames.has(p.name));
    const last = setup.at(-1);
    const end = rowEnd(row, at(row));
    const sent = row.phases.find((p) => p.name === 'send' || p.name === 'wait' || p.name === 'download');
    const begin = sent?.beginAt ?? (last ? last.beginAt + last.duration : beginOf(row));
    let lane = lanes.get(c.id);
    if (!lane) {
      lane = {
        id: c.id,
        number: c.number,
        host: row.host,
        setup: [],
        requests: [],
        levels: 1,
        begin: setup[0]?.beginAt ?? begin,
        end,
        failed: false,
      };
      lanes.set(c.id, lane);
    }
    if (setup.length > 0 && (c.ordinal === 1 || lane.setup.length === 0)) lane.setup = setup;
    if (row.remote !== undefined) lane.remote = row.remote;
    if (row.protocol !== undefined) lane.protocol = row.protocol;
    lane.begin = Math.min(lane.begin, setup[0]?.beginAt ?? begin);
    lane.end = Math.max(lane.end, end);
    lane.failed ||= row.state === 'failed';
    lane.requests.push({ row, begin, end, level: 0 });
  }
  if (others) for (const c of known?.values() ?? []) if (c.requests === 0 && !lanes.has(c.id)) lanes.set(c.id, bare(c));
  for (const lane of lanes.values()) {
    place(lane);
    const c = known?.get(lane.id);
    if (!c) continue;
    if (c.phases.length > 0) lane.setup = c.phases;
    if (c.beginAt !== undefined) lane.begin = Math.min(lane.begin, c.beginAt);
    if (c.remote !== undefined) lane.remote = c.remote;
    if (c.protocol !== undefined) lane.protocol = c.protocol;
    if (c.closedBy !== undefined) lane.closedBy = c.closedBy;
    if (c.endAt !== undefined) lane.endAt = c.endAt;
    lane.open = c.endAt === undefined;
  }
  return [...lanes.values()].sort((a, b) => a.begin - b.begin || a.number - b.number);
}

/** A connection that no request was seen on. */
function bare(c: ConnectionRow): Lane {
  const begin = c.beginAt ?? c.readyAt ?? 0;
  return {
    id: c.id,
    number: c.number,
    host: c.host,
    setup: [],
    requests: [],
    levels: 1,
    begin,
    end: c.endAt ?? c.readyAt ?? begin,
    failed: false,
  };
}

/** Gives requests that ran at the same time lines of their own. */
function place(lane: Lane): void {
  const ends: number[] = [];
  for (const r of lane.requests.sort((a, b) => a.begin - b.begin)) {
    const free = ends.findIndex((end) => end <= r.begin);
    r.level = free < 0 ? ends.length : free;
    ends[r.level] = r.end;
  }
  lane.levels = Math.max(1, ends.length);
}
