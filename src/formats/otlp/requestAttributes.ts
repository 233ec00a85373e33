/** Attributes of a request's span: the stable conventions for HTTP clients, and what only Net Trace knows under `nettrace.`. */
import { fileURLToPath } from 'node:url';
import type { Breakdown } from '../../model/phases/phases';
import type { Request } from '../../model/records';
import { maskUrl } from '../../model/secrets/mask';
import type { Store } from '../../model/store/store';
import { attributesOf, errorType, peerOf } from './attributes';
import type { Attributes, Value } from './types';
import type { View } from './view';

/** Those that the conventions know; any other is `_OTHER`. */
const methods = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE']);
const ports: Readonly<Record<string, number>> = { 'http:': 80, 'ws:': 80, 'https:': 443, 'wss:': 443 };

export const isKnownMethod = (method: string): boolean => methods.has(method);

export function requestAttributes(r: Request, view: View, { phases }: Breakdown): Attributes {
  const connection = r.connection === undefined ? undefined : view.store.connections.get(r.connection);
  const status = r.response?.status;
  const known = r.method !== undefined && isKnownMethod(r.method);
  return attributesOf({
    'http.request.method': r.method === undefined ? undefined : known ? r.method : '_OTHER',
    'http.request.method_original': known ? undefined : r.method,
    ...serverOf(r.url),
    'url.full': r.url === undefined ? undefined : maskUrl(r.url, view.masked),
    'http.response.status_code': status,
    'error.type': requestErrorType(r),
    ...protocolOf(r.protocol),
    ...peerOf(connection),
    'http.request.resend_count': resendsOf(r, view.store),
    // The size after the content coding, without the frames of a chunked body: what Content-Length says.
    'http.request.body.size': r.body?.bytes ?? r.body?.wireBytes,
    'http.response.body.size': responseSize(r),
    'user_agent.original': view.headerOf(r, 'user-agent'),
    ...codeOf(r),
    'nettrace.record.id': r.id,
    'nettrace.outcome': r.outcome,
    'nettrace.unfinished': r.outcome === undefined ? true : undefined,
    'nettrace.api': r.api,
    'nettrace.label': r.label,
    'nettrace.test': r.test,
    'nettrace.mocked': r.mocked,
    'nettrace.connection.id': r.connection,
    'nettrace.connection.ordinal': r.ordinal,
    ...phaseDurations(phases),
  });
}

/** Host and port of a URL; the port of its scheme where it names none. */
function serverOf(url: string | undefined): Record<string, Value | undefined> {
  if (url === undefined || !URL.canParse(url)) return {};
  const { hostname, port, protocol } = new URL(url);
  if (hostname === '') return {};
  return {
    'server.address': hostname.replace(/^\[(.*)\]$/, '$1'),
    'server.port': port === '' ? ports[protocol] : Number(port),
  };
}

export const hostOf = (url: string | undefined): string | undefined =>
  serverOf(url)['server.address'] as string | undefined;

function protocolOf(protocol: string | undefined): Record<string, Value | undefined> {
  const version = protocol === 'h2' ? '2' : /^http\/(\d(?:\.\d)?)$/.exec(protocol ?? '')?.[1];
  return { 'network.protocol.name': version && 'http', 'network.protocol.version': version };
}

/**
 * A code or a class name, never a message: few different words. A request that was cut by nobody's error has the word of
 * its outcome; one that was answered has the status, where that says an error.
 */
export function requestErrorType(r: Request): string | undefined {
  const { status } = r.response ?? {};
  if (r.error) return errorType(r.error);
  if (r.outcome === 'aborted') return r.timeout === undefined ? 'aborted' : 'timeout';
  if (r.outcome === 'failed') return '_OTHER';
  if (r.outcome === 'processExit') return 'process_exit';
  if (r.outcome === 'interrupted') return 'interrupted';
  return status !== undefined && status >= 400 ? String(status) : undefined;
}

/** How many requests of the same call went before: redirects and tries. Absent: it is the first. */
function resendsOf(r: Request, store: Store): number | undefined {
  const seen = new Set([r.id]);
  let before = r.redirectOf ?? r.retryOf;
  let count = 0;
  while (before !== undefined && !seen.has(before)) {
    count++;
    seen.add(before);
    const previous = store.requests.get(before);
    before = previous?.redirectOf ?? previous?.retryOf;
  }
  const resends = Math.max(count, (r.attempt ?? 1) - 1);
  return resends > 0 ? resends : undefined;
}

function responseSize({ response }: Request): number | undefined {
  if (!response) return undefined;
  return response.wireBytes ?? (response.contentEncoding === undefined ? response.bodyBytes : undefined);
}

/** The place in the source, where a map names it. */
function codeOf({ callSite }: Request): Record<string, Value | undefined> {
  if (!callSite) return {};
  const place = callSite.source ?? callSite;
  return {
    'code.function.name': callSite.source?.function ?? callSite.function,
    'code.file.path': pathOf(place.file),
    'code.line.number': place.line,
  };
}

/** Modules give their place as a URL. */
function pathOf(file: string): string {
  if (!file.startsWith('file:')) return file;
  try {
    return fileURLToPath(file);
  } catch {
    // Of another host, or changed by hand.
    return file;
  }
}

/** From rounded instant to rounded instant, as in HAR: so they sum to the span's length in µs. Time in the debugger is part of them. */
function phaseDurations(phases: Breakdown['phases']): Record<string, Value> {
  const out: Record<string, Value> = {};
  for (const p of phases) {
    const end = p.beginAt + p.duration + (p.paused ?? 0);
    out[`nettrace.phase.${p.name}`] = Math.round(end) - Math.round(p.beginAt);
  }
  return out;
}
