/**
 * Sockets: every `connect` gets a Wire; while it is being set up its events are followed, then only its end. No frame
 * of the hook is on the stack when the program's own handlers run on an established connection (see `watchEmit`).
 */

import { push } from '../output/queue';
import { dialling } from '../records/currentDial';
import { type Attempt, attempt, type Wire } from '../records/wire';
import { wireOf } from '../records/wireOf';
import { hasTimedOut } from '../request/steps';
import { apply, nodeModule } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { whenLoaded } from '../runtime/nodeModules';
import type { AnySocket, Name } from '../runtime/nodeTypes';
import { ours } from '../runtime/ownSockets';
import { frameGone, roomForFrame } from '../runtime/stackLimit';
import { TimerTurn } from '../runtime/timerTurn';
import { watchEmit, wrap } from '../runtime/wrap';
import { onDestroy, stayOpen } from './close';
import { isInner, onProxyConnected, onProxyResponse } from './connectTunnels';
import { beginDial, prepareDials } from './dial';
import { handshakeOperations, settleOperations, traceOperations } from './operationsTrace';
import { installOptions } from './options';
import { followTls } from './tls';
import { isBorrowed, isMocked, owns } from './underlying';

const part = parts.net;

export const installNet = (): void =>
  whenLoaded('net', () => patchSockets(nodeModule('node:net') as typeof import('node:net')));

function patchSockets(net: typeof import('node:net')): void {
  prepareDials(net);
  const prototype = net.Socket.prototype as unknown as object;
  wrap(
    prototype,
    'connect',
    (original) =>
      function connect(this: AnySocket, ...args: unknown[]) {
        if (ours.making) return apply(original, this, args);
        const outer = dialling.wire;
        const wire = beginDial(this, args);
        dialling.wire = wire;
        const room = roomForFrame();
        let dials = false;
        try {
          const result: unknown = apply(original, this, args);
          dials = true;
          if (wire !== undefined) owns(this);
          return result;
        } finally {
          if (room !== 0) frameGone(room);
          dialling.wire = outer;
          if (!dials) wire?.forget();
        }
      },
  );
  wrap(
    prototype,
    '_destroy',
    (original) =>
      function _destroy(this: AnySocket, ...args: unknown[]) {
        onDestroy(this, args[0]);
        return apply(original, this, args);
      },
  );
  wrap(
    prototype,
    'end',
    (original) =>
      function end(this: AnySocket, ...args: unknown[]) {
        onEnd(this, args[0], args[1]);
        return apply(original, this, args);
      },
  );
  wrap(
    prototype,
    'resetAndDestroy',
    (original) =>
      function resetAndDestroy(this: AnySocket, ...args: unknown[]) {
        const wire = wireOf(this);
        if (wire) wire.resetting = true;
        return apply(original, this, args);
      },
  );
  wrap(
    prototype,
    '_onTimeout',
    (original) =>
      function _onTimeout(this: AnySocket, ...args: unknown[]) {
        onTimeout(this);
        return apply(original, this, args);
      },
  );
  installOptions(prototype);
  watchEmit(prototype, watchSocket, onSocketEvent as (emitter: never, args: IArguments) => void);
}

function watchSocket(socket: AnySocket): boolean {
  const wire = wireOf(socket);
  if (wire === undefined) return isUnused(socket);
  if (wire.operations !== undefined) settleOperations(wire, socket);
  if (!wire.quiet) return true;
  if (wire.readEndAt === 0 && socket.readableEnded) wire.readEndAt = now();
  return false;
}

/**
 * Made, and not connected yet. Nothing is emitted then, so who reads `emit` means to keep it and to call it from a function of
 * his own (dd-trace): what he gets has to emit the events.
 */
function isUnused(socket: AnySocket): boolean {
  if (socket.destroyed) return false;
  return (
    !socket._handle ||
    (socket.encrypted === true && !socket._secureEstablished && socket._tlsOptions?.isServer === false)
  );
}

const onSocketEvent = guarded(part, 'net.event', (socket: AnySocket, a: ArrayLike<unknown>) => {
  const wire = wireOf(socket);
  if (wire === undefined || wire.quiet) return;
  if (wire.follow !== undefined) {
    if (wire.readEndAt === 0 && socket.readableEnded) wire.readEndAt = now();
    if (!wire.follow(socket, a)) wire.unfollow();
    return;
  }
  switch (a[0]) {
    case 'lookup':
      onLookup(wire, a);
      break;
    case 'connectionAttempt':
      wire.attempts.push(attempt(String(a[1]), Number(a[2]) || 0, Number(a[3]) || 0, now()));
      break;
    case 'connectionAttemptFailed':
      ended(wire, String(a[1]), 'failed', a[4]);
      break;
    case 'connectionAttemptTimeout':
      ended(wire, String(a[1]), 'timedOut', undefined);
      break;
    case 'connect':
      onConnect(wire, socket);
      break;
    default:
      if (wire.route?.pending) onProxyResponse(wire, socket, a);
      if (wire.operations !== undefined && a[0] === 'secure') handshakeOperations(wire, socket);
      // Of TLS in TLS, and of the plain socket below, only the innermost speaks of this handshake.
      if (wire.tunnel && (!wire.route?.innerAt || isInner(socket))) followTls(wire, wire.tunnel, socket, a);
  }
  if (wire.readyAt !== 0 && wire.route?.pending === undefined) wire.quiet = true;
});

