/**
 * Connections that others open to the program, with the setting `incoming`. Node's channel reports each after the
 * server's own `connection` event; bytes and end are reported as those of the program's own connections.
 */

import { push, pushLast } from '../output/queue';
import { attempt, Wire } from '../records/wire';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { link } from '../runtime/links';
import type { AnySocket, Name } from '../runtime/nodeTypes';
import { subscribe } from '../runtime/patches';
import { stayOpen } from '../sockets/close';
import { traceOperations } from '../sockets/operationsTrace';

const part = parts.net;

export function installIncoming(): void {
  subscribe('net.server.socket', onIncoming);
}

const onIncoming = guarded(part, 'net.incoming', ({ socket }: { socket: AnySocket }) => {
  const t = now();
  const wire = new Wire(t);
  const [local, remote]: Name[] = [{}, {}];
  socket._handle?.getsockname?.(local as Name);
  socket._handle?.getpeername?.(remote as Name);
  wire.incoming = true;
  wire.wanted = true;
  wire.quiet = true;
  wire.connectedAt = t;
  wire.readyAt = t;
  wire.endAt = t;
  const family = remote?.family === 'IPv6' ? 6 : remote?.family === 'IPv4' ? 4 : 0;
  const winner = attempt(remote?.address ?? '', remote?.port ?? 0, family, 0);
  winner.endAt = t;
  winner.result = 'connected';
  wire.attempts.push(winner);
  wire.winner = winner;
  if (local?.address && local.port) wire.local = { address: local.address, port: local.port };
  link(socket, wire);
  push(wire);
  if (socket._handle) {
    stayOpen(socket);
    traceOperations(wire);
    return;
  }
  // The server's listener has closed it at once.
  wire.closedAt = t;
  wire.closedBy = 'local';
  wire.bytesReceived = socket.bytesRead;
  wire.bytesSent = socket.bytesWritten;
  pushLast(wire.closing);
});
