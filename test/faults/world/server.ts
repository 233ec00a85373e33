/** The server of all scenarios, in the process of the command: it knows what really arrived. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

const piece = Buffer.alloc(64 * 1024, 'x');

export class Server {
  /** `METHOD /path` of each request since `begin`, in their order. */
  arrived: string[] = [];
  /** Connections accepted since `begin`. */
  connections = 0;
  /** Most requests that waited in `/hold` at once. */
  held = 0;
  /** Runs while a request for `/gate` waits for its answer. */
  #gate: (() => unknown) | undefined;
  #waiting: ServerResponse[] = [];
  #release = Number.POSITIVE_INFINITY;
  readonly #http = createServer({ keepAliveTimeout: 120_000 }, (request, answer) => {
    this.#serve(request, answer).catch(() => answer.destroy());
  });

  async listen(): Promise<void> {
    this.#http.on('connection', () => {
      this.connections++;
    });
    this.#http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
    await once(this.#http, 'listening');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  begin(gate?: () => unknown): void {
    this.arrived = [];
    this.connections = 0;
    this.held = 0;
    this.#gate = gate;
  }

  /** Nobody in `/hold` is answered before so many wait there. */
  holdUntil(count: number): void {
    this.#release = count;
  }

  close(): void {
    this.#http.closeAllConnections();
    this.#http.close();
  }

  async #serve(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    this.arrived.push(`${request.method} ${request.url}`);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    if (pathname === '/gate') await this.#gate?.();
    if (pathname === '/hold') return this.#hold(answer);
    if (pathname === '/bytes') return this.#send(answer, Number(searchParams.get('n')));
    answer.end('hello');
  }

  #hold(answer: ServerResponse): void {
    this.#waiting.push(answer);
    this.held = Math.max(this.held, this.#waiting.length);
    if (this.#waiting.length < this.#release) return;
    for (const one of this.#waiting.splice(0)) one.end('held');
  }

  async #send(answer: ServerResponse, bytes: number): Promise<void> {
    answer.setHeader('content-length', bytes);
    const whole = Array.from({ length: Math.floor(bytes / piece.length) }, () => piece);
    await pipeline([...whole, piece.subarray(0, bytes % piece.length)], answer);
  }
}
