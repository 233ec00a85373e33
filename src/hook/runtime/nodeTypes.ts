/** Inner fields of Node's objects that the hook reads. Types only. */
import type { Socket } from 'node:net';

/** As a handle fills it in. */
export interface Name {
  address?: string;
  family?: string;
  port?: number;
}

/** What Node has under a socket. */
export interface Handle {
  /** What is called with each piece that is read. */
  onread?: unknown;
  getsockname?(out: Name): number;
  getpeername?(out: Name): number;
  bytesRead?: number;
  bytesWritten?: number;
  writeQueueSize?: number;
  _parent?: Handle;
}

/** A socket with the inner fields that are the same on Node 18 to 26. */
export interface AnySocket extends Socket {
  encrypted?: boolean;
  alpnProtocol?: string | false | null;
  /** Of a TLS socket: what it was made over, how, and whether its handshake is done. */
  _parent?: AnySocket | null;
  _tlsOptions?: ConnectOptions & { isServer?: boolean };
  _secureEstablished?: boolean;
  _handle?: Handle | null;
  _readableState?: { ended?: boolean };
}

/** Options of `net.connect` and `tls.connect`, and what clients add to them. */
export interface ConnectOptions {
  host?: string;
  port?: number | string;
  path?: string | null;
  family?: number;
  localAddress?: string | null;
  autoSelectFamily?: boolean;
  autoSelectFamilyAttemptTimeout?: number;
  noDelay?: boolean;
  keepAlive?: boolean;
  keepAliveInitialDelay?: number;
  lookup?: unknown;
  servername?: string | null;
  rejectUnauthorized?: unknown;
  ALPNProtocols?: unknown;
  _agentKey?: string;
  headers?: { Upgrade?: unknown };
}
