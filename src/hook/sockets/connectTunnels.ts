/**
 * Connections through proxies: the CONNECT that makes a tunnel, and TLS inside it.
 *
 * Most clients send CONNECT by `http.request` or undici, where it is seen like any request. Some write it to the socket
 * themselves: Node's own agents (`NODE_USE_ENV_PROXY`), whose configuration says so, and agents of packages, which write
 * it before the socket is connected, so that it waits in the socket when `connect` comes. What does neither (SOCKS) is
 * known by its end only: TLS, or a request, on a socket that was dialled for another host and has carried bytes.
 */

import { want } from '../control/selection';
import { headerBlock } from '../records/headers/rawHeaders';
import { leadsToProxy, proxyUrl, routeOf, tlsToProxy } from '../records/proxy';
import { linesOf } from '../records/recordLines';
import { type Counters, RequestRecord } from '../records/request';
import type { ResponseFacts } from '../records/requestData';
import { Tunnel } from '../records/tls/tunnel';
import type { Wire } from '../records/wire';
import { wireOf } from '../records/wireOf';
import { abort, announce, assign, fail, finish } from '../request/steps';
import { nodeModule } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { link } from '../runtime/links';
import { whenLoaded } from '../runtime/nodeModules';
import type { AnySocket } from '../runtime/nodeTypes';
import { observe } from '../runtime/wrap';
import { onTlsError } from './tls';
import { askKeys } from './tlsKeys';

const part = parts.proxy;
const max = 16_384;

/** A socket with the inner fields that hold what was written before it connected, and what came and was not read. */
interface Peeked extends AnySocket {
  _pendingData?: unknown;
  _readableState?: AnySocket['_readableState'] & { buffer?: unknown; bufferIndex?: number };
}

/** A CONNECT that was written to the socket by an agent. */
class ConnectRecord extends RequestRecord {
  readonly countsBody = false;
  readonly seesReading = false;
  socket: AnySocket | undefined = undefined;
  /** Head of the answer. */
  response = '';

  constructor(
    private readonly over: Wire,
    target: string,
    /** As it was written; '': not seen. */
    private readonly head: string,
  ) {
    super(over.beginAt, tlsToProxy(over) ? 'https' : 'http', 'CONNECT', target);
  }

  url(): string {
    return proxyUrl(this.over);
  }

  lines(): string {
    return linesOf(this);
  }

  clientText(): string {
    return '';
  }

  readResponse(): ResponseFacts | undefined {
    const m = /^HTTP\/(1\.[01]) (\d{3}) ?([^\r\n]*)/.exec(this.response);
    if (m === null) return undefined;
    return {
      status: Number(m[2]),
      statusText: m[3] ?? '',
      protocol: `http/${m[1]}`,
      contentType: '',
      contentEncoding: '',
      declaredBytes: -1,
      chunked: false,
      keepAlive: '',
      closes: false,
      dumped: true,
    };
  }

  bodyText(): string {
    return '';
  }

  headerList(side: 'request' | 'response'): string[] | undefined {
    const text = side === 'request' ? this.head : this.response;
    return text === '' ? undefined : headerBlock(text.split('\r\n\r\n', 1)[0] ?? '');
  }

  socketCounters(): Counters | undefined {
    return this.socket;
  }

  override says(header: string): boolean {
    return this.head.toLowerCase().includes(`\r\n${header}:`);
  }
}

/** A CONNECT that waits for this socket to be connected. */
export function expectConnect(wire: Wire, target: string, head: string): void {
  const r = new ConnectRecord(wire, target, head);
  const route = leadsToProxy(wire);
  if (r.says('proxy-authorization')) route.auth = true;
  route.pending = r;
  wire.request = r;
  r.dial = wire;
  announce(r);
  if (r.hold === undefined) want(wire, r);
}

/** An agent may have written CONNECT to a socket that is not connected. */
export function findConnect(wire: Wire, socket: AnySocket): void {
  const waiting = (socket as Peeked)._pendingData;
  if (!waiting) return;
  const text = textOf(waiting).slice(0, max);
  const target = /^CONNECT ([^ \r\n]{1,512}) HTTP\/1\.[01]\r\n/.exec(text.slice(0, 600))?.[1];
  if (target !== undefined) expectConnect(wire, target, text);
}

