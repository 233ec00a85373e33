/**
 * Requests of `http2`: each is a stream that `session.request` opens on a client session. Loading `http2` takes longer
 * than all of the hook, so nothing is patched before the program has a session: its constructor calls `setNoDelay` of
 * the socket, on which Node has put the session by then. All ways to make one pass there: `http2.connect`, its promise
 * form, imports, a `createConnection` of the program, undici.
 */

import type { ClientHttp2Session } from 'node:http2';
import { push } from '../output/queue';
import type { Wire } from '../records/wire';
import { wireOf } from '../records/wireOf';
import { redirectTo } from '../request/redirects';
import { beginRequest } from '../request/steps';
import { apply, nodeModule } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { link, linked } from '../runtime/links';
import { isLoaded, whenLoaded } from '../runtime/nodeModules';
import type { AnySocket } from '../runtime/nodeTypes';
import { frameGone, roomForFrame } from '../runtime/stackLimit';
import { observe, shimAbove, watchEmit, wrap } from '../runtime/wrap';
import { entered, entry, reportSite } from '../sites/callSite';
import { adopt } from '../sockets/adopt';
import { type HeaderObject, Http2Record, type Stream } from './record';
import { Session } from './session';
import { follow, watchStreams } from './stream';

const part = parts.http2;
const sessionOf = (session: object): Session | undefined => {
  const s = linked<Session>(session);
  return s === undefined || s.isPast ? undefined : s;
};

type AnySession = ClientHttp2Session & { request(...args: unknown[]): Stream };

export const installHttp2 = (): void =>
  whenLoaded('net', () => {
    const { Socket } = nodeModule('node:net') as typeof import('node:net');
    wrap(
      Socket.prototype,
      'setNoDelay',
      (original) =>
        function setNoDelay(this: AnySocket, ...args: unknown[]) {
          if (args.length === 0) onNoDelay(this);
          return apply(original, this, args);
        },
    );
  });

/** Reported of sockets that may hold a session of a server, where incoming streams have no channel. */
export const served: { by: ((socket: object) => void) | undefined } = { by: undefined };

/** Reported of sessions of undici, which sends on them without a call of the program's, and of their streams. */
export const undiciSessions: {
  seen: (() => void) | undefined;
  stream: ((stream: Stream, headers: unknown, wire: Wire | undefined) => void) | undefined;
} = { seen: undefined, stream: undefined };

/** Where Node keeps a socket's session: a symbol on Node 18, later a name that was meant to be one. */
let key: PropertyKey | undefined;

const onNoDelay = guarded(part, 'http2.session', (socket: AnySocket) => {
  // A stream that is no socket is wrapped in one.
  const inner = (socket as { stream?: unknown }).stream;
  const holder = inner instanceof Object ? (inner as AnySocket) : socket;
  const session = boundTo(holder);
  if (session === undefined) served.by?.(holder);
  if (session === undefined || sessionOf(session) !== undefined) return;
  const wire = wireOf(holder) ?? (holder._parent ? wireOf(holder._parent) : undefined);
  const s = new Session(session, wire, holder.encrypted ? 'https' : 'http', wire?.via === 'undici');
  link(session, s);
  watchSessions(Object.getPrototypeOf(session) as object);
  if (wire !== undefined) {
    wire.h2 = true;
    if (wire.via === 'net' || wire.via === 'tls') wire.via = 'http2';
    if (wire.raw) {
      wire.raw = false;
      wire.wanted = true;
      if (wire.stack !== undefined) reportSite(wire.stack, wire);
      wire.stack = undefined;
      push(wire);
    }
  }
  if (s.byUndici) undiciSessions.seen?.();
});

function boundTo(holder: AnySocket): AnySession | undefined {
  if (key !== undefined) return clientSession((holder as unknown as Record<PropertyKey, unknown>)[key]);
  const keys = Reflect.ownKeys(holder);
  for (let i = keys.length - 1; i >= 0; i--) {
    const name = keys[i] as PropertyKey;
    const session = clientSession(Object.getOwnPropertyDescriptor(holder, name)?.value);
    if (session === undefined) continue;
    key = name;
    return session;
  }
  return undefined;
}

function clientSession(v: unknown): AnySession | undefined {
  const s = v as { request?: unknown; goaway?: unknown } | null | undefined;
  return typeof s === 'object' && typeof s?.request === 'function' && typeof s.goaway === 'function'
    ? (s as AnySession)
    : undefined;
}

