/** Ends of sockets: why they closed, what they had carried, or why they never connected. */

import { want } from '../control/selection';
import { speechEnds } from '../dns/overTcp';
import { push, pushLast } from '../output/queue';
import { attempt, type ClosedBy, Wire } from '../records/wire';
import { wireOf } from '../records/wireOf';
import { finish } from '../request/steps';
import { nodeMajor, nodeModule } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { link, linked } from '../runtime/links';
import type { AnySocket } from '../runtime/nodeTypes';
import { whenRemoved } from '../runtime/patches';
import { calledBy } from '../sites/callers';
import { findConnect, onProxyGone } from './connectTunnels';
import { closeOperations } from './operationsTrace';
import { optionsOf } from './options';
import { checkTicket } from './tls';
import { isMocked } from './underlying';

const part = parts.net;

/** Established connections that are not closed: the exit of the process closes them. */
const open = new Set<AnySocket>();

whenRemoved(() => open.clear());

export function stayOpen(socket: AnySocket): void {
  open.add(socket);
}

/** Whether `tls.connect` was given a `checkServerIdentity` of the program's; read when a handshake has failed. */
function checksItself(socket: AnySocket): boolean {
  const { checkServerIdentity } = nodeModule('node:tls') as typeof import('node:tls');
  for (const key of Object.getOwnPropertySymbols(socket)) {
    if (key.description !== 'connect-options') continue;
    const options = (socket as unknown as Record<symbol, { checkServerIdentity?: unknown } | undefined>)[key];
    const own = options?.checkServerIdentity;
    return typeof own === 'function' && own !== checkServerIdentity;
  }
  return false;
}

/** The process ends: what the open connections have carried is reported. */
export const leaveOpen = guarded(part, 'net.leave', (): void => {
  if (open.size === 0) return;
  for (const socket of open) {
    const wire = wireOf(socket);
    if (wire === undefined || wire.closedBy !== '') continue;
    const { last } = wire;
    const outcome = last !== undefined && last.endAt === 0 && last.responseBeginAt !== 0 ? last.outcomeAtExit() : '';
    if (last !== undefined && outcome !== '') finish(last, outcome, now());
    readCounters(wire, socket);
    if (wire.speech !== null) speechEnds(wire);
    if (wire.operations !== undefined) closeOperations(wire, socket, undefined);
    if (wire.tunnel && wire.readyAt !== 0) checkTicket(wire.tunnel, socket);
    wire.closedBy = 'processExit';
    if (wire.wanted || wire.raw) pushLast(wire.closing);
  }
});

/** In TLS the outer handle counts the wire. What waits in the process for room in the kernel was not sent. */
function readCounters(wire: Wire, socket: AnySocket): void {
  wire.lastOptions = optionsOf(socket, wire.noDelayOff);
  let handle = socket._handle;
  while (handle?._parent) handle = handle._parent;
  if (typeof handle?.bytesRead === 'number') wire.bytesReceived = handle.bytesRead;
  if (typeof handle?.bytesWritten === 'number') wire.bytesSent = handle.bytesWritten - (handle.writeQueueSize ?? 0);
}

/** A socket is destroyed: the last moment of its handle. */
export const onDestroy = guarded(part, 'net.destroy', (socket: AnySocket, error: unknown) => {
  const wire = wireOf(socket);
  if (wire === undefined) return;
  open.delete(socket);
  if (wire.closedAt !== 0) return;
  const t = now();
  wire.closedAt = t;
  wire.quiet = true;
  if (wire.connectedAt === 0 && isMocked(socket)) giveBack(wire, error);
  if (error instanceof Object) link(error, wire);
  if (wire.connectedAt === 0 && wire.request === undefined) findConnect(wire, socket);
  if (wire.route?.pending) onProxyGone(wire, error, t);
  if (wire.connectedAt === 0) {
    notConnected(wire, error, t);
  } else {
    // The handle goes away with this call: last chance to read its counters.
    readCounters(wire, socket);
    if (wire.speech !== null) speechEnds(wire);
    if (wire.operations !== undefined) closeOperations(wire, socket, error);
    if (wire.readEndAt === 0 && socket._readableState?.ended) wire.readEndAt = t;
    wire.closedBy = closedBy(wire, socket, error, t);
    if (error) wire.closeError ??= error;
    if (wire.tunnel && wire.readyAt === 0) wire.tunnel.failed(error, t, error != null && checksItself(socket));
    else if (wire.tunnel) checkTicket(wire.tunnel, socket);
  }
  if (wire.wanted || wire.raw) {
    push(wire);
    pushLast(wire.closing);
  }
});

