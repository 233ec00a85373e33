/**
 * The TLS handshake of a socket that `tls.connect` dialled. Facts are read at the socket's `secure` event, when the
 * handshake is done and the handle still there: a certificate that is refused takes it away right after. The verdict
 * follows with `secureConnect`, or with the error that destroys the socket.
 */

import type { TLSSocket } from 'node:tls';
import { push } from '../output/queue';
import type { Tunnel } from '../records/tls/tunnel';
import type { Wire } from '../records/wire';
import { wireOf } from '../records/wireOf';
import { now } from '../runtime/clock';
import { fault, guarded, parts } from '../runtime/guard';
import type { AnySocket } from '../runtime/nodeTypes';
import { keepKeys } from './tlsKeys';

const part = parts.tls;

/** Part `tls` has its own guard: a fault in here leaves the sockets' other facts on. */
export function followTls(wire: Wire, tunnel: Tunnel, socket: unknown, a: ArrayLike<unknown>): void {
  if (a[0] === 'keylog') {
    if (parts.keys.on && keepKeys(a[1])) tunnel.keysLogged = true;
    return;
  }
  if (a[0] === 'OCSPResponse') {
    tunnel.stapled = a[1] !== null && a[1] !== undefined;
    tunnel.flight.staple = (a[1] as Uint8Array | null | undefined)?.byteLength ?? 0;
  }
  if (a[0] !== 'secure' && a[0] !== 'secureConnect') return;
  if (parts.tls.on) {
    try {
      if (a[0] === 'secure') tunnel.agreed(socket as TLSSocket);
      else tunnel.verified(socket as TLSSocket);
    } catch (e) {
      fault(parts.tls, e);
    }
  }
  if (a[0] !== 'secureConnect') return;
  wire.readyAt = now();
  if (wire.wanted) push(wire);
}

/** The last moment of a socket. */
export const checkTicket = guarded(part, 'tls.ticket', (tunnel: Tunnel, socket: unknown): void => {
  // Of a tunnel in a tunnel the plain socket may go first.
  const { _handle, encrypted } = socket as { _handle?: unknown; encrypted?: unknown };
  if (_handle && encrypted === true) tunnel.closing(socket as TLSSocket);
});

/** After the handshake TLS reports its errors (a late alert) by an event alone. */
export const onTlsError = guarded(parts.net, 'net.tls', (socket: AnySocket, error: unknown) => {
  const wire = wireOf(socket);
  if (wire !== undefined && wire.readyAt !== 0 && wire.closedAt === 0) wire.closeError = error;
});
