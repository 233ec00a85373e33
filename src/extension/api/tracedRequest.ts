/** A row as others are given it: by the extension's interface, and in the Debug Console. */
import type { Row } from '../../model/rows/row';
import type { TracedRequest } from './types';

/** Of the run that the row belongs to. */
export interface Clock {
  /** RFC 3339, of the trace's begin. */
  beginTime: string;
  /** µs from the trace's begin to the axis of the rows. */
  offset: number;
}

const ms = (us: number): number => Math.round(us) / 1000;

export function tracedRequest(row: Row, clock: Clock | undefined): TracedRequest {
  const done = row.endAt !== undefined;
  return compact({
    id: row.id,
    method: row.method,
    url: row.url,
    status: row.status,
    state: row.stateText,
    error: row.error && compact({ ...row.error }),
    startedAt: row.createdAt === undefined || !clock ? undefined : wallTime(row.createdAt, clock),
    durationMs: done && row.total !== undefined ? ms(row.total) : undefined,
    phasesMs: Object.fromEntries(
      row.phases.filter((p) => !p.running && !p.endUnknown).map((p) => [p.name, ms(p.duration)]),
    ),
    callSite: row.callSite && compact(placeOf(row.callSite)),
    connection: row.connection && { number: row.connection.number, reused: row.connection.reused },
    protocol: row.protocol,
    remote: row.remote,
    bytesSent: row.bytesSent,
    bytesReceived: row.bytesReceived,
    pid: row.pid,
    threadId: row.threadId,
    traceRules: row.traceRules,
  });
}

const placeOf = ({ file, line, column, function: name, package: library }: NonNullable<Row['callSite']>) => ({
  file,
  line,
  column,
  function: name,
  package: library,
});

function wallTime(at: number, { beginTime, offset }: Clock): string | undefined {
  const begin = Date.parse(beginTime);
  return Number.isNaN(begin) ? undefined : new Date(begin + (at - offset) / 1000).toISOString();
}

type Compact<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without what is absent. */
function compact<T extends object>(value: T): Compact<T> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Compact<T>;
}
