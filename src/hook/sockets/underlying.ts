/**
 * What is under a socket. Tools that test, mock or watch a program put objects of their own in front of sockets, or replace what
 * is below: the handle shows it. A handle of Node's own is a native object, and the system answers for it.
 */

import { wireOf } from '../records/wireOf';
import { apply, nodeModule } from '../runtime/builtins';
import { link, linked } from '../runtime/links';
import type { AnySocket, Handle } from '../runtime/nodeTypes';

/** Another socket may be shown to the program, with the handle of this one (msw): the handle leads back. */
export function owns(socket: AnySocket): void {
  const handle = socket._handle;
  if (handle && linked(handle) === undefined) link(handle, socket);
}

/** The socket that made the handle that this one has; itself mostly. Undefined: no such handle. */
export const ownerOf = (socket: AnySocket): AnySocket | undefined =>
  socket._handle ? linked<AnySocket>(socket._handle) : undefined;

/** It has the handle of another socket that is recorded: one connection, not two. */
export function isBorrowed(socket: AnySocket): boolean {
  const owner = ownerOf(socket);
  return owner !== undefined && owner !== socket && wireOf(owner) !== undefined;
}

/** In TLS the handle of the plain socket. */
function bottomOf(socket: AnySocket): Handle | null | undefined {
  let handle = socket._handle;
  while (handle?._parent) handle = handle._parent;
  return handle;
}

/** Error number of the system for the peer's name; 0: it is connected. Undefined: not a native handle of TCP. */
function peerError(handle: Handle): number | undefined {
  // Not the handle's own property: that is the mock's.
  const prototype = Object.getPrototypeOf(handle) as Handle | null;
  try {
    const found: unknown = prototype?.getpeername && apply(prototype.getpeername, handle, [{}]);
    return typeof found === 'number' ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Methods of native handles that make or read a connection. */
const methods = ['connect', 'connect6', 'getpeername', 'getsockname', 'readStart'];

/**
 * A socket that says it is connected, while the system knows of no connection and somebody has put his own methods on the
 * handle. The methods alone prove nothing, nor does the system alone: a peer may have reset the connection by now.
 */
export function isMocked(socket: AnySocket): boolean {
  const bottom = bottomOf(socket);
  if (!bottom) return false;
  let replaced = false;
  for (let h: Handle | null | undefined = socket._handle; h; h = h._parent) {
    const handle = h;
    replaced ||= methods.some((name) => Object.hasOwn(handle, name));
  }
  return replaced && peerError(bottom) !== 0;
}

/** What carries a socket's bytes: the system, a stream that is no socket, or nothing at all. */
export function carrierOf(socket: AnySocket): 'system' | 'stream' | 'nothing' {
  const handle = bottomOf(socket);
  const { Duplex } = nodeModule('node:stream') as typeof import('node:stream');
  const { Socket } = nodeModule('node:net') as typeof import('node:net');
  if (!handle) return socket instanceof Duplex && !(socket instanceof Socket) ? 'stream' : 'nothing';
  if (isMocked(socket)) return 'nothing';
  return typeof (Object.getPrototypeOf(handle) as Handle | null)?.getpeername === 'function' ? 'system' : 'stream';
}
