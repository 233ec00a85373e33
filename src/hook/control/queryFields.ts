/**
 * What a query can ask of a record while it is filled: `pending` until it is known, or will not come any more. Durations
 * are in µs. What only the trace as a whole knows (numbers of connections, comparisons with others) is absent.
 */

import { packageOf } from '../../model/base/package';
import { type Fields, type FieldValue, pending } from '../../model/query/compile';
import { errorInfo } from '../output/errors';
import type { RequestRecord } from '../records/request';
import type { ResponseFacts } from '../records/requestData';
import { phaseAtEnd } from '../records/requestPhase';
import { lettingGo, Try } from '../records/tries';
import type { Wire } from '../records/wire';
import { pid, threadId } from '../runtime/builtins';
import { now, us } from '../runtime/clock';
import { type CallPlace, placeIn } from '../sites/callPlace';
import { presentSite } from '../sites/callSite';

type Read = (r: RequestRecord) => FieldValue;

/** Nothing more will be known. */
const isOver = (r: RequestRecord): boolean => r.endAt !== 0 || r.leaving === true;

/** Known at the end only. */
const atEnd =
  (read: Read): Read =>
  (r) =>
    isOver(r) ? read(r) : pending;

/** Known from the response's head on; absent when none came. */
const ofResponse =
  (read: (facts: ResponseFacts, r: RequestRecord) => FieldValue): Read =>
  (r) => {
    if (r.responseBeginAt === 0) return isOver(r) ? undefined : pending;
    r.facts ??= r.readResponse();
    return r.facts === undefined ? undefined : read(r.facts, r);
  };

/** Of the connection that carried it. */
const ofWire =
  (read: (wire: Wire) => FieldValue): Read =>
  (r) => {
    const { wire } = r;
    if (wire !== undefined && wire.readyAt !== 0) return read(wire);
    return isOver(r) ? (wire ?? r.dial)?.winner && read((wire ?? r.dial) as Wire) : pending;
  };

/** Of its place among the requests of its connection; absent: it had none. */
const ofPlace =
  (read: (ordinal: number) => FieldValue): Read =>
  (r) =>
    r.ordinal !== 0 && r.wire?.winner !== undefined && (r.wire.connectedAt !== 0 || isOver(r))
      ? read(r.ordinal)
      : isOver(r)
        ? undefined
        : pending;

interface Address {
  scheme: string;
  host: string;
  port: number;
  path: string;
  query: string;
}

/** Asked by several terms in a row. */
let last: { of: RequestRecord; is: Address } | undefined;

function addressOf(r: RequestRecord): Address {
  if (last?.of === r) return last.is;
  const m = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d+))?([^?#]*)(?:\?([^#]*))?/i.exec(
    r.url(),
  );
  const scheme = (m?.[1] ?? 'http').toLowerCase();
  const is = {
    scheme,
    host: (m?.[2] ?? '').toLowerCase(),
    port: Number(m?.[3]) || (scheme === 'https' || scheme === 'wss' ? 443 : 80),
    path: m?.[4] || '/',
    query: m?.[5] ?? '',
  };
  last = { of: r, is };
  return is;
}

const sites = new WeakMap<RequestRecord | Try, CallPlace | null>();

lettingGo.push((r, t) => {
  const known = sites.get(r);
  if (known !== undefined) sites.set(t, known);
});

/** The line of the program's own that made it. */
function siteOf(r: RequestRecord | Try): CallPlace | undefined {
  const known = sites.get(r);
  if (known !== undefined) return known ?? undefined;
  const before = r instanceof Try ? undefined : (r.redirectOf ?? r.retryOf);
  const error = r.kept?.error ?? presentSite();
  const found = (before && siteOf(before)) ?? (error && placeIn(error));
  sites.set(r, found ?? null);
  return found;
}

/** In the source where there is a map, and as the runtime names it. */
function filesOf(r: RequestRecord): string[] | undefined {
  const site = siteOf(r);
  return site && (site.source ? [site.source.file, site.file] : [site.file]);
}

/** The dial whose setup times belong to this request; undefined on a reused connection. */
function setUp(r: RequestRecord): Wire | undefined {
  const wire = r.dial ?? r.wire;
  if (wire === undefined || r.ordinal > 1 || (wire.readyAt !== 0 && wire.readyAt <= r.createdAt)) return undefined;
  return wire;
}

/** µs between two readings; absent if one is not there. */
const between = (begin: number, end: number): number | undefined =>
  begin === 0 || end === 0 ? undefined : Math.max(0, us(end) - us(begin));

const endOf = (r: RequestRecord): number => (r.endAt === 0 ? now() : r.endAt);

function headerLines(list: string[] = []): string[] {
  const lines: string[] = [];
  for (let i = 0; i + 1 < list.length; i += 2) lines.push(`${list[i]?.toLowerCase()}=${list[i + 1]}`);
  return lines;
}

const sentHeaders: Read = (r) => {
  const list = r.headerList('request');
  if (list !== undefined && r.sendBeginAt !== 0) return headerLines(list);
  return isOver(r) ? headerLines(list) : pending;
};
const receivedHeaders = ofResponse((_, r) => headerLines(r.headerList('response')));

