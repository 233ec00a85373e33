/**
 * The compact view of a request that the panel's grid, the command line's lines and the editor's notes share. Pure:
 * the same record gives the same row everywhere.
 */
import { compareIds } from '../base/ids';
import { packageOf } from '../base/package';
import { phasesOf } from '../phases/phases';
import type { CallSite, Connection, PhaseName, Request } from '../records';
import type { Store } from '../store/store';
import { headerLines, type KernelFacts, kernelFacts, ruleNames } from './rowFacts';
import { type StateName, stateOf } from './state';

/** A phase as the waterfall draws it. Instants and durations in µs; on the row's axis (see `Row.createdAt`). */
export interface RowPhase {
  name: PhaseName;
  beginAt: number;
  duration: number;
  /** Still going on: its end is now. */
  running?: true;
  /** The request died in it. */
  failed?: true;
  /** When is not known: `duration` is what is known of it. */
  endUnknown?: true;
  /** µs of it during which the program stood in the debugger. */
  paused?: number;
}

/** Absent = unknown or not so, never 0. */
export interface Row extends KernelFacts {
  /** Id of the request; unique within its run. In the panel prefixed by the run: `r1/4711-0-12`. */
  id: string;
  /** Ordinal of the run in the panel, from 1; 1 outside the panel. */
  run: number;
  thread: string;
  pid: number;
  threadId: number;
  /** `checkout`, `receipt 4127`, `worker 2`: entry file, with pid or thread where needed. */
  process: string;
  /** True for the root process's main thread. */
  main: boolean;
  api?: string;
  method: string;
  /** Masked. */
  url: string;
  scheme: string;
  /** Host, with the port if it is not the scheme's own. */
  host: string;
  path: string;
  /** With its question mark; empty if there is none. */
  query: string;
  protocol?: string;
  /** A request that the program answered; absent: one that it made. */
  direction?: 'in';
  /** µs since the trace began (in the panel: on the panel's axis). Absent when the line that said so was lost. */
  createdAt?: number;
  /** µs on the panel's axis at which the program of its run began; absent: 0. */
  runBegan?: number;
  endAt?: number;
  status?: number;
  state: StateName;
  /** Words for people: `200`, `DNS not found`, `waiting…`. */
  stateText: string;
  phases: RowPhase[];
  /** µs; absent when the begin is not known, or the end of one that ran when its process was killed. For a running one: so far, at the time the row was made. */
  total?: number;
  /** µs of queue, dns, tcp, proxy and tls together; absent when it had no setup. */
  setup?: number;
  callSite?: {
    file: string;
    /** Absent, as is the column: not known, as a loader has transformed the code. */
    line?: number;
    column?: number;
    function?: string;
    kind: string;
    /** The place is in this package, not in code of the user's own. */
    package?: string;
    /** `payment.ts:57`, `payment.ts (no line)`. */
    text: string;
  };
  connection?: {
    id: string;
    /** Panel's short ordinal, `#5`. */
    number: number;
    /** 0: not known, as it was connected before tracing began. */
    ordinal: number;
    reused: boolean;
  };
  redirectOf?: string;
  retryOf?: string;
  operation?: string;
  attempt?: number;
  /** Its share of the connection's bytes. */
  bytesSent?: number;
  bytesReceived?: number;
  contentType?: string;
  grpcStatus?: number;
  /** `127.0.0.1:8080`. */
  remote?: string;
  /** Port of the program's own end. */
  localPort?: number;
  /** The user's context label. */
  label?: string;
  /** `prices.test.ts › asks the shop`: the test whose code made it. Absent: none, or not known. */
  test?: string;
  /** Ids of the trace rules that it matched. */
  traceRules?: readonly string[];
  /** And their names. */
  traceRuleNames?: string;
  /** `name=value` a header, `name` where the value is not recorded. Absent: headers are not recorded. */
  requestHeaders?: readonly string[];
  responseHeaders?: readonly string[];
  error?: { phase?: string; code?: string; message?: string };
  /** Instants of the chunks of an open or streaming one. */
  marks?: number[];
  /** Why its connection was new, in words; absent: reused, or not known. */
  why?: string;
  /** Answered inside the program, with no connection below. */
  mocked?: true;
  /** The user sent it from Net Trace: it is none of the program's. */
  sentByYou?: true;
  /** Parts of its record were lost or evicted. */
  lost?: true;
}

const setupPhases = new Set<PhaseName>(['dns', 'tcp', 'proxy', 'tls']);

