/**
 * What became of one socket: its dial, lookup, attempts, connection and TLS tunnel. One object a socket, linked to it;
 * its lines are written from the moment a recorded request needs them (`wanted`), late if that comes late. One that
 * nobody but the program dialled (`raw`) is written from the end of that tick, with the call site if no request took it
 * by then; what a pool of HTTP connections dials and never uses is not written.
 *
 * Times are raw readings of the clock, 0: has not happened.
 */

import type { PhaseName } from '../../model/records/common';
import { errorInfo, reasonOf } from '../output/errors';
import { cutText, line } from '../output/json';
import type { Writable } from '../output/queue';
import { us } from '../runtime/clock';
import { nextId, past } from '../runtime/ids';
import type { AnySocket } from '../runtime/nodeTypes';
import type { TimerTurn } from '../runtime/timerTurn';
import { reportSite } from '../sites/callSite';
import { type Lookup, lookupLine } from './dns/lookup';
import type { Operations } from './operations';
import type { ProxyRoute } from './proxy';
import type { RequestRecord } from './request';
import type { Tunnel } from './tls/tunnel';

export interface Attempt {
  id: number;
  family: number;
  address: string;
  port: number;
  beginAt: number;
  endAt: number;
  result: '' | 'connected' | 'failed' | 'timedOut' | 'cancelled';
  error: unknown;
}

export const attempt = (address: string, port: number, family: number, beginAt: number): Attempt => ({
  id: nextId(),
  family,
  address,
  port,
  beginAt,
  endAt: 0,
  result: '',
  error: undefined,
});

/** DNS that the program speaks on a socket. */
interface DnsOnSocket {
  /** False: it does not speak DNS. */
  gave(wire: Wire, piece: Uint8Array): boolean;
  got(wire: Wire, piece: Uint8Array): void;
  end(): void;
}

/** What goes over a connection after a protocol switch. */
interface AfterUpgrade {
  gave(socket: AnySocket, piece: unknown, encoding: unknown): void;
  figures(): object;
}

export type ClosedBy = '' | 'local' | 'localReset' | 'peer' | 'peerReset' | 'timeout' | 'processExit';

export class Wire implements Writable {
  // What it is.

  /** A recorded request needs it. */
  wanted = false;
  /** Nothing more can happen that `emit` would report: ready, or destroyed. */
  quiet = false;
  readonly id = nextId();
  /** The program, or its database driver, dialled: nobody has looked yet whether a request took it. */
  raw = false;
  /** A peer opened it. */
  incoming = false;
  /** It was there before tracing began. */
  earlier = false;
  /** No kernel connection: the program replaced what is under the socket. It has a dial, and no connection. */
  mocked = false;
  /** It was found connected: when that was is not known. */
  late = false;
  /** Where it dialled, unread, while `raw`. */
  stack: Error | undefined;
  site = 0;
  /** A session of HTTP/2 runs on it. */
  h2 = false;
  /** The last GOAWAY of the peer. */
  goaway: object | undefined;
  /** Why its session was ended. */
  sessionError: unknown;
  /** Its reads and writes, with the setting `sockets`. */
  operations: Operations | undefined;

  // The dial: for whom, through what, where to.

  request: RequestRecord | undefined;
  via: 'agent' | 'undici' | 'http2' | 'net' | 'tls' = 'net';
  agent = 0;
  /** For undici: the origin whose pool it belongs to. */
  origin = '';
  host = '';
  port = 0;
  path = '';
  family = 0;
  localAddress = '';
  pool: object | undefined;
  attemptLimit = 0;
  options: object | undefined;
  /** Options that stood on the socket at its end. */
  lastOptions: object | undefined;
  /** The program switched TCP_NODELAY off. */
  noDelayOff = false;
  /** Proxy, and what runs through it; absent: leads straight to the origin. */
  route: ProxyRoute | undefined = undefined;
  /** Dialled by a TLS socket: ready after the handshake. */
  secure = false;
  tunnel: Tunnel | undefined;

  // Setup: lookup, attempts, handshake.

