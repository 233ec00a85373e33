import { createServer, type IncomingMessage, request } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { certificate } from './certificates';

/** One thing that a proxy was asked for. */
export interface ProxyFact {
  readonly proxy: 'http' | 'https' | 'socks';
  readonly method: string;
  readonly target: string;
  /** Port of the client's end. */
  readonly port: number;
  readonly auth: string | undefined;
}

/** Forward proxies on port 0: plain, over TLS (the certificate of `localhost`), and SOCKS 5 without a password. */
export class Proxies {
  readonly seen: ProxyFact[] = [];
  readonly urls = { http: '', https: '', socks: '' };
  /** Answer to CONNECT; 200 lets it through. */
  status = 200;
  /** Before it is answered. */
  delayMs = 0;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  static async start(): Promise<Proxies> {
    const p = new Proxies();
    p.urls.http = `http://127.0.0.1:${await p.#listen(p.#proxy(createServer(), 'http'))}`;
    p.urls.https = `https://localhost:${await p.#listen(p.#proxy(createSecureServer(certificate('server')), 'https'))}`;
    p.urls.socks = `socks5://127.0.0.1:${await p.#listen(p.#socks())}`;
    return p;
  }

  async close(): Promise<void> {
    for (const s of this.#sockets) s.destroy();
    await Promise.all(this.#servers.map((s) => new Promise((done) => s.close(done))));
  }

  #listen(server: Server): Promise<number> {
    this.#servers.push(server);
    server.on('connection', (s: Socket) => this.#sockets.add(s));
    return new Promise((done) => server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)));
  }

  #proxy<S extends Server>(server: S, name: 'http' | 'https'): S {
    const note = (q: IncomingMessage) =>
      this.seen.push({
        proxy: name,
        method: q.method ?? '',
        target: q.url ?? '',
        port: q.socket.remotePort ?? 0,
        auth: q.headers['proxy-authorization'],
      });
    server.on('request', (q: IncomingMessage, answer) => {
      note(q);
      const { host: _, 'proxy-authorization': __, ...headers } = q.headers;
      const onward = request(q.url ?? '', { method: q.method ?? 'GET', headers }, (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
      });
      q.pipe(onward);
    });
    server.on('connect', (q: IncomingMessage, client: Duplex) => {
      note(q);
      client.on('error', () => undefined);
      setTimeout(() => {
        if (this.status !== 200) {
          client.end(`HTTP/1.1 ${this.status} No\r\ncontent-length: 0\r\n\r\n`);
          return;
        }
        const [host = '', port = ''] = (q.url ?? '').split(/:(?=\d+$)/);
        this.#relay(client, host, Number(port), () => client.write('HTTP/1.1 200 Connection established\r\n\r\n'));
      }, this.delayMs);
    });
    return server;
  }

  #relay(client: Duplex, host: string, port: number, ready: () => void): void {
    const to = connect({ host: host === 'localhost' ? '127.0.0.1' : host, port }, ready);
    this.#sockets.add(to);
    to.on('error', () => client.destroy());
    to.on('close', () => client.destroy());
    client.on('close', () => to.destroy());
    client.pipe(to).pipe(client);
  }

  #socks(): Server {
    return createTcpServer((client) => {
      client.on('error', () => undefined);
      client.once('data', () => {
        client.write(Buffer.from([5, 0]));
        client.once('data', (ask) => {
          const name = ask[3] === 3;
          const end = name ? 5 + (ask[4] ?? 0) : 8;
          const host = name ? ask.toString('latin1', 5, end) : [...ask.subarray(4, 8)].join('.');
          const port = ask.readUInt16BE(end);
          this.seen.push({
            proxy: 'socks',
            method: 'CONNECT',
            target: `${host}:${port}`,
            port: client.remotePort ?? 0,
            auth: undefined,
          });
          this.#relay(client, host, port, () => client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])));
        });
      });
    });
  }
}
