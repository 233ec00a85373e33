/**
 * UDP. Sockets are known by Node's channel for them. What is sent is counted at the native handle, which gives the
 * resolved address and the result at once, so that the program's callbacks are not wrapped. What is
 * received is an emission of the socket; only there, as a message has no other trace, our frame is under the handler.
 */

import type { Socket } from 'node:dgram';
import { dnsReceived, dnsSent } from '../dns/messages';
import { Operations } from '../records/operations';
import { matching } from '../records/recording';
import { apply, nodeModule } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { link, linked } from '../runtime/links';
import type { Name } from '../runtime/nodeTypes';
import { ours } from '../runtime/ownSockets';
import { subscribe, whenRemoved } from '../runtime/patches';
import { observe, watchEmit, wrap } from '../runtime/wrap';
import { captureSite } from '../sites/callSite';
import { Datagrams } from './udpRecord';

const part = parts.udp;
const socketOf = linked<Datagrams>;

type Send = (...args: unknown[]) => unknown;
interface UdpHandle {
  send: Send;
  send6: Send;
  getsockname(out: Name): number;
  getpeername(out: Name): number;
}
interface State {
  handle: UdpHandle | null;
}

let operations = false;
let patched = false;
/** Not closed: the exit of the process closes them. */
const open = new Set<Datagrams>();

whenRemoved(() => open.clear());

export function installDatagrams(withOperations: boolean): void {
  operations = withOperations;
  subscribe('udp.socket', onSocket);
}

const onSocket = guarded(part, 'udp.socket', ({ socket }: { socket: Socket }) => {
  // Made while only some requests are asked for: none of theirs.
  if (ours.making || !matching.everything) return;
  const handle = stateOf(socket)?.handle;
  if (!handle) return;
  const s = new Datagrams(now(), (socket as unknown as { type?: string }).type === 'udp6' ? 6 : 4, captureSite());
  if (operations && parts.sockets.on) s.operations = new Operations(() => s.connection);
  if (!patched) {
    patched = true;
    patch(Object.getPrototypeOf(socket) as object, Object.getPrototypeOf(handle) as UdpHandle);
    // A socket for IPv6 has taken its own `send` already.
    if (Object.hasOwn(handle, 'send')) handle.send = handle.send6;
  }
  link(socket, s);
  link(handle, s);
  open.add(s);
});

/** Loads `dgram` no sooner than the program does: the prototypes are those of its first socket. */
function patch(prototype: object, handles: UdpHandle): void {
  for (const name of ['send', 'send6'] as const) {
    wrap(
      handles,
      name,
      (original) =>
        function (this: UdpHandle, ...args: unknown[]) {
          const at = now();
          const result: unknown = apply(original, this, args);
          onSent(this, args, [result, at]);
          return result;
        },
    );
  }
  observe(prototype, 'connect', onConnect as never);
  observe(prototype, 'bind', onBind as never);
  observe(prototype, 'close', onClose as never);
  watchEmit(prototype, watched as never, onEvent as never);
}

let stateKey: symbol | undefined;

/** Where `dgram` keeps its handle: the public way to it prints a warning. */
function stateOf(socket: object): State | undefined {
  stateKey ??= Object.getOwnPropertySymbols(socket).find((s) => s.description === 'state symbol');
  return stateKey === undefined ? undefined : (socket as Record<symbol, State | undefined>)[stateKey];
}

