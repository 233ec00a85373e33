/**
 * Connections that the program had before the hook came, or that it made while nothing was traced: agents and pools keep
 * them, and requests go over them. Nobody saw them made, so they have no dial, no instants and no ordinals: only what
 * their handle says now.
 */

import { attempt, Wire } from '../records/wire';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { link } from '../runtime/links';
import type { AnySocket, Name } from '../runtime/nodeTypes';
import { stayOpen } from './close';
import { traceOperations } from './operationsTrace';

/** A wire for a connected socket that has none; undefined: it is no connected socket of `net`. */
export const adopt = guarded(parts.net, 'net.adopt', (socket: AnySocket): Wire | undefined => {
  const handle = socket._handle;
  if (!handle || socket.connecting || socket.destroyed || typeof handle.getpeername !== 'function') return undefined;
  const [local, remote]: [Name, Name] = [{}, {}];
  handle.getsockname?.(local);
  handle.getpeername(remote);
  const t = now();
  const wire = new Wire(t);
  wire.earlier = true;
  wire.quiet = true;
  wire.secure = socket.encrypted === true;
  wire.h2 = socket.alpnProtocol === 'h2';
  wire.via = 'agent';
  wire.connectedAt = t;
  wire.readyAt = t;
  wire.endAt = t;
  const family = remote.family === 'IPv6' ? 6 : remote.family === 'IPv4' ? 4 : 0;
  const winner = attempt(remote.address ?? '', remote.port ?? 0, family, 0);
  wire.attempts.push(winner);
  wire.winner = winner;
  if (local.address && local.port) wire.local = { address: local.address, port: local.port };
  wire.received = socket.bytesRead;
  wire.sent = socket.bytesWritten;
  link(socket, wire);
  stayOpen(socket);
  traceOperations(wire);
  return wire;
});