  lookup: Lookup | undefined;
  attempts: Attempt[] = [];
  error: unknown;
  aborted = false;
  endAt = 0;
  connectedAt = 0;
  readyAt = 0;
  winner: Attempt | undefined;
  local: { address: string; port: number } | undefined;

  // Use.

  /** Requests that were given this connection (a CONNECT is not counted). */
  requests = 0;
  /** Those whose head was sent. */
  sentHeads = 0;
  /** Those running now, and the one that ran last. */
  running = 0;
  last: RequestRecord | undefined;
  /** Two requests were on it at once, so that counters cannot be shared out any more until both have ended. */
  shared = false;
  /** Socket counters when the last request ended. */
  received = 0;
  sent = 0;
  keepAlive: object | undefined;
  /** What happened on it after a protocol switch. */
  upgrade: AfterUpgrade | undefined;
  /** Notified of each event after the setup while it gives true. */
  follow: ((socket: AnySocket, event: ArrayLike<unknown>) => boolean) | undefined;
  /** DNS that the program speaks on it, or may yet; null: it does not. */
  speech: DnsOnSocket | null = null;
  isDns = false;

  // The end.

  readEndAt = 0;
  writeEndAt = 0;
  /** Of its latest timeout. */
  timerTurn: TimerTurn | undefined;
  /** A listener of its `timeout` event, or what that listener scheduled, ended it. */
  timedOut = false;
  resetting = false;
  closedAt = 0;
  closedBy: ClosedBy = '';
  closeError: unknown;
  bytesReceived = -1;
  bytesSent = -1;

  // Which of its lines are written.

  private dialWritten = false;
  private requestWritten = false;
  private connWritten = false;
  private closeWritten = false;

  constructor(readonly beginAt: number) {}

  /** Id of the connection; 0 while none is established. */
  get connection(): number {
    return this.winner?.id ?? 0;
  }

  get isH2(): boolean {
    return this.h2 || this.tunnel?.alpn === 'h2';
  }

  /** The phase that an error falls in while the connection is being made. */
  get phase(): PhaseName {
    if (this.connectedAt !== 0) return 'tls';
    const l = this.lookup;
    if (l && (l.endAt === 0 || l.error)) return 'dns';
    return 'tcp';
  }

  /** The line of its dial is out. */
  get dialReported(): boolean {
    return this.dialWritten;
  }

  /** The request that it was dialled for, if that is reported. */
  private get dialler(): RequestRecord | undefined {
    return this.request?.hold === undefined ? this.request : undefined;
  }

  /** All lines of its setup are out. */
  get settled(): boolean {
    return this.connWritten && (this.tunnel === undefined || this.tunnel.isWritten);
  }

  lines(): string {
    if (this.raw) this.decide();
    if (!this.wanted || this.id <= past.id) return '';
    let s = '';
    if (!this.dialWritten && !this.incoming && !this.earlier) {
      this.dialWritten = true;
      this.requestWritten = this.dialler !== undefined;
      s += this.dialLine();
    } else if (this.dialler !== undefined && !this.requestWritten && !this.earlier) {
      this.requestWritten = true;
      s += line({ k: 'dial', id: this.id, request: this.dialler.id });
    }
    const l = this.lookup;
    if (l && !l.written && l.endAt !== 0) {
      l.written = true;
      s += lookupLine(l, this.id);
    }
    if (!this.connWritten && this.endAt !== 0) {
      this.connWritten = true;
      s += this.connLine();
    }
    const outer = this.route?.outer;
    if (outer?.due) s += outer.lines(this.connection, 'proxy');
    if (this.tunnel?.due)
      s += this.tunnel.lines(
        this.connection,
        this.route?.isProxy && !this.route.innerAt ? 'proxy' : 'origin',
        outer?.id,
      );
    return s;
  }

  /** The `close` line, queued separately. */
  readonly closing: Writable = {
    lines: () => {
      if (!this.wanted || this.closeWritten || this.closedBy === '' || !this.winner || this.id <= past.id) return '';
      this.closeWritten = true;
      return this.lines() + (this.tunnel?.lateLines() ?? '') + this.closeLine();
    },
  };

