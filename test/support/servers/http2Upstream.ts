import {
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { delay, nowUs } from '../clock';
import { certificate } from './certificates';

/** What the server saw of one stream. */
export interface StreamFact {
  readonly path: string;
  readonly method: string;
  readonly id: number;
  /** The client's port: joins with `connection.local.port` of the trace. */
  readonly remotePort: number;
  readonly headers: IncomingHttpHeaders;
  /** µs on CLOCK_MONOTONIC. */
  readonly headAt: number;
  bodyBytes: number;
  /** An informational reply, the final one's head, its last byte were handed over. */
  earlyAt?: number;
  responseAt?: number;
  responseEndAt?: number;
}

/** Bytes of the plain connections, final once closed. */
export interface PlainFact {
  readonly remotePort: number;
  bytesIn: number;
  bytesOut: number;
  closed: boolean;
}

type Behaviour = (stream: ServerHttp2Stream, fact: StreamFact, query: URLSearchParams) => void;

function answer(stream: ServerHttp2Stream, fact: StreamFact, body: string, headers: Record<string, string> = {}): void {
  if (stream.destroyed) return;
  fact.responseAt = nowUs();
  stream.respond({ ':status': 200, 'content-type': 'text/plain', ...headers });
  stream.end(body);
}

const behaviours: Record<string, Behaviour> = {
  // A CONNECT has no path.
  '/': (stream, fact) => answer(stream, fact, 'tunnel'),
  '/ok': (stream, fact) => answer(stream, fact, 'hello'),
  '/think': (stream, fact, query) => void delay(Number(query.get('ms'))).then(() => answer(stream, fact, 'hello')),
  '/chunks': async (stream, fact) => {
    fact.responseAt = nowUs();
    stream.respond({ ':status': 200, 'content-length': '30' });
    for (let i = 0; i < 3; i++) {
      if (i > 0) await delay(40);
      stream.write('x'.repeat(10));
    }
    fact.responseEndAt = nowUs();
    stream.end();
  },
  '/early': (stream, fact) => {
    fact.earlyAt = nowUs();
    stream.additionalHeaders({ ':status': 103, link: '</style.css>; rel=preload' });
    void delay(40).then(() => answer(stream, fact, 'hello'));
  },
  '/echo': (stream, fact) => {
    stream.on('end', () => {
      fact.responseAt = nowUs();
      stream.respond({ ':status': 200, 'set-cookie': 'id=SECRET' }, { waitForTrailers: true });
      stream.once('wantTrailers', () => stream.sendTrailers({ 'x-sum': `${fact.bodyBytes}` }));
      stream.end(`got ${fact.bodyBytes}`);
    });
  },
  '/slow': (stream, fact) => {
    stream.pause();
    void delay(150).then(() => stream.resume());
    stream.on('end', () => answer(stream, fact, `got ${fact.bodyBytes}`));
  },
  '/refuse': (stream) => stream.close(7),
  '/cancel': (stream) => stream.close(8),
  '/silent': () => undefined,
  '/goaway': (stream) => stream.session?.goaway(11, stream.id),
  '/bye': (stream, fact) => {
    stream.session?.goaway(0, stream.id);
    answer(stream, fact, 'bye');
  },
  '/drop': (stream) => {
    stream.session?.destroy();
  },
};

/** HTTP/2 over TLS and in plain, on port 0, that notes what it sees. At most `streams` at once on a connection. */
export class Http2Upstream {
  readonly streams: StreamFact[] = [];
  readonly plain: PlainFact[] = [];
  /** TCP connections of both. */
  connections = 0;
  readonly urls = { h2: '', h2c: '' };
  readonly #servers: Http2Server[] = [];
  readonly #sockets = new Set<Socket>();

  static async start(streams = 100): Promise<Http2Upstream> {
    const upstream = new Http2Upstream();
    const settings = { maxConcurrentStreams: streams };
    const secure = createSecureServer({ ...certificate('server'), settings });
    upstream.urls.h2 = `https://127.0.0.1:${await upstream.#listen(secure)}`;
    const plain = createServer({ settings });
    plain.on('connection', (socket: Socket) => upstream.#count(socket));
    upstream.urls.h2c = `http://127.0.0.1:${await upstream.#listen(plain)}`;
    return upstream;
  }

  get environment(): Record<string, string> {
    return { UP_H2: this.urls.h2, UP_H2C: this.urls.h2c, UP_CA: certificate.root };
  }

  clear(): void {
    this.streams.length = 0;
    this.plain.length = 0;
    this.connections = 0;
  }

  async close(): Promise<void> {
    for (const s of this.#sockets) s.destroy();
    await Promise.all(this.#servers.map((s) => new Promise((done) => s.close(done))));
  }

  #listen(server: Http2Server): Promise<number> {
    this.#servers.push(server);
    server.on('connection', (socket: Socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
    });
    server.on('sessionError', () => undefined);
    server.on('stream', (stream, headers) => this.#serve(stream, headers));
    return new Promise((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
    );
  }

  #count(socket: Socket): void {
    const fact: PlainFact = { remotePort: socket.remotePort ?? 0, bytesIn: 0, bytesOut: 0, closed: false };
    this.plain.push(fact);
    socket.on('close', () => {
      fact.bytesIn = socket.bytesRead;
      fact.bytesOut = socket.bytesWritten;
      fact.closed = true;
    });
  }

  #serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    stream.on('error', () => undefined);
    const url = new URL(headers[':path'] ?? '/', 'http://upstream');
    const fact: StreamFact = {
      path: url.pathname,
      method: String(headers[':method']),
      id: stream.id ?? 0,
      remotePort: stream.session?.socket.remotePort ?? 0,
      headers,
      headAt: nowUs(),
      bodyBytes: 0,
    };
    this.streams.push(fact);
    stream.on('data', (d: Buffer) => {
      fact.bodyBytes += d.length;
    });
    const behaviour = behaviours[url.pathname];
    if (behaviour) behaviour(stream, fact, url.searchParams);
    else stream.close(7);
  }
}
