/** The records below a request that its breakdown needs, found once. */

import type { Connection, Dial, Lookup, Pause, Request, TlsTunnel } from '../records';
import type { Store } from '../store/store';
import type { AbsentReason, PhasePart } from './types';

export interface Context {
  connection: Connection | undefined;
  dial: Dial | undefined;
  lookup: Lookup | undefined;
  /** The connection that the dial made. */
  winner: Connection | undefined;
  attempts: Connection[];
  /** Tunnel the request itself speaks in. */
  tls: TlsTunnel | undefined;
  /** The handshake failed, or was given up. */
  tlsFailed: boolean;
  /** TLS is due. */
  secure: boolean;
  /** It goes through a CONNECT tunnel. */
  throughTunnel: boolean;
  /** When that stood, and what it took: TLS to the proxy, the CONNECT. */
  tunnelAt: number | undefined;
  tunnelParts: PhasePart[];
  /** The proxy refused the tunnel: the request never left, and the response is the proxy's to CONNECT. */
  refused: boolean;
  /** Last known instant of the request: its end, or now while it runs. */
  limit: number;
  /** When the setup was ready; absent while a due step is missing or failed. */
  ready: number | undefined;
  /** First instant that proves the setup was over: what of it is not known by then was not seen. */
  sentAt: number | undefined;
  /** The setup is this request's own waiting time. */
  counts: boolean;
  /** Why not, when it is not. */
  notCounted: AbsentReason;
  /** Dial begun for it whose connection it did not use. */
  unusedDial: string | undefined;
  /** It ended without finishing. */
  isCut: boolean;
  /** Set while the steps are made: a step failed or has not ended. */
  stopped: boolean;
  pauses: readonly Pause[];
}

const unfinished = new Set(['failed', 'aborted', 'processExit', 'interrupted']);

export function contextOf(r: Request, store: Store, now: number): Context {
  const connection = r.connection === undefined ? undefined : store.connections.get(r.connection);
  const dialId = connection?.dial ?? (r.connection === undefined && !r.mocked ? r.dial : undefined);
  const dial = dialId === undefined ? undefined : store.dials.get(dialId);
  const lookup = dial?.lookup === undefined ? undefined : store.lookups.get(dial.lookup);
  const winner = dial?.connection === undefined ? undefined : store.connections.get(dial.connection);
  const attempts = (dial?.attempts ?? []).flatMap((id) => store.connections.get(id) ?? []);
  const onWire = connection ?? winner;
  const tunnels = onWire ? store.tunnelsOf(onWire.id) : [];
  // Over HTTP/2 it is a stream like any other.
  const isConnect = r.method === 'CONNECT' && r.protocol !== 'h2';
  const forward = isConnect || r.proxy?.mode === 'forward';
  const tls =
    tunnels.find((t) => t.purpose === (forward ? 'proxy' : 'origin')) ??
    (forward ? undefined : tunnels.find((t) => t.purpose === undefined));
  // With a proxy before it TLS is due to the proxy, whatever the origin's scheme.
  const secure =
    tls !== undefined ||
    (forward && !isConnect ? r.proxy?.kind === 'https' : !isConnect && /^(https|wss):/i.test(r.url ?? ''));
  const throughTunnel = !isConnect && (r.proxy?.mode === 'tunnel' || isBehind(onWire?.tunnel, r));
  const sentAt = r.sendBeginAt ?? r.sendEndAt ?? r.responseBeginAt;
  const tlsFailed = tls !== undefined && (tls.error !== undefined || isGivenUp(tls, sentAt));
  const ready = readyAt(winner, tlsFailed ? undefined : tls, secure, throughTunnel) ?? sentAt;
  const first =
    r.connection === undefined ||
    r.ordinal === undefined ||
    r.ordinal <= 1 ||
    isConnect ||
    connection?.protocol === 'h2' ||
    tls?.alpn === 'h2';
  const counts =
    dial !== undefined && first && (ready === undefined || r.createdAt === undefined || ready > r.createdAt);
  const unused = r.dial !== undefined && r.dial !== dialId ? r.dial : undefined;
  const refused = r.proxy?.refusedTunnel === true;
  const connectId = onWire?.tunnel?.request ?? (refused ? dial?.request : undefined);
  const connect = connectId === undefined ? undefined : store.requests.get(connectId);
  return {
    connection,
    dial,
    lookup,
    winner,
    attempts,
    tls,
    tlsFailed,
    secure,
    throughTunnel,
    tunnelAt: onWire?.tunnel?.establishedAt ?? (refused ? connect?.responseBeginAt : undefined),
    tunnelParts: throughTunnel ? tunnelParts(connect, tunnels) : [],
    refused,
    limit: limitOf(r, now, [dial?.beginAt, dial?.endAt, lookup?.endAt, tls?.endAt]),
    ready,
    sentAt,
    counts,
    notCounted: notCounted(r, dial, connection, first),
    unusedDial: unused,
    isCut: unfinished.has(r.outcome ?? ''),
    stopped: false,
    pauses: store.pausesOf(r.thread),
  };
}