/** µs; the panel's word `slow` means the same. */
const slowFrom = 500_000;

/** The program by its path, and as the panel names it. */
const entry = process.argv[1] ?? process.argv0;
const names = [entry, entry.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, '')];

export const requestFields: Fields<RequestRecord> = {
  method: (r) => r.method,
  host: (r) => {
    const { host, port } = addressOf(r);
    return [host, `${host}:${port}`];
  },
  port: (r) => addressOf(r).port,
  path: (r) => addressOf(r).path,
  query: (r) => addressOf(r).query || undefined,
  url: (r) => r.url(),
  scheme: (r) => addressOf(r).scheme,
  protocol: (r) => (r.streamId !== 0 || r.wire?.isH2 === true ? 'h2' : ofResponse((f) => f.protocol || undefined)(r)),
  api: (r) => r.api,
  direction: () => 'out',
  status: ofResponse((f) => f.status || undefined),
  'grpc-status': atEnd((r) => (r.grpcStatus < 0 ? undefined : r.grpcStatus)),
  error: atEnd((r) => {
    if (r.error === undefined && r.phase === undefined) return undefined;
    const { code, name } = errorInfo(r.error, r.phase) as { code?: string; name?: string };
    return code ?? name;
  }),
  'error-message': atEnd((r) =>
    r.error === undefined ? undefined : (errorInfo(r.error, r.phase) as { message?: string }).message,
  ),
  phase: atEnd(phaseAtEnd),
  duration: atEnd((r) => us(endOf(r)) - us(r.createdAt)),
  dns: atEnd((r) => {
    const wire = setUp(r);
    return wire?.lookup && between(Math.max(wire.beginAt, r.createdAt), wire.lookup.endAt);
  }),
  tcp: atEnd((r) => {
    const wire = setUp(r);
    if (wire === undefined || (wire.lookup && (wire.lookup.endAt === 0 || wire.lookup.error))) return undefined;
    return between(
      Math.max(wire.lookup?.endAt ?? wire.beginAt, r.createdAt),
      wire.connectedAt || wire.endAt || endOf(r),
    );
  }),
  tls: atEnd((r) => {
    const wire = setUp(r);
    if (!wire?.tunnel || wire.connectedAt === 0) return undefined;
    return between(Math.max(wire.connectedAt, r.createdAt), wire.readyAt || endOf(r));
  }),
  wait: atEnd((r) => between(r.sendEndAt, r.responseBeginAt || (r.sendEndAt === 0 ? 0 : endOf(r)))),
  download: atEnd((r) => between(r.responseBeginAt, r.responseBeginAt === 0 ? 0 : endOf(r))),
  received: atEnd((r) => (r.bytesReceived < 0 ? undefined : r.bytesReceived)),
  sent: atEnd((r) => (r.bytesSent < 0 ? undefined : r.bytesSent)),
  'content-type': ofResponse(({ contentType }) =>
    contentType === '' ? undefined : [contentType, contentType.slice(0, `${contentType};`.indexOf(';')).trimEnd()],
  ),
  header: (r) => {
    const [sent, received] = [sentHeaders(r), receivedHeaders(r)];
    if (sent === pending || received === pending) return pending;
    return [...((sent as string[] | undefined) ?? []), ...((received as string[] | undefined) ?? [])];
  },
  'request-header': sentHeaders,
  'response-header': receivedHeaders,
  'remote-ip': ofWire((w) => w.winner?.address || undefined),
  'remote-port': ofWire((w) => w.winner?.port || undefined),
  'local-port': ofWire((w) => w.local?.port),
  ordinal: ofPlace((n) => n),
  attempt: (r) => r.attempt,
  file: filesOf,
  line: (r) => siteOf(r)?.source?.line ?? (siteOf(r)?.line || undefined),
  function: (r) => siteOf(r)?.fn || undefined,
  package: (r) => filesOf(r)?.map(packageOf)[0],
  process: () => names,
  pid: () => pid,
  thread: () => threadId,
  label: (r) => r.label || undefined,
  text: (r) => `${r.method} ${r.url()}`.toLowerCase(),
  failed: atEnd((r) => r.hasFailed),
  'server-error': atEnd((r) => !r.hasFailed && !r.mocked && (r.readResponse()?.status ?? 0) >= 500),
  running: (r) => !isOver(r),
  reused: ofPlace((n) => n > 1),
  new: ofPlace((n) => n === 1),
  unread: atEnd((r) => r.outcome === 'notRead'),
  aborted: atEnd((r) => r.outcome === 'aborted' && !r.hasFailed),
  interrupted: () => false,
  redirect: (r) => r.redirectOf !== undefined,
  retry: (r) => r.retryOf !== undefined || r.attempt > 1,
  slow: atEnd((r) => us(endOf(r)) - us(r.createdAt) >= slowFrom),
  incoming: () => false,
  mocked: atEnd((r) => r.mocked),
  lost: () => false,
};