/** The place in the source as written: mapped where a source map says so. What a map leads to a package is the package's. */
export function placeOf(site: CallSite): NonNullable<Row['callSite']> {
  const at = site.source ?? site;
  const library = site.package ?? packageOf(at.file);
  const fn = at.function ?? site.function;
  return {
    file: at.file,
    ...(at.line === undefined || at.column === undefined ? {} : { line: at.line, column: at.column }),
    ...(fn ? { function: fn } : {}),
    kind: library !== undefined && site.kind === 'user' ? 'library' : site.kind,
    ...(library === undefined ? {} : { package: library }),
    text: at.line === undefined ? `${baseName(at.file)} (no line)` : `${baseName(at.file)}:${at.line}`,
  };
}

/** `payment.ts:57`, `index.js:1138 (via got)`: a line of a library is never shown as if it was the user's. */
export const siteText = ({ text, package: library }: NonNullable<Row['callSite']>): string =>
  library === undefined ? text : `${text} (via ${library})`;

/** Whether it is a line of the user's own, beside which what it did can be noted. */
export const isUsersLine = (site: Row['callSite']): site is NonNullable<Row['callSite']> =>
  site !== undefined && site.package === undefined;

/** `:57:12`, to append to a file; empty: the line is not known. */
export const lineAndColumn = ({ line, column }: { line?: number | undefined; column?: number | undefined }): string =>
  line === undefined ? '' : column === undefined ? `:${line}` : `:${line}:${column}`;

/** Why there is no line. */
export const transformedWords = 'line not known: a loader has transformed the code, and its source map was not found';

