/** What queries ask of a row: for the panel's filter and the command line. */
import { measuredDuration } from '../phases/measured';
import type { PhaseName } from '../records';
import type { Row } from '../rows/row';
import type { Fields, FieldValue } from './compile';

/** From this total on a request counts as slow, µs. */
export const slowFrom = 500_000;

/** No response, or not the whole of it; see outcome.ts. */
export const isFailed = (row: Row): boolean => row.state === 'failed';

export const isServerError = (row: Row): boolean => (row.status ?? 0) >= 500 && !row.mocked && row.state !== 'failed';

/** What is marked in red, and what "next failed" goes to. */
export const wentWrong = (row: Row): boolean => isFailed(row) || isServerError(row);

export const isSlow = (row: Row): boolean =>
  (row.total ?? 0) >= slowFrom && row.state !== 'open' && row.state !== 'streaming';

/** Whether the row's time runs: queued, in a phase, streaming, open, or answered and never read. */
export function isOngoing(row: Row): boolean {
  switch (row.state) {
    case 'queued':
    case 'running':
      return true;
    case 'open':
    case 'streaming':
    case 'notRead':
      return row.endAt === undefined;
    default:
      return false;
  }
}

class Same {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is how a private field gets onto another's object
    return object as Same;
  }
}

/** A row's text, as a private field stamped on it: to ask a WeakMap of 100,000 rows takes longer than to search. */
class Searched extends Same {
  #text: string;
  constructor(row: Row, text: string) {
    super(row);
    this.#text = text;
  }
  static of(row: object): string | undefined {
    return #text in row ? row.#text : undefined;
  }
}

/** Everything of a row that free words look at, in lower case; kept as long as the row lives. */
export function searchText(row: Row): string {
  const known = Searched.of(row);
  if (known !== undefined) return known;
  const { callSite } = row;
  const text = [
    row.method,
    row.url,
    row.stateText,
    row.status,
    callSite?.text,
    callSite?.function,
    callSite?.package,
    row.process,
    row.label,
    row.test,
    row.protocol,
    row.remote,
    row.error?.code,
    row.error?.message,
  ]
    .filter((part) => part !== undefined)
    .join('\n')
    .toLowerCase();
  new Searched(row, text);
  return text;
}

const phase =
  (name: PhaseName) =>
  (row: Row): FieldValue => {
    for (const p of row.phases) if (p.name === name) return measuredDuration(p);
    return undefined;
  };

/** `[::1]:80` → `::1` and 80; the path of a Unix socket has no port. */
const address = /^\[?(.*?)\]?:(\d+)$/;
const hostPort = /^(.*):(\d+)$/;
const usualPort: Readonly<Record<string, number>> = { http: 80, ws: 80, https: 443, wss: 443 };

/** What is made of a text that many rows have, made once a text. */
function once<T>(make: (text: string) => T): (text: string) => T {
  const made = new Map<string, T>();
  return (text) => {
    let value = made.get(text);
    if (value === undefined) {
      value = make(text);
      if (made.size > 500) made.clear();
      made.set(text, value);
    }
    return value;
  };
}

const split = once((host) => {
  const m = hostPort.exec(host);
  return m ? { names: [m[1] as string, host], port: Number(m[2]) } : { names: host };
});
const ofScheme = Object.fromEntries(
  Object.entries(usualPort).map(([scheme, port]) => [scheme, once((host) => [host, `${host}:${port}`])]),
);

/** With and without its port. */
function hosts({ host, scheme }: Row): FieldValue {
  if (host === '') return undefined;
  return host.includes(':') ? split(host).names : (ofScheme[scheme]?.(host) ?? host);
}

const types = once((type) => {
  const end = type.indexOf(';');
  return end < 0 ? type : [type, type.slice(0, end).trimEnd()];
});

const remotes = once((remote): { ip: string; port?: number } => {
  const m = address.exec(remote);
  return m ? { ip: m[1] as string, port: Number(m[2]) } : { ip: remote };
});

function headers(row: Row): FieldValue {
  const { requestHeaders: sent, responseHeaders: received } = row;
  return sent && received ? [...sent, ...received] : (sent ?? received);
}

/** The phase it is in, or died in. */
function currentPhase(row: Row): FieldValue {
  const last = row.phases.at(-1);
  return last && (last.running || last.failed) ? last.name : row.error?.phase;
}

/** When it was called, µs since the program of its run began. */
export const startedOf = ({ createdAt, runBegan = 0 }: Pick<Row, 'createdAt' | 'runBegan'>): number | undefined =>
  createdAt === undefined ? undefined : createdAt - runBegan;

export const rowFields: Fields<Row> = {
  method: (row) => row.method,
  host: hosts,
  port: ({ host, scheme }) => {
    const { port } = split(host);
    return port ?? usualPort[scheme];
  },
  path: (row) => row.path,
  query: (row) => (row.query === '' ? undefined : row.query.slice(1)),
  url: (row) => row.url,
  scheme: (row) => row.scheme || undefined,
  protocol: (row) => row.protocol,
  api: (row) => row.api,
  direction: (row) => row.direction ?? 'out',
  status: (row) => row.status,
  'grpc-status': (row) => row.grpcStatus,
  error: (row) => row.error && (row.error.code ?? ''),
  'error-message': (row) => row.error?.message,
  phase: currentPhase,
  duration: (row) => row.total,
  started: startedOf,
  setup: (row) => row.setup,
  queue: phase('queue'),
  dns: phase('dns'),
  tcp: phase('tcp'),
  proxy: phase('proxy'),
  tls: phase('tls'),
  send: phase('send'),
  wait: phase('wait'),
  download: phase('download'),
  received: (row) => row.bytesReceived,
  sent: (row) => row.bytesSent,
  'content-type': ({ contentType }) => (contentType === undefined ? undefined : types(contentType)),
  header: headers,
  'request-header': (row) => row.requestHeaders,
  'response-header': (row) => row.responseHeaders,
  'remote-ip': ({ remote }) => (remote === undefined ? undefined : remotes(remote).ip),
  'remote-port': ({ remote }) => (remote === undefined ? undefined : remotes(remote).port),
  'local-port': (row) => row.localPort,
  connection: (row) => row.connection?.number,
  ordinal: (row) => row.connection?.ordinal,
  attempt: (row) => row.attempt ?? 1,
  file: (row) => row.callSite?.file,
  line: (row) => row.callSite?.line,
  function: (row) => row.callSite?.function,
  package: (row) => row.callSite?.package,
  process: (row) => row.process,
  pid: (row) => row.pid,
  thread: (row) => row.threadId,
  label: (row) => row.label,
  test: (row) => row.test,
  request: (row) => row.id,
  'trace-rule': (row) => row.traceRules,
  run: (row) => row.run,
  text: searchText,
  failed: isFailed,
  'server-error': isServerError,
  running: isOngoing,
  slow: isSlow,
  reused: (row) => row.connection?.reused,
  new: (row) => (row.connection ? row.connection.ordinal === 1 : undefined),
  unread: (row) => row.state === 'notRead',
  aborted: (row) => row.state === 'aborted',
  interrupted: (row) => row.state === 'interrupted',
  queued: (row) => row.state === 'queued',
  open: (row) => row.state === 'open',
  streaming: (row) => row.state === 'streaming',
  redirect: (row) => row.redirectOf !== undefined,
  retry: (row) => row.retryOf !== undefined || (row.attempt ?? 1) > 1,
  incoming: (row) => row.direction === 'in',
  mocked: (row) => row.mocked === true,
  'sent-by-you': (row) => row.sentByYou === true,
  lost: (row) => row.lost === true,
};
