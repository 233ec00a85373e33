/**
 * What sinks are given of a record that ended, each once. Flat, plain and masked; times in µs, sizes in bytes; what is
 * not known is absent. The same names as in the lines of `--log --json`.
 */
import type { Connection, Request } from '../../model/records';
import { addressText, rowOf } from '../../model/rows/row';
import { maskUrl } from '../../model/secrets/mask';
import type { Store } from '../../model/store/store';

/** Where a record belongs among those of several programs and machines. */
interface Origin {
  /** Instant of the end, ISO 8601. */
  time: string;
  /** The machine. */
  host: string;
  /** Process id. */
  process?: number;
  /** Id of the trace. */
  trace: string;
}

export interface RequestFacts extends Origin {
  event: 'request';
  /** Ids of the trace rules that it matched. */
  traceRequests?: readonly string[];
  /** Id of the request, as in the saved trace. */
  request: string;
  method: string;
  url: string;
  /** Host of the URL, with its port if it is not the scheme's own. */
  server: string;
  protocol?: string;
  status?: number;
  outcome: string;
  error?: { phase?: string; code?: string; message?: string };
  duration?: number;
  phases?: Record<string, number>;
  bytesSent?: number;
  bytesReceived?: number;
  connection?: string;
  reused?: boolean;
  callSite?: string;
  label?: string;
}

export interface ConnectionFacts extends Origin {
  event: 'close';
  connection: string;
  remote?: string;
  closedBy?: string;
  requests?: number;
  bytesSent?: number;
  bytesReceived?: number;
  /** From connected to closed. */
  duration?: number;
}

export type Facts = RequestFacts | ConnectionFacts;

export class FactsOf {
  constructor(
    readonly store: Store,
    readonly host: string,
  ) {}

  #origin(at: number, thread: string | undefined): Origin {
    const process = thread === undefined ? undefined : this.store.thread(thread)?.process.pid;
    const { beginTime, id } = this.store.header;
    const time = new Date(Date.parse(beginTime) + at / 1000).toISOString();
    return { time, host: this.host, ...defined({ process }), trace: id };
  }

  /** `isWhole` is false for a request that has left the trace: of it only itself is known, no phases. */
  request(r: Request, isWhole: boolean): RequestFacts {
    const row = rowOf(r, this.store, r.endAt ?? 0);
    const { error, connection } = row;
    const phases = Object.fromEntries(row.phases.flatMap((p) => (p.endUnknown ? [] : [[p.name, p.duration]])));
    return {
      event: 'request',
      ...this.#origin(r.endAt ?? r.responseBeginAt ?? r.createdAt ?? 0, r.thread),
      ...defined({ traceRequests: row.traceRules }),
      request: r.id,
      method: row.method,
      url: maskUrl(row.url),
      server: row.host,
      ...defined({ protocol: row.protocol, status: row.status }),
      outcome: r.outcome ?? 'running',
      ...defined({
        error,
        duration: r.endAt === undefined ? undefined : row.total,
        phases: isWhole && row.phases.length > 0 ? phases : undefined,
        bytesSent: row.bytesSent,
        bytesReceived: row.bytesReceived,
        connection: connection?.id,
        reused: connection?.reused,
        callSite: row.callSite?.text,
        label: row.label,
      }),
    };
  }

  connection(c: Connection): ConnectionFacts {
    const connectedAt = c.connect?.endAt;
    const closedAt = c.closedAt as number;
    return {
      event: 'close',
      ...this.#origin(closedAt, c.thread),
      connection: c.id,
      ...defined({
        remote: c.remote ? addressText(c.remote) : c.path,
        closedBy: c.closedBy,
        requests: c.requestCount,
        bytesSent: c.bytesSent,
        bytesReceived: c.bytesReceived,
        duration: connectedAt === undefined ? undefined : closedAt - connectedAt,
      }),
    };
  }
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the fields that have no value. */
const defined = <T extends object>(fields: T): Defined<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