/** It ended with its socket, not by itself: `agent.destroy()` or an abort in the middle of it leaves no error there. */
function isGivenUp(tls: TlsTunnel, sentAt: number | undefined): boolean {
  return (
    sentAt === undefined && tls.endAt !== undefined && tls.verification === undefined && tls.by?.['*'] !== 'import'
  );
}

/** Whether a request went through the tunnel, not over the connection before it was one. */
function isBehind(tunnel: Connection['tunnel'], r: Request): boolean {
  if (!tunnel) return false;
  return r.endAt === undefined || tunnel.establishedAt === undefined || r.endAt > tunnel.establishedAt;
}

function tunnelParts(connect: Request | undefined, tunnels: readonly TlsTunnel[]): PhasePart[] {
  const parts: PhasePart[] = [];
  const outer = tunnels.find((t) => t.purpose === 'proxy');
  if (outer?.beginAt !== undefined && outer.endAt !== undefined)
    parts.push({ name: 'tls', ref: outer.id, beginAt: outer.beginAt, duration: outer.endAt - outer.beginAt });
  const { sendBeginAt, responseBeginAt } = connect ?? {};
  if (connect && sendBeginAt !== undefined && responseBeginAt !== undefined)
    parts.push({ name: 'connect', ref: connect.id, beginAt: sendBeginAt, duration: responseBeginAt - sendBeginAt });
  return parts;
}

function readyAt(
  winner: Connection | undefined,
  tls: TlsTunnel | undefined,
  secure: boolean,
  throughTunnel: boolean,
): number | undefined {
  const connected = winner?.connect?.result === 'connected' ? winner.connect.endAt : undefined;
  if (connected === undefined) return undefined;
  let ready = connected;
  if (throughTunnel) {
    if (winner?.tunnel?.establishedAt === undefined) return undefined;
    ready = Math.max(ready, winner.tunnel.establishedAt);
  }
  if (secure) {
    if (tls?.endAt === undefined) return undefined;
    ready = Math.max(ready, tls.endAt);
  }
  return ready;
}

function notCounted(
  r: Request,
  dial: Dial | undefined,
  connection: Connection | undefined,
  first: boolean,
): AbsentReason {
  if (!first || (r.ordinal ?? 0) > 1) return 'reused';
  if (dial !== undefined) return 'ready';
  if (r.mocked) return 'mocked';
  // No dial is known: the request has not come so far, or the connection was made before the trace began.
  if (connection?.earlierTrace) return 'beforeTrace';
  return r.connection === undefined && r.assignedAt === undefined
    ? r.outcome === undefined
      ? 'notYet'
      : 'notReached'
    : 'notSeen';
}

/** Now while it runs; else its end. What was never read, was upgraded or became a tunnel ends at its head. */
function limitOf(r: Request, now: number, underlying: readonly (number | undefined)[]): number {
  const known = [r.createdAt, r.assignedAt, r.sendBeginAt, r.sendEndAt, r.responseBeginAt].filter(
    (x) => x !== undefined,
  );
  const last = Math.max(...known, Number.NEGATIVE_INFINITY);
  switch (r.outcome) {
    case undefined:
      return Math.max(now, last);
    case 'notRead':
    case 'upgraded':
    case 'tunnel':
      return r.responseBeginAt ?? r.endAt ?? last;
    case 'interrupted':
      return r.endAt ?? Math.max(last, ...underlying.filter((x) => x !== undefined));
    default:
      return r.endAt ?? last;
  }
}