  /** Its events are of interest again, after its setup: what leaves or comes on it is no request. */
  followBy(each: NonNullable<Wire['follow']>): void {
    if (this.closedAt !== 0 || this.readyAt === 0) return;
    this.follow = each;
    this.quiet = false;
  }

  unfollow(): void {
    this.follow = undefined;
    this.quiet = true;
  }

  /** The call that was to dial threw: there is no dial. */
  forget(): void {
    this.raw = false;
    this.wanted = false;
    this.stack = undefined;
  }

  /** The end of the tick that dialled: a request that is to use the socket has mostly taken it. */
  private decide(): void {
    const { stack } = this;
    this.raw = false;
    this.stack = undefined;
    if (this.wanted) return;
    this.wanted = true;
    if (stack !== undefined) reportSite(stack, this);
  }

  private dialLine(): string {
    return line({
      k: 'dial',
      id: this.id,
      request: this.dialler?.id,
      via: this.via,
      agent: this.agent || undefined,
      host: this.path ? undefined : cutText(this.host, 512),
      port: this.path ? undefined : this.port || undefined,
      path: this.path ? cutText(this.path, 512) : undefined,
      family: this.family || undefined,
      localAddress: this.localAddress || undefined,
      purpose: this.route?.isProxy ? 'proxy' : 'direct',
      pool: this.pool,
      beginAt: us(this.beginAt),
      attemptLimit: this.attemptLimit || undefined,
    });
  }

  private connLine(): string {
    const failed = this.error !== undefined && !this.winner;
    return line({
      k: 'conn',
      dial: this.incoming || this.earlier ? undefined : this.id,
      earlierTrace: this.earlier || undefined,
      kind: this.path ? 'unix' : undefined,
      direction: this.incoming ? 'in' : undefined,
      endAt: this.earlier || this.late ? undefined : us(this.endAt),
      attempts: this.attempts.map((a) => ({
        id: a.id,
        family: a.family || undefined,
        remote: a.address && a.port ? { address: a.address, port: a.port } : undefined,
        path: this.path ? cutText(this.path, 512) : undefined,
        beginAt: a.beginAt ? us(a.beginAt) : undefined,
        endAt: a.endAt ? us(a.endAt) : undefined,
        result: a.result || undefined,
        error: a.error === undefined ? undefined : errorInfo(a.error, 'tcp'),
      })),
      connection: this.winner?.id,
      mocked: this.mocked || undefined,
      local: this.local,
      error: failed && !this.aborted ? errorInfo(this.error, this.phase) : undefined,
      abort: this.aborted ? { at: us(this.endAt), reason: reasonOf(this.error) } : undefined,
      options: this.options,
      protocol: this.h2 ? 'h2' : this.isDns ? 'dns' : undefined,
    });
  }

  private closeLine(): string {
    // A client that tears a connection down gives its reason as an error: only the system's say why it broke, and an
    // alert after the handshake.
    const e = this.closeError as { syscall?: unknown; code?: unknown } | null | undefined;
    const isAlert = this.readyAt !== 0 && typeof e?.code === 'string' && e.code.startsWith('ERR_SSL_');
    const failed = e?.syscall !== undefined || isAlert;
    return line({
      k: 'close',
      id: this.connection,
      bytesSent: this.bytesSent < 0 ? undefined : this.bytesSent,
      bytesReceived: this.bytesReceived < 0 ? undefined : this.bytesReceived,
      requestCount: this.earlier ? undefined : this.readyAt === 0 ? 0 : this.sentHeads,
      readEndAt: this.readEndAt ? us(this.readEndAt) : undefined,
      // Said before there was a connection, the end was sent with it.
      writeEndAt: this.writeEndAt ? us(Math.max(this.writeEndAt, this.connectedAt)) : undefined,
      closedAt: this.closedAt ? us(this.closedAt) : undefined,
      closedBy: this.closedBy || undefined,
      error: failed ? errorInfo(e) : this.sessionError === undefined ? undefined : errorInfo(this.sessionError),
      goaway: this.goaway,
      keepAliveHint: this.keepAlive,
      options: this.lastOptions,
      upgrade: this.upgrade?.figures(),
    });
  }
}