/** Last part of a path or URL, of either separator. */
export function baseName(file: string): string {
  const end = file.replace(/[?#].*$/, '').replace(/(?<![/\\])[/\\]+$/, '');
  return end.slice(Math.max(end.lastIndexOf('/'), end.lastIndexOf('\\')) + 1);
}

/** Splits a masked URL without parsing it strictly: what is not a URL is returned as path. */
export function urlParts(url: string): { scheme: string; host: string; path: string; query: string } {
  const m = /^([a-z][a-z0-9+.-]*):\/\/(?:[^/?#@]*@)?([^/?#]*)([^?#]*)(\?[^#]*)?/i.exec(url);
  if (!m) return { scheme: '', host: '', path: url, query: '' };
  const scheme = (m[1] as string).toLowerCase();
  const port = scheme === 'http' || scheme === 'ws' ? ':80' : ':443';
  const host = m[2] as string;
  return {
    scheme,
    host: host.endsWith(port) ? host.slice(0, -port.length) : host,
    path: m[3] || '/',
    query: m[4] ?? '',
  };
}

/** Label of a thread for people; `root` is the process that has no traced parent. */
export function threadLabel(
  store: Store,
  threadId: string,
): { pid: number; threadId: number; label: string; main: boolean } {
  const found = store.thread(threadId);
  if (!found) return { pid: 0, threadId: 0, label: threadId, main: false };
  const { process, thread } = found;
  const name = process.entry ? baseName(process.entry).replace(/\.[cm]?[jt]sx?$/, '') : 'node';
  const root = process.parent === undefined && store.rootProcess()?.id === process.id;
  const label = root ? name : `${name} ${process.pid}`;
  return {
    pid: process.pid,
    threadId: thread.threadId,
    label: thread.threadId === 0 ? label : `worker ${thread.threadId}${root ? '' : ` of ${process.pid}`}`,
    main: root && thread.threadId === 0,
  };
}

/** The row of a request at the instant `now` (µs since the trace began; only running ones need it). */
export function rowOf(r: Request, store: Store, now: number): Row {
  const { label, pid, threadId, main } = threadLabel(store, r.thread);
  const breakdown = phasesOf(r, store, now);
  const state = stateOf(r, store, breakdown);
  const connection = r.connection === undefined ? undefined : store.connections.get(r.connection);
  const setup = breakdown.phases.filter((p) => setupPhases.has(p.name));
  const row: Row = {
    id: r.id,
    run: 1,
    thread: r.thread,
    pid,
    threadId,
    process: label,
    main,
    method: r.method ?? '?',
    url: r.url ?? '',
    ...urlParts(r.url ?? ''),
    // Of a CONNECT the URL is the proxy's; what it asks for is the tunnel's other end.
    ...(r.method === 'CONNECT' && r.target !== undefined ? { path: r.target } : {}),
    state: state.state,
    stateText: state.text,
    phases: breakdown.phases.map((p) => ({
      name: p.name,
      beginAt: p.beginAt,
      duration: p.duration,
      ...(p.running ? { running: true as const } : {}),
      ...(p.failed ? { failed: true as const } : {}),
      ...(p.endUnknown ? { endUnknown: true as const } : {}),
      ...(p.paused !== undefined ? { paused: p.paused } : {}),
    })),
  };
  if (r.api !== undefined) row.api = r.api;
  if (r.direction === 'in') row.direction = 'in';
  if (r.protocol !== undefined) row.protocol = r.protocol;
  if (r.createdAt !== undefined) row.createdAt = r.createdAt;
  if (r.endAt !== undefined) row.endAt = r.endAt;
  if (r.response?.status !== undefined) row.status = r.response.status;
  if (r.response?.grpcStatus !== undefined) row.grpcStatus = r.response.grpcStatus;
  if (breakdown.total !== undefined && !breakdown.endUnknown) row.total = breakdown.total;
  if (setup.length > 0 && !setup.at(-1)?.endUnknown) row.setup = setup.reduce((sum, p) => sum + p.duration, 0);
  if (r.callSite) row.callSite = placeOf(r.callSite);
  const earlier = connection?.earlierTrace === true && r.ordinal === undefined;
  if (r.connection !== undefined && (r.ordinal !== undefined || earlier)) {
    row.connection = {
      id: r.connection,
      number: store.connectionNumber(r.connection),
      ordinal: r.ordinal ?? 0,
      reused: earlier || (r.ordinal ?? 0) > 1,
    };
  }
  if (r.redirectOf !== undefined) row.redirectOf = r.redirectOf;
  if (r.retryOf !== undefined) row.retryOf = r.retryOf;
  if (r.operation !== undefined) row.operation = r.operation;
  if (r.attempt !== undefined) row.attempt = r.attempt;
  if (r.bytesSent !== undefined) row.bytesSent = r.bytesSent;
  if (r.bytesReceived !== undefined) row.bytesReceived = r.bytesReceived;
  if (r.response?.contentType !== undefined) row.contentType = r.response.contentType;
  if (connection?.remote) row.remote = addressText(connection.remote);
  else if (connection?.path !== undefined) row.remote = connection.path;
  if (connection?.local) row.localPort = connection.local.port;
  if (r.label !== undefined) row.label = r.label;
  if (r.test !== undefined) row.test = r.test;
  if (r.traceRequests !== undefined && r.traceRequests.length > 0) {
    row.traceRules = r.traceRequests;
    row.traceRuleNames = ruleNames(r.traceRequests, store);
  }
  if (r.kernel) Object.assign(row, kernelFacts(r.kernel));
  if (r.headers) row.requestHeaders = headerLines(r.headers);
  if (r.response?.headers) row.responseHeaders = headerLines(r.response.headers);
  if (r.error) {
    row.error = {
      ...(r.error.phase !== undefined ? { phase: r.error.phase } : {}),
      ...(r.error.code !== undefined ? { code: r.error.code } : {}),
      ...(r.error.message !== undefined ? { message: r.error.message } : {}),
    };
  }
  if (r.chunks && r.outcome === undefined) row.marks = r.chunks.marks.map((m) => m[0] as number);
  else if (r.outcome === 'upgraded' && connection?.upgrade && connection.closedAt === undefined) {
    const { chunksSent, chunksReceived } = connection.upgrade;
    const marks = [...(chunksSent?.marks ?? []), ...(chunksReceived?.marks ?? [])].map((m) => m[0] as number);
    if (marks.length > 0) row.marks = marks.sort((a, b) => a - b).slice(-64);
  }
  const why = connection && r.ordinal === 1 ? whyNew(r, connection, store) : undefined;
  if (why !== undefined) row.why = why;
  if (r.mocked) row.mocked = true;
  if (r.lost) row.lost = true;
  return row;
}

/** Why a connection was new, by what the pool was like when the dial began. Absent when that is not known. */
function whyNew(r: Request, c: Connection, store: Store): string | undefined {
  const dial = c.dial === undefined ? undefined : store.dials.get(c.dial);
  const pool = dial?.pool;
  if (!dial || !pool) return undefined;
  if (dial.request !== undefined && dial.request !== r.id) return 'opened for another request';
  if (pool.busy !== undefined && pool.busy > 0)
    return `${pool.busy} busy connection${pool.busy === 1 ? '' : 's'}, none free`;
  if (pool.free === 0) return 'no open connection in its agent';
  return undefined;
}

/** `127.0.0.1:80`, `[::1]:80`. */
export function addressText(a: { address: string; port: number }): string {
  return a.address.includes(':') ? `[${a.address}]:${a.port}` : `${a.address}:${a.port}`;
}

type Placed = Pick<Row, 'createdAt' | 'id'>;
/** Orders rows by begin, then id: the order of the grid and of the file. */
export const compareRows = (a: Placed, b: Placed): number =>
  (a.createdAt ?? Number.POSITIVE_INFINITY) - (b.createdAt ?? Number.POSITIVE_INFINITY) || compareIds(a.id, b.id);