/** A mock's, and it did not come to a connection: the request's dial is the real one that failed with this error, if any did. */
function giveBack(wire: Wire, error: unknown): void {
  const r = wire.request;
  wire.mocked = true;
  wire.lookup = undefined;
  wire.attempts = [];
  const real = error instanceof Object ? linked<unknown>(error) : undefined;
  if (r === undefined || r.endAt !== 0 || r.dial !== wire) return;
  r.dial = undefined;
  if (r.wire === wire) r.wire = undefined;
  if (real instanceof Wire && real !== wire && real.connectedAt === 0) {
    r.dial = real;
    real.request ??= r;
    if (r.hold === undefined) want(real, r);
  } else r.mocked = true;
}

function notConnected(wire: Wire, error: unknown, t: number): void {
  wire.endAt = t;
  wire.error = error ?? undefined;
  const e = error as NodeJS.ErrnoException | null | undefined;
  wire.aborted = !e || e.name === 'AbortError';
  const l = wire.lookup;
  if (l && l.endAt === 0 && l.call === 'custom' && e && !wire.aborted) {
    l.endAt = t;
    l.error = e;
  }
  const lookupFailed = l !== undefined && (l.endAt === 0 || l.error !== undefined);
  if (wire.attempts.length === 0 && !lookupFailed && nodeMajor < 20) {
    // Node 18 reports its one attempt by the error only, and not at all when it is given up.
    // Of several the last failed; those before it were given up, or failed too.
    const last = (e as { errors?: unknown[] } | null)?.errors?.at(-1) ?? e;
    const address = (last as { address?: string } | null)?.address ?? l?.addresses[0]?.address ?? wire.host;
    const { isIP } = nodeModule('node:net') as typeof import('node:net');
    const family = isIP(address);
    wire.attempts.push(attempt(address, wire.port, family, l?.endAt || wire.beginAt));
  }
  for (const a of wire.attempts) {
    if (a.result !== '') continue;
    a.endAt = t;
    const refused = e?.syscall === 'connect' || e?.code === 'ERR_IP_BLOCKED';
    const own = refused || Array.isArray((e as { errors?: unknown } | undefined)?.errors);
    a.result = own ? 'failed' : 'cancelled';
    if (own) a.error = e;
  }
}

const guardName = 'freeSocketOnReadGuard';
/** What reads it is that function, which destroys it then: else the stack need not be taken. */
function isGuarded({ _handle: handle }: AnySocket): boolean {
  return (handle?.onread as { name?: unknown } | undefined)?.name === guardName;
}

function closedBy(wire: Wire, socket: AnySocket, error: unknown, t: number): ClosedBy {
  const e = error as NodeJS.ErrnoException | null | undefined;
  const kernel = e?.syscall === 'read' || e?.syscall === 'write';
  if (kernel && (e?.code === 'ECONNRESET' || e?.code === 'EPIPE' || e?.code === 'ECONNABORTED')) return 'peerReset';
  if (kernel && e?.code === 'ETIMEDOUT') return 'timeout';
  if (wire.resetting) return 'localReset';
  // Newer Nodes (late 22 on) watch an idle socket of an agent, and destroy it at the peer's FIN without an `end`.
  if (nodeMajor >= 22 && !error && wire.running === 0 && isGuarded(socket) && calledBy(guardName)) {
    wire.readEndAt ||= t;
    return 'peer';
  }
  if (wire.readEndAt !== 0 && (wire.writeEndAt === 0 || wire.readEndAt <= wire.writeEndAt)) return 'peer';
  return wire.timedOut || wire.timerTurn?.lasts() ? 'timeout' : 'local';
}