/** A session that existed before tracing began. undici marks its own sessions. */
const adoptSession = guarded(part, 'http2.adopt', (session: AnySession): Session | undefined => {
  if (session.destroyed || session.connecting) return undefined;
  const key = Object.getOwnPropertySymbols(session).find((s) => s.description === 'socket');
  const socket = key && ((session as unknown as Record<symbol, unknown>)[key] as AnySocket | undefined);
  const wire = socket && (wireOf(socket) ?? adopt(socket));
  if (wire !== undefined) wire.h2 = true;
  const byUndici = Object.getOwnPropertySymbols(session).some((s) => s.description === 'client');
  const s = new Session(session, wire, session.encrypted ? 'https' : 'http', byUndici, true);
  link(session, s);
  if (byUndici) undiciSessions.seen?.();
  return s;
});

/**
 * The hook comes to a program that has loaded `http2`, and may have sessions: their class is not exported, so one is made
 * that leads nowhere.
 */
export const findSessions = guarded(part, 'http2.find', (): void => {
  if (!isLoaded('internal/http2/core')) return;
  const { connect } = nodeModule('node:http2') as typeof import('node:http2');
  const { Duplex } = nodeModule('node:stream') as typeof import('node:stream');
  const nowhere = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const session = connect('http://localhost', { createConnection: () => nowhere });
  watchSessions(Object.getPrototypeOf(session) as object);
  session.destroy();
  undiciSessions.seen?.();
});

const watched = new Set<object>();

function watchSessions(prototype: object): void {
  if (watched.has(prototype)) return;
  watched.add(prototype);
  wrap(prototype, 'request', (original) => {
    const timed = entry(original, false, onStream as (result: unknown) => void, undefined, 1);
    return {
      // A method, as it has no `prototype`.
      request(this: AnySession, ...args: unknown[]) {
        const room = roomForFrame();
        const outer = requesting;
        requesting = sessionOf(this) ?? adoptSession(this);
        try {
          if (requesting?.byUndici !== true) return apply(timed, this, args) as Stream;
          const stream = apply(original, this, args) as Stream;
          if (stream instanceof Object) undiciSessions.stream?.(stream, args[0], sessionOf(this)?.wire);
          return stream;
        } finally {
          requesting = outer;
          if (room !== 0) frameGone(room);
        }
      },
    }.request;
  });
  watchEmit(prototype, watch as (emitter: never) => boolean | undefined, (() => {}) as never);
  observe<AnySession>(shimAbove(prototype), 'destroy', (session, args) => onDestroy(session, args[0]));
}

/** The session whose `request` is running: a stream that is aborted at once does not know it any more. */
let requesting: Session | undefined;

const onStream = guarded(part, 'http2.request', (stream: Stream) => {
  const s = requesting;
  if (s === undefined) return;
  watchStreams(Object.getPrototypeOf(stream) as object);
  const r = new Http2Record(entered.by?.at ?? now(), stream, s, stream.sentHeaders as HeaderObject);
  link(stream, r);
  if (entered.by) entered.by.made ??= r;
  r.redirectOf = redirectTo(() => r.url());
  if (s.wire !== undefined && s.wire.readyAt === 0) r.dial = s.wire;
  beginRequest(r);
  if (r.dial !== undefined && r.hold === undefined) r.dial.wanted = true;
  follow(r, stream);
});

/** At each emission of a session: a GOAWAY, or settings of the peer, may have come. */
const watch = guarded(part, 'http2.goaway', (session: ClientHttp2Session): boolean => {
  const s = sessionOf(session);
  if (s === undefined) return false;
  s.heardGoaway();
  s.settle();
  return false;
});

/** By the program, unless it is Node's answer to a GOAWAY, an error or the end of the socket. */
const onDestroy = guarded(part, 'http2.destroy', (session: ClientHttp2Session, error: unknown) => {
  const s = sessionOf(session);
  if (s === undefined || session.destroyed || s.leftAt !== 0) return;
  s.heardGoaway();
  const { wire } = s;
  const code = (error as { code?: unknown } | null | undefined)?.code;
  const own = typeof code === 'string' && code.startsWith('ERR_HTTP2_');
  if (wire !== undefined && error instanceof Object) wire.sessionError = error;
  if (own || s.goaway || (wire !== undefined && wire.closedAt !== 0)) return;
  s.leftAt = now();
  s.leftWith = error instanceof Object ? error : undefined;
});
