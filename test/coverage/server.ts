/** One server a style: an answer that every client takes. The style `retried` is refused once. */
import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { type Style, styles } from './clients';

const answer = JSON.stringify({
  id: 'x',
  object: 'x',
  type: 'message',
  role: 'assistant',
  content: [],
  choices: [],
  usage: {},
  data: { a: '1' },
  version: { number: '9.0.0' },
});

function http(style: Style): Server {
  let refused = false;
  return createServer((request, response) => {
    request.resume().on('end', () => {
      const refuse = style === 'retried' && !refused;
      refused ||= refuse;
      response.writeHead(refuse ? 503 : 200, {
        'content-type': 'application/json',
        'x-elastic-product': 'Elasticsearch',
        ...(refuse ? { 'retry-after': '0' } : {}),
      });
      response.end(request.method === 'HEAD' ? '' : answer);
    });
  });
}

function http2(style: Style): Server {
  let refused = false;
  return createHttp2Server().on('stream', (stream) => {
    const refuse = style === 'retried' && !refused;
    refused ||= refuse;
    const status = refuse ? '14' : '0';
    stream.on('error', () => undefined);
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }));
    stream.end(Buffer.alloc(5));
  }) as unknown as Server;
}

export interface Servers {
  bases: Record<Style, string>;
  close(): void;
}

export async function serve(isHttp2: boolean): Promise<Servers> {
  const servers = styles.map((style) => (isHttp2 ? http2 : http)(style));
  const ports = await Promise.all(
    servers.map(
      (s) => new Promise<number>((done) => s.listen(0, '127.0.0.1', () => done((s.address() as AddressInfo).port))),
    ),
  );
  const bases = Object.fromEntries(styles.map((s, i) => [s, `http://127.0.0.1:${ports[i]}`])) as Record<Style, string>;
  return {
    bases,
    close: () => {
      for (const s of servers) s.close();
    },
  };
}