export function onProxyConnected(wire: Wire, socket: AnySocket): void {
  if (wire.request === undefined) findConnect(wire, socket);
  const r = wire.route?.pending as ConnectRecord | undefined;
  if (r === undefined) return;
  assign(r, wire, false);
  r.socket = socket;
  // Leaves when the connection is ready: with TLS to the proxy later than now.
  r.sendBeginAt = r.assignedAt;
  r.sendEndAt = r.assignedAt;
}

const textOf = (piece: unknown): string =>
  typeof piece === 'string'
    ? piece
    : piece instanceof Uint8Array
      ? Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('latin1')
      : '';

/** An event on a connection whose CONNECT is not answered. */
export function onProxyResponse(wire: Wire, socket: AnySocket, a: ArrayLike<unknown>): void {
  const { route } = wire;
  const r = route?.pending as ConnectRecord | undefined;
  if (route === undefined || r === undefined || (a[0] !== 'readable' && a[0] !== 'data')) return;
  const text = textOf(a[0] === 'data' ? a[1] : firstPiece(socket as Peeked));
  // `readable` is emitted at the end, too.
  if (text === '' && socket.readableLength === 0) return;
  route.pending = undefined;
  r.response = text.slice(0, max);
  r.responseBeginAt = now();
  r.facts = r.readResponse();
  if (r.sendBeginAt < wire.readyAt) {
    r.sendBeginAt = wire.readyAt;
    r.sendEndAt = wire.readyAt;
  }
  const status = r.facts?.status ?? 0;
  finish(r, status >= 200 && status < 300 ? 'tunnel' : 'complete', r.responseBeginAt);
}

/** First chunk in the socket's buffer: a linked list, since Node 20 an array. */
function firstPiece(socket: Peeked): unknown {
  const state = socket._readableState;
  const buffer = state?.buffer;
  if (Array.isArray(buffer)) return (buffer as unknown[])[state?.bufferIndex ?? 0];
  return (buffer as { head?: { data?: unknown } } | undefined)?.head?.data;
}

/** The socket went away before its CONNECT was answered. */
export function onProxyGone(wire: Wire, error: unknown, t: number): void {
  const r = wire.route?.pending;
  if (r === undefined || wire.route === undefined) return;
  wire.route.pending = undefined;
  if (error) fail(r, error, t);
  else abort(r, undefined, t);
}

/** TLS begins over a socket that is connected already: in a tunnel, it leads to the origin. */
const onTlsStart = guarded(part, 'proxy.tls', (socket: AnySocket) => {
  const parent = socket._parent as (AnySocket & { stream?: AnySocket }) | null | undefined;
  if (!parent || socket.connecting || wireOf(socket) !== undefined) return;
  const under = wireOf(parent) !== undefined ? parent : parent.stream;
  const wire = under === undefined ? undefined : wireOf(under);
  if (under === undefined || wire === undefined || wire.connectedAt === 0 || wire.closedAt !== 0) return;
  if (wire.incoming || wire.route?.innerAt || wire.requests > 0) return;
  const route = routeOf(wire);
  if (wire.tunnel !== undefined) {
    route.outer = wire.tunnel;
    leadsToProxy(wire);
  }
  route.innerAt = now();
  route.readyAt = wire.readyAt;
  route.exchanged = under.bytesRead > 0 && under.bytesWritten > 0;
  wire.tunnel = new Tunnel(socket._tlsOptions ?? {});
  wire.tunnel.beginAt = route.innerAt;
  wire.tunnel.flight.before = socket._handle?._parent?.bytesRead ?? 0;
  if (parts.keys.on) askKeys(socket);
  wire.secure = true;
  wire.readyAt = 0;
  wire.quiet = false;
  // The inner socket counts from 0.
  wire.received = 0;
  wire.sent = 0;
  link(socket, wire);
});

/** Whether TLS began over a connected socket that is traced. */
export const isInner = (socket: AnySocket): boolean => {
  const under = socket._parent as (AnySocket & { stream?: AnySocket }) | null | undefined;
  return under != null && wireOf(under.stream ?? under) !== undefined;
};

export const installProxies = (): void =>
  whenLoaded('tls', () => {
    const { TLSSocket } = nodeModule('node:tls') as typeof import('node:tls');
    observe<AnySocket>(TLSSocket.prototype, '_start', (socket) => onTlsStart(socket));
    observe<AnySocket>(TLSSocket.prototype, '_tlsError', (socket, args) => onTlsError(socket, args[0]));
  });