const onSent = guarded(part, 'udp.send', (handle: UdpHandle, args: unknown[], [result, at]: [unknown, number]) => {
  const s = socketOf(handle);
  // send(request, list, length, port, address, …), to the peer of a connected socket without the two.
  const list = args[1];
  if (s === undefined || !Array.isArray(list) || typeof result !== 'number') return;
  const port = typeof args[3] === 'number' ? args[3] : (s.remote?.port ?? 0);
  const address = typeof args[4] === 'string' ? args[4] : (s.remote?.address ?? '');
  const bytes = (list as Uint8Array[]).reduce((sum, piece) => sum + piece.byteLength, 0);
  if (result < 0) {
    const code = codeOf(result);
    const error = Object.assign(new Error(`send ${code} ${address}:${port}`), { code, syscall: 'send', address, port });
    s.failed(error);
    s.operations?.add('writeTo', at, 0, address, port, code);
    return;
  }
  s.sent++;
  s.bytesSent += bytes;
  const isQuery = bytes <= maxQueryBytes && dnsSent(s, wholeOf(list as Uint8Array[]), { address, port });
  if ((isQuery === true || port === 53) && !s.isDns) {
    s.isDns = true;
    s.changed();
  }
  if (s.operations === undefined) return;
  const operation = s.operations.add('writeTo', at, bytes, address, port);
  // 0: it waits in the process; when it leaves is not seen.
  operation.returnAt = result === 0 ? 0 : now();
});

/** Nothing longer is looked at as a query. */
const maxQueryBytes = 4096;

const wholeOf = (list: readonly Uint8Array[]): Uint8Array =>
  list.length === 1 ? (list[0] as Uint8Array) : Buffer.concat(list);

function codeOf(errno: number): string {
  const { getSystemErrorName } = nodeModule('node:util') as typeof import('node:util');
  return getSystemErrorName(errno);
}

const onConnect = guarded(part, 'udp.connect', (socket: object, [port, host]: unknown[]) => {
  const s = socketOf(socket);
  // Connected again, after a `disconnect`: what is reported is the last peer.
  if (s === undefined || (s.connectBegunAt !== 0 && s.connectedAt === 0)) return;
  s.connectBegunAt = now();
  s.connectedAt = 0;
  s.host = typeof host === 'string' ? host : 'localhost';
  s.port = Number(port) || 0;
});

const onBind = guarded(part, 'udp.bind', (socket: object, args: unknown[]) => {
  const s = socketOf(socket);
  const o = typeof args[0] === 'object' && args[0] !== null ? (args[0] as { address?: unknown }).address : args[1];
  if (s !== undefined && typeof o === 'string') s.localAddress = o;
});

const onClose = guarded(part, 'udp.close', (socket: object) => {
  const s = socketOf(socket);
  // Closed before: the call is about to throw.
  if (s === undefined || !stateOf(socket)?.handle) return;
  open.delete(s);
  s.end('local', now());
});

const watched = (socket: object): boolean => part.on && socketOf(socket) !== undefined;

const onEvent = guarded(part, 'udp.event', (socket: object, a: ArrayLike<unknown>) => {
  const s = socketOf(socket);
  if (s === undefined) return;
  switch (a[0]) {
    case 'message':
      received(s, a[1] as Uint8Array, a[2] as Name);
      break;
    case 'listening':
    case 'connect': {
      const handle = stateOf(socket)?.handle;
      if (!handle) return;
      // A process of a cluster has been given another one.
      link(handle, s);
      s.local = nameOf(handle, 'getsockname');
      if (a[0] === 'connect') {
        s.connectedAt = now();
        s.remote = nameOf(handle, 'getpeername');
      }
      s.changed();
      break;
    }
    case 'error':
      s.failed(a[1]);
      s.operations?.add('readFrom', now(), 0, '', 0, String((a[1] as { code?: unknown } | undefined)?.code ?? ''));
      break;
    default:
  }
});

function received(s: Datagrams, message: Uint8Array, from: Name): void {
  s.received++;
  s.bytesReceived += message.byteLength;
  if (s.speech !== undefined) dnsReceived(s, message, { address: from?.address ?? '', port: from?.port ?? 0 });
  s.operations?.add('readFrom', now(), message.byteLength, from?.address ?? '', from?.port ?? 0);
}

function nameOf(
  handle: UdpHandle,
  which: 'getsockname' | 'getpeername',
): { address: string; port: number } | undefined {
  const name: Name = {};
  handle[which](name);
  return name.address && name.port ? { address: name.address, port: name.port } : undefined;
}

/** The process ends. */
export const leaveDatagrams = guarded(part, 'udp.leave', (): void => {
  if (open.size === 0) return;
  for (const s of open) s.end('processExit', 0);
  open.clear();
});
