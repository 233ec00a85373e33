/** Which facts the record of each client holds on each Node: the run writes docs/coverage.md. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import { type AddressInfo, connect, type Server as NetServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withSection } from '../coverage/section';
import { visible } from '../support/check';
import { nodes, repository } from '../support/programs/nodes';
import { runPlain } from '../support/programs/program';
import { runTraced } from '../support/programs/run';
import { certificate } from '../support/servers/certificates';
import { Upstream } from '../support/servers/upstream';
import { type Cell, cellsOf, coverage, coveredClients } from './coverage';
import { folder } from './plan';

const program = join(folder, 'coverage.cjs');
let upstream: Upstream;
let env: Record<string, string>;
const servers: NetServer[] = [];

/** Slow reader, one that fails once, and a switch of protocols. */
function own(): Server {
  const tried = new Set<string>();
  const server = createServer((request, answer) => {
    const { pathname, search } = new URL(request.url ?? '', 'http://x');
    if (pathname === '/flaky') {
      // Two programs request at a time, each with its own URL.
      answer.writeHead(tried.has(search) ? 200 : 503).end('hello');
      tried.add(search);
    } else if (pathname === '/slow') {
      setTimeout(() => request.resume().on('end', () => answer.end('hello')), 150);
    } else answer.end('hello');
  });
  return server.on('upgrade', (_request, socket: Socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
    socket.on('error', () => undefined).pipe(socket);
  });
}

function proxy(): Server {
  const server = createServer((request, answer) => {
    // The absolute form: passed on by hand.
    const to = new URL(request.url ?? '');
    const socket = connect(Number(to.port), '127.0.0.1', () => {
      socket.end(
        `${request.method} ${to.pathname}${to.search} HTTP/1.1\r\nhost: ${to.host}\r\nconnection: close\r\n\r\n`,
      );
    });
    socket.on('data', () => undefined).on('end', () => answer.end('hello'));
  });
  return server.on('connect', (request, socket: Socket) => {
    const onward = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    for (const one of [socket, onward]) one.on('error', () => undefined);
  });
}

function h2(): Http2Server {
  return createHttp2Server().on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const { pathname } = new URL(headers[':path'] ?? '', 'http://x');
    if (pathname === '/silent') return;
    if (pathname === '/gzip') {
      stream.respond({ ':status': 200, 'content-encoding': 'gzip' });
      stream.end(gzipSync('z'.repeat(10_000)));
    } else if (pathname === '/chunks') {
      stream.respond({ ':status': 200 });
      // So far apart that a busy machine does not hand them over as one.
      for (let i = 0; i < 3; i++) setTimeout(() => stream.write('x'), 120 * i);
      setTimeout(() => stream.end(), 360);
    } else
      stream.resume().on('end', () => {
        stream.respond({ ':status': 200 });
        stream.end('hello');
      });
  });
}

const listen = (server: NetServer): Promise<number> => {
  servers.push(server);
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)));
};

beforeAll(async () => {
  upstream = await Upstream.start();
  const [ownPort, proxyPort, h2Port] = await Promise.all([own(), proxy(), h2() as unknown as NetServer].map(listen));
  env = {
    ...upstream.environment,
    NODE_EXTRA_CA_CERTS: certificate.root,
    UP_NAMED: upstream.urls.http.replace('127.0.0.1', 'localhost'),
    UP_OWN: `http://127.0.0.1:${ownPort}`,
    UP_PROXY: `http://127.0.0.1:${proxyPort}`,
    UP_H2: `http://localhost:${h2Port}`,
  };
});
afterAll(async () => {
  for (const s of servers) s.close();
  await upstream.close();
});

const cells = new Map<string, readonly Cell[]>();

describe.each(nodes)('Node $major', (node) => {
  const runs = coveredClients.filter((c) => node.major >= (c.min ?? 18));
  test.each(runs)('$title', async ({ name }) => {
    const options = { args: [name], env, conf: { headers: 'values', bodies: 10_000 } };
    const [plain, run] = await Promise.all([runPlain(node, program, options), runTraced(node, program, options)]);
    expect(visible(run)).toEqual(visible(plain));
    const list = cellsOf(run);
    expect(list.slice(0, 2)).toEqual(['yes', 'yes']);
    cells.set(`${name} ${node.major}`, list);
  });
});

test('the table says what was seen', async () => {
  const path = join(repository, 'docs/coverage.md');
  // All versions, or the table would lie. Rewritten by `vitest -u`.
  const page = readFileSync(path, 'utf8');
  if (nodes.length === 5) await expect(withSection(page, 'facts', coverage(nodes, cells))).toMatchFileSnapshot(path);
  else console.log(coverage(nodes, cells));
});