function ended(wire: Wire, address: string, result: Attempt['result'], error: unknown): void {
  for (const a of wire.attempts) {
    if (a.address !== address || a.result !== '') continue;
    a.endAt = now();
    a.result = result;
    a.error = error;
    return;
  }
}

/** The socket's own event, once an address: the only sign of a lookup function of the program. */
function onLookup(wire: Wire, a: ArrayLike<unknown>): void {
  const l = wire.lookup;
  if (l?.call !== 'custom' || l.written) return;
  l.endAt = now();
  if (a[1]) l.error = a[1];
  else if (typeof a[2] === 'string') l.addresses.push({ address: a[2], family: a[3] === 6 ? 6 : 4 });
}

function onConnect(wire: Wire, socket: AnySocket): void {
  const t = now();
  if (isMocked(socket) || isBorrowed(socket)) return onMocked(wire, t);
  owns(socket);
  connected(wire, socket, t);
  if (wire.tunnel) wire.tunnel.beginAt = t;
  else wire.readyAt = t;
  if (wire.request === undefined || wire.route !== undefined) onProxyConnected(wire, socket);
  if (wire.wanted) push(wire);
}

function connected(wire: Wire, socket: AnySocket, t: number): void {
  wire.connectedAt = t;
  wire.endAt = t;
  // From the handle: the socket's own getters leave a trace on it.
  const peer = nameOf(socket, 'getpeername');
  const local = nameOf(socket, 'getsockname');
  let winner = wire.attempts.find((a) => a.address === peer.address && a.result === '');
  winner ??= wire.attempts.find((a) => a.result === '');
  if (!winner) {
    // Node 18 reports no attempts: the one there is begins where the lookup ends.
    const family = peer.family === 'IPv6' ? 6 : peer.family === 'IPv4' ? 4 : 0;
    winner = attempt(peer.address ?? '', wire.port, family, wire.lookup?.endAt || wire.beginAt);
    wire.attempts.push(winner);
  }
  winner.endAt = wire.late ? 0 : t;
  winner.result = 'connected';
  wire.winner = winner;
  if (local.address && local.port) wire.local = { address: local.address, port: local.port };
  stayOpen(socket);
  traceOperations(wire);
}

/** It is connected, and nobody saw when: who replaced `emit` passed nothing on. */
export function lateConnect(wire: Wire, socket: AnySocket, t: number): void {
  wire.late = true;
  wire.quiet = true;
  wire.tunnel = undefined;
  connected(wire, socket, t);
  wire.readyAt = t;
}

/** Its lookup and its TLS are as made up as the connection. */
function onMocked(wire: Wire, t: number): void {
  wire.mocked = true;
  wire.connectedAt = t;
  wire.endAt = t;
  wire.readyAt = t;
  wire.attempts = [];
  wire.lookup = undefined;
  wire.tunnel = undefined;
  wire.quiet = true;
  if (wire.wanted) push(wire);
}

function nameOf(socket: AnySocket, which: 'getsockname' | 'getpeername'): Name {
  const name: Name = {};
  socket._handle?.[which]?.(name);
  return name;
}

const onEnd = guarded(part, 'net.end', (socket: AnySocket, piece: unknown, encoding: unknown) => {
  const wire = wireOf(socket);
  if (wire === undefined || wire.closedAt !== 0) return;
  wire.upgrade?.gave(socket, piece, encoding);
  if (wire.readEndAt === 0 && socket.readableEnded) wire.readEndAt = now();
  if (wire.writeEndAt === 0) {
    wire.writeEndAt = now();
    wire.timedOut = wire.timerTurn?.lasts() ?? false;
  }
});

const onTimeout = guarded(part, 'net.timeout', (socket: AnySocket) => {
  const wire = wireOf(socket);
  if (wire === undefined) return;
  const t = now();
  const turn = new TimerTurn();
  wire.timerTurn = turn;
  if (wire.running > 0 && wire.last) hasTimedOut(wire.last, t, socket.timeout ?? 0, turn);
  if (wire.route?.inner) hasTimedOut(wire.route.inner, t, socket.timeout ?? 0, turn);
});
