/** Requests of an EVE file, and what they say of their connections. */

import type { Connection, Dial, Header, Request, TlsTunnel } from '../../model/records';
import { errorOfText } from '../shared/errorText';
import { byImport, importedId, noThread, present, protocolOf } from '../shared/imported';
import { hostPort } from '../shared/words';
import type { EveInput, EveRequestInput } from './input';
import type { Times } from './times';

interface Underlying {
  dials: Dial[];
  connections: Connection[];
  tlsTunnels: TlsTunnel[];
}

export function requestsOf(
  eve: EveInput,
  times: Times,
  underlying: Underlying,
): { requests: Request[]; connections: Connection[] } {
  const dials = new Map(underlying.dials.map((d) => [d.id, d]));
  const connections = new Map(underlying.connections.map((c) => [c.id, c]));
  const tunnels = new Map<string, TlsTunnel[]>();
  for (const t of underlying.tlsTunnels) {
    const known = tunnels.get(t.connection ?? '');
    if (known) known.push(t);
    else tunnels.set(t.connection ?? '', [t]);
  }
  const ordinals = new Map<string, number>();
  const failedDials = underlying.dials.filter((d) => d.error !== undefined);
  const sent = (r: EveRequestInput) => times.at(r.reqSentAt) ?? Number.POSITIVE_INFINITY;
  const inOrder = (eve.httpRequests ?? []).map((r, i) => ({ r, i })).sort((a, b) => sent(a.r) - sent(b.r) || a.i - b.i);
  const requests = inOrder.map(({ r }): Request => {
    const request = requestOf(r, times);
    const c = request.connection === undefined ? undefined : connections.get(request.connection);
    if (!c) return withFailedDial({ ...request, missing: { ...request.missing, ...queueMissing } }, failedDials);
    const ordinal = (ordinals.get(c.id) ?? 0) + 1;
    ordinals.set(c.id, ordinal);
    const protocol = request.protocol === 'http/1.0' ? 'http/1.1' : request.protocol;
    connections.set(c.id, { ...c, requestCount: ordinal, ...(protocol === undefined ? {} : { protocol }) });
    return onConnection(request, r, ordinal, c, dials, tunnels.get(c.id) ?? []);
  });
  return { requests, connections: [...connections.values()] };
}

/** EVE has no word for the wait for a connection. */
const queueMissing = { queue: 'notInFormat' } as const;

function requestOf(r: EveRequestInput, times: Times): Request {
  const sentAt = times.at(r.reqSentAt);
  const responded = times.at(r.respRecvAt);
  const status = r.respStatusCode || undefined;
  const major = r.protoMajor ?? 0;
  const protocol = major === 0 ? undefined : protocolOf(`http/${major}.${r.protoMinor ?? 0}`);
  const headers = headersOf(r.respHeader);
  const hasResponse = status !== undefined || responded !== undefined || headers !== undefined;
  return present({
    id: importedId(r.traceID ?? ''),
    thread: noThread,
    createdAt: sentAt,
    method: r.reqMethod || undefined,
    url: r.reqURL || undefined,
    proxy: proxyOf(r),
    protocol,
    headers: headersOf(r.reqHeader),
    body: r.reqContentLen ? { bytes: r.reqContentLen } : undefined,
    connection: r.tcpConn ? importedId(r.tcpConn) : undefined,
    sendBeginAt: sentAt,
    responseBeginAt: responded,
    response: hasResponse ? present({ status, headers, readBytes: r.RespContentLen ?? 0 }) : undefined,
    ...outcomeOf(r.reqError ?? '', hasResponse),
    missing: {
      send: 'notInFormat',
      ...(hasResponse ? { download: 'notInFormat' } : { endAt: 'notInFormat' }),
    },
    by: byImport,
  });
}

/** How it ended: our own words for it are known again. */
function outcomeOf(error: string, hasResponse: boolean): Partial<Request> {
  if (error === '') return { outcome: hasResponse ? 'complete' : 'interrupted' };
  if (error === 'failed') return { outcome: 'failed' };
  if (error === 'aborted') return { outcome: 'aborted' };
  if (error.startsWith('aborted: ')) return { outcome: 'aborted', abort: { reason: error.slice('aborted: '.length) } };
  return { outcome: 'failed', error: errorOfText(error) };
}

function proxyOf(r: EveRequestInput): Request['proxy'] {
  if (!r.networkProxy) return undefined;
  const kind = /^([a-z][a-z0-9]*):/i.exec(r.networkProxy)?.[1]?.toLowerCase();
  const mode = /^https:/i.test(r.reqURL ?? '') ? 'tunnel' : 'forward';
  return present({ url: r.networkProxy, kind, mode });
}

function headersOf(list: EveRequestInput['reqHeader']): Header[] | undefined {
  if (!list || list.length === 0) return undefined;
  return list.map((h) =>
    present({ name: h.fieldName ?? '', value: h.fieldVal || undefined, length: h.fieldValLen || undefined }),
  );
}

/** The first request on a connection is taken as the one that dialled it, unless it was sent before. */
function onConnection(
  request: Request,
  r: EveRequestInput,
  ordinal: number,
  c: Connection,
  dials: ReadonlyMap<string, Dial>,
  tunnels: readonly TlsTunnel[],
): Request {
  const dial = ordinal === 1 && c.dial !== undefined ? dials.get(c.dial) : undefined;
  const own = dial?.beginAt !== undefined && request.createdAt !== undefined ? dial : undefined;
  const origin = tunnels.some((t) => t.purpose === 'origin');
  const broken = tunnels.find((t) => t.error !== undefined)?.endAt;
  // EVE leaves the reference out with HTTP/2: what is written again must leave it out too.
  const missingTunnel = !r.tlsTunnel && origin ? { tlsTunnel: 'notInFormat' } : {};
  return present({
    ...request,
    createdAt: own ? Math.min(own.beginAt as number, request.createdAt as number) : request.createdAt,
    dial: own?.id,
    ordinal,
    endAt: request.outcome === 'failed' && !request.response ? broken : undefined,
    missing: { ...request.missing, ...missingTunnel, ...queueMissing },
  });
}

/** A request without a connection died with the dial of its host that failed after it was made. */
function withFailedDial(request: Request, failed: Dial[]): Request {
  const { createdAt } = request;
  if (request.outcome !== 'failed' || createdAt === undefined || !URL.canParse(request.url ?? '')) return request;
  const url = new URL(request.url as string);
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const asked = hostPort(url.hostname.replace(/^\[|\]$/g, ''), port);
  const at = failed.findIndex(
    (d) => d.host !== undefined && hostPort(d.host, d.port) === asked && (d.beginAt ?? -1) >= createdAt - 1000,
  );
  const dial = failed[at];
  if (!dial) return request;
  failed.splice(at, 1);
  return present({ ...request, dial: dial.id, endAt: dial.endAt });
}
