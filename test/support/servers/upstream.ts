import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server as NetServer,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { behaviours } from '../behaviours';
import { nowUs, until } from '../clock';
import { type ConnectionFact, Facts, type ListenerName } from '../facts';
import { certificate } from './certificates';

/** Marks the inner socket of a TLS connection with the counted one in front of it. */
const counted = new Map<string, ConnectionFact>();
const fact = Symbol('fact');
type Marked = Socket & { [fact]?: ConnectionFact };

export interface UpstreamOptions {
  /** Idle time after which the server closes a kept connection; default 30 s. */
  keepAliveMs?: number;
  /** Address to listen on; default 127.0.0.1. */
  host?: string;
}

/**
 * Real servers on port 0 that note what they see: plain HTTP, HTTPS with a valid chain, HTTPS with an expired
 * certificate, and plain HTTP on a Unix socket. Plain bytes are the socket's own counters; in front of the TLS servers
 * a small relay counts the records, because a TLS socket's counters are those of the decrypted stream.
 */
export class Upstream {
  readonly facts = new Facts();
  /** Base URLs without a slash at the end. */
  readonly urls = { http: '', https: '', expired: '' };
  readonly socketPath = join(tmpdir(), `nettrace-test-${process.pid}-${Math.random().toString(36).slice(2)}.sock`);
  readonly #servers: NetServer[] = [];
  readonly #sockets = new Set<Socket>();

  static async start(options: UpstreamOptions = {}): Promise<Upstream> {
    const upstream = new Upstream();
    const host = options.host ?? '127.0.0.1';
    const port = await upstream.#listen(upstream.#plain('http', options), host);
    upstream.urls.http = `http://${host}:${port}`;
    for (const [name, chain] of [
      ['https', 'server'],
      ['expired', 'expired'],
    ] as const) {
      const inner = createSecureServer(certificate(chain), (q, r) => upstream.#serve(q, r));
      inner.keepAliveTimeout = options.keepAliveMs ?? 30_000;
      const relay = upstream.#relay(name, await upstream.#listen(inner, '127.0.0.1'));
      upstream.urls[name] = `https://${host}:${await upstream.#listen(relay, host)}`;
    }
    await upstream.#listen(upstream.#plain('unix', options), upstream.socketPath);
    return upstream;
  }

  /** What fixtures read from their environment: base URLs, ports and the authority that signed the certificates. */
  get environment(): Record<string, string> {
    const { http, https, expired } = this.urls;
    return { UP_HTTP: http, UP_HTTPS: https, UP_EXPIRED: expired, UP_SOCKET: this.socketPath, UP_CA: certificate.root };
  }

  /** Waits until every connection seen is closed, so that its byte counts are final. */
  async quiet(): Promise<void> {
    await until('all connections closed', () => this.facts.connections.every((c) => c.closedAt !== undefined));
  }

  async close(): Promise<void> {
    for (const s of this.#sockets) s.destroy();
    await Promise.all(this.#servers.map((s) => new Promise((done) => s.close(done))));
    rmSync(this.socketPath, { force: true });
  }

  #listen(server: NetServer, at: string): Promise<number> {
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      const listening = () => resolve((server.address() as AddressInfo).port);
      if (at.includes('/')) server.listen(at, listening);
      else server.listen(0, at, listening);
    });
  }

  #plain(name: ListenerName, options: UpstreamOptions): Server {
    const server = createServer((q, r) => this.#serve(q, r));
    server.keepAliveTimeout = options.keepAliveMs ?? 30_000;
    server.on('connection', (socket: Marked) => {
      const seen = this.#seen(name, socket);
      socket[fact] = seen;
      socket.on('close', () => {
        seen.bytesIn = socket.bytesRead;
        seen.bytesOut = socket.bytesWritten;
        seen.closedAt = nowUs();
      });
    });
    return server;
  }

  #relay(name: ListenerName, port: number): NetServer {
    return createTcpServer({ allowHalfOpen: true }, (client) => {
      const seen = this.#seen(name, client);
      const inner = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      this.#sockets.add(inner);
      inner.on('connect', () => counted.set(`${inner.localPort}`, seen));
      const pass = (from: Socket, to: Socket, key: 'bytesIn' | 'bytesOut') => {
        from.on('data', (d) => {
          // What the server says after the client's end (close_notify), the client never reads.
          if (!client.readableEnded) seen[key] += d.length;
          to.write(d);
        });
        from.on('end', () => to.end());
        from.on('error', () => to.resetAndDestroy());
      };
      pass(client, inner, 'bytesIn');
      pass(inner, client, 'bytesOut');
      client.on('close', () => {
        seen.closedAt = nowUs();
        inner.destroy();
      });
    });
  }

  #seen(listener: ListenerName, socket: Socket): ConnectionFact {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
    const { remotePort } = socket;
    const made: ConnectionFact = {
      number: this.facts.connections.length + 1,
      listener,
      ...(remotePort === undefined ? {} : { remotePort }),
      openedAt: nowUs(),
      bytesIn: 0,
      bytesOut: 0,
      requests: 0,
    };
    this.facts.connections.push(made);
    return made;
  }

  #serve(request: IncomingMessage, answer: ServerResponse): void {
    const socket = request.socket as Marked;
    const connection = socket[fact] ?? counted.get(`${socket.remotePort}`);
    if (!connection) throw new Error('request on an unknown connection');
    const target = request.url ?? '';
    const url = new URL(target, 'http://upstream');
    const noted = {
      method: request.method ?? '',
      target,
      path: url.pathname,
      headers: request.headers,
      connection: connection.number,
      ordinal: ++connection.requests,
      headAt: nowUs(),
      bodyBytes: 0,
    };
    this.facts.requests.push(noted);
    request.on('data', (d: Buffer) => {
      noted.bodyBytes += d.length;
    });
    request.on('end', () => Object.assign(noted, { bodyEndAt: nowUs() }));
    const behaviour = behaviours[url.pathname];
    if (behaviour) behaviour(answer, url.searchParams, noted, request);
    else answer.writeHead(404).end();
  }
}
