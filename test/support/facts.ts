/**
 * Ground truth: what a test server saw of its clients. Bytes are those at the socket, TLS records included; instants are
 * µs on CLOCK_MONOTONIC (clock.ts). A fact that did not happen is absent.
 */

export interface ConnectionFact {
  /** 1, 2, … in order of arrival at this server. */
  readonly number: number;
  readonly listener: ListenerName;
  /** The client's port: joins with `connection.local.port` of the trace; absent on a Unix socket. */
  readonly remotePort?: number;
  readonly openedAt: number;
  closedAt?: number;
  /** From client to server, from server to client; final once `closedAt` is there. */
  bytesIn: number;
  bytesOut: number;
  /** Requests whose head arrived on it. */
  requests: number;
}

export interface RequestFact {
  readonly method: string;
  /** Request target as sent. */
  readonly target: string;
  readonly path: string;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly connection: number;
  /** 1 = first request on its connection. */
  readonly ordinal: number;
  readonly headAt: number;
  bodyBytes: number;
  bodyEndAt?: number;
  status?: number;
  /** The server handed over the response's head. */
  responseAt?: number;
  /** The server handed over the last byte. */
  responseEndAt?: number;
}

export type ListenerName = 'http' | 'https' | 'expired' | 'unix';

/** All connections and requests of a server, in order of arrival. */
export class Facts {
  readonly connections: ConnectionFact[] = [];
  readonly requests: RequestFact[] = [];

  connection(number: number): ConnectionFact {
    const found = this.connections[number - 1];
    if (!found) throw new Error(`no connection ${number}`);
    return found;
  }

  of(path: string): RequestFact[] {
    return this.requests.filter((r) => r.path === path);
  }

  clear(): void {
    this.connections.length = 0;
    this.requests.length = 0;
  }
}
