/** A receiver of OTLP over HTTP on loopback that behaves as a test says, and keeps what it accepted. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodedTrace } from '../../../src/cli/otlp/testing/definition';
import type { JsonSpan } from '../../../src/formats/testing/otlp';

export interface Received {
  headers: IncomingMessage['headers'];
  path: string;
  spans: JsonSpan[];
  resources: { attributes: JsonSpan['attributes'] }[];
}

/** What it does with a request: take it, ask to come again later, refuse it, never answer, or cut the connection. */
export type Behaviour = 'take' | 'later' | 'refuse' | 'stall' | 'cut';

export class Receiver {
  /** Accepted requests; what was not answered with 200 is not among them. */
  readonly accepted: Received[] = [];
  /** What was done with each request, in order. */
  readonly did: Behaviour[] = [];
  #server: Server | undefined;
  #port = 0;
  #isStopping = false;
  /** Answers under way. */
  #taking = 0;

  /** `behave` says for the n-th request, from 0. With `tls` it speaks HTTPS. */
  constructor(
    readonly behave: (n: number) => Behaviour = () => 'take',
    readonly tls?: { key: Buffer; cert: Buffer },
  ) {}

  get url(): string {
    return `${this.tls ? 'https' : 'http'}://127.0.0.1:${this.#port}`;
  }

  get spans(): JsonSpan[] {
    return this.accepted.flatMap((r) => r.spans);
  }

  /** On the same port as before, if it was started once. */
  async start(): Promise<this> {
    const handle = (request: IncomingMessage, response: ServerResponse) => this.#handle(request, response);
    const server = this.tls ? createSecureServer(this.tls, handle) : createServer(handle);
    this.#server = server;
    this.#isStopping = false;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    return this;
  }

  /** Ends its connections too, but no answer that is being given: what it accepted, the sender knows of. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#isStopping = true;
    while (this.#taking > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const pieces: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const behaviour = this.#isStopping ? 'cut' : this.behave(this.did.length);
      this.did.push(behaviour);
      switch (behaviour) {
        case 'take':
          this.accepted.push(received(request, Buffer.concat(pieces)));
          this.#taking++;
          response.on('close', () => this.#taking--);
          response.setHeader('content-type', request.headers['content-type'] ?? '');
          response.end(isJson(request) ? '{}' : '');
          break;
        case 'later':
          response.writeHead(503, { 'retry-after': '1' }).end();
          break;
        case 'refuse':
          response.writeHead(400).end();
          break;
        case 'cut':
          request.socket.destroy();
          break;
        case 'stall':
          break;
      }
    });
  }
}

const isJson = ({ headers }: IncomingMessage): boolean => headers['content-type'] === 'application/json';

function received(request: IncomingMessage, body: Buffer): Received {
  const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  const document = (isJson(request) ? JSON.parse(bytes.toString()) : decodedTrace(bytes)) as {
    resourceSpans: { resource: Received['resources'][number]; scopeSpans: { spans: JsonSpan[] }[] }[];
  };
  return {
    headers: request.headers,
    path: request.url ?? '',
    spans: document.resourceSpans.flatMap((r) => r.scopeSpans.flatMap((s) => s.spans)),
    resources: document.resourceSpans.map((r) => r.resource),
  };
}
