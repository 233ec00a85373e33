/**
 * Reads and writes of the sockets that have a record, with the setting `sockets`. The flow is not changed: no listener is
 * added, and no frame of the hook is under the program's handlers. Reads are seen by an accessor for `push`; writes
 * that Node passes to the system, by `_writeGeneric`, which all writes of a stream go through.
 */

import { type Counted, Operations } from '../records/operations';
import type { Wire } from '../records/wire';
import { wireOf } from '../records/wireOf';
import { apply, nodeModule } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { whenLoaded } from '../runtime/nodeModules';
import type { AnySocket } from '../runtime/nodeTypes';
import { frameGone, roomForFrame } from '../runtime/stackLimit';
import { type AnyFunction, patchAccessor, shimAbove, wrap } from '../runtime/wrap';

const part = parts.sockets;
let on = false;

/** The handle whose counters are those of the wire: in TLS the one below. */
function countedOf(socket: AnySocket): Counted | null | undefined {
  let handle = socket._handle;
  while (handle?._parent) handle = handle._parent;
  return handle;
}

export function installSocketTrace(): void {
  on = true;
  whenLoaded('net', () => patchSockets(nodeModule('node:net') as typeof import('node:net')));
}

function patchSockets(net: typeof import('node:net')): void {
  const prototype = net.Socket.prototype as unknown as object;
  wrap(
    prototype,
    '_writeGeneric',
    (original) =>
      function _writeGeneric(this: AnySocket, ...args: unknown[]) {
        const at = now();
        const room = roomForFrame();
        try {
          return apply(original, this, args);
        } finally {
          if (room !== 0) frameGone(room);
          onWritten(this, at);
        }
      },
  );
  const shim = shimAbove(prototype);
  const above = Object.getPrototypeOf(shim) as { push: AnyFunction };
  patchAccessor(shim, 'push', function (this: AnySocket) {
    if (this !== (prototype as unknown)) onRead(this);
    return above.push;
  });
}

/** The connection is established: from now on its operations are recorded. */
export function traceOperations(wire: Wire): void {
  if (on && part.on) wire.operations = new Operations(() => (wire.wanted ? wire.connection : 0));
}

const onRead = guarded(part, 'sockets.read', (socket: AnySocket) => {
  const wire = wireOf(socket);
  if (wire?.operations === undefined) return;
  const handle = countedOf(socket);
  if (handle) wire.operations.hasRead(handle, wire.secure);
});

const onWritten = guarded(part, 'sockets.write', (socket: AnySocket, at: number) => {
  const wire = wireOf(socket);
  if (wire?.operations === undefined) return;
  const handle = countedOf(socket);
  if (handle) wire.operations.hasWritten(handle, at);
});

/** Something happens on the socket: what had to wait may be written by now. */
export const settleOperations = guarded(part, 'sockets.settle', (wire: Wire, socket: AnySocket) => {
  const handle = countedOf(socket);
  if (handle) wire.operations?.settle(handle);
});

/** The handshake is done: its bytes are operations too. */
export const handshakeOperations = guarded(part, 'sockets.handshake', (wire: Wire, socket: AnySocket) => {
  const handle = countedOf(socket);
  if (!handle) return;
  wire.operations?.hasRead(handle, true);
  wire.operations?.hasWritten(handle, now());
});

/** The last moment of the handle. */
export const closeOperations = guarded(part, 'sockets.close', (wire: Wire, socket: AnySocket, error: unknown) => {
  const e = error as NodeJS.ErrnoException | null | undefined;
  wire.operations?.close(countedOf(socket), e?.syscall, e?.code);
});
