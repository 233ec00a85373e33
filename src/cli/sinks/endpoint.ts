/**
 * The HTTP endpoint of `--metrics`: answers GET /metrics and nothing else, on loopback unless another address was given. On
 * loopback a page of a browser must not read it under a name of its own, so only names of loopback are answered.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../terminal/say';
import { type Address, isLoopback, placeText } from './address';
import type { Metrics } from './prometheus';

export interface MetricsServer {
  url: string;
  /** Until then it answers 503. */
  serve(metrics: Metrics): void;
  close(): Promise<void>;
}

/** Listens at once, so that an address in use is known before the program starts. Throws UsageError. */
export async function listen(at: Address): Promise<MetricsServer> {
  let metrics: Metrics | undefined;
  const server = createServer({ maxHeaderSize: 8192, requestTimeout: 5000, headersTimeout: 5000 }, (req, res) => {
    void answer(req, res, metrics, isLoopback(at.host));
  });
  server.maxConnections = 16;
  // Who scrapes does not keep us here.
  server.on('connection', (socket) => socket.unref());
  server.keepAliveTimeout = 5000;
  await begun(server, at);
  server.on('error', () => {}).unref();
  const { port, address } = server.address() as AddressInfo;
  return {
    url: `http://${placeText({ host: address, port })}/metrics`,
    serve: (m) => {
      metrics = m;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function begun(server: Server, at: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = { EADDRINUSE: 'the port is in use', EACCES: 'the port needs permission' }[error.code ?? ''];
      reject(new UsageError(`--metrics: cannot listen on ${placeText(at)}: ${why ?? error.code ?? error.message}.`));
    });
    server.listen(at.port, at.host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  metrics: Metrics | undefined,
  onLoopback: boolean,
): Promise<void> {
  const end = (status: number, text: string, headers: Record<string, string> = {}): void => {
    res.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers });
    res.end(req.method === 'HEAD' ? undefined : text);
  };
  res.on('error', () => {});
  req.resume();
  try {
    if (onLoopback && !isOwnName(req.headers.host)) return end(403, 'Use localhost.\n');
    if (req.url?.split('?')[0] !== '/metrics') return end(404, 'See /metrics.\n');
    if (req.method !== 'GET' && req.method !== 'HEAD') return end(405, 'Use GET.\n', { Allow: 'GET, HEAD' });
    if (!metrics) return end(503, 'Not started yet.\n');
    end(200, await metrics.text(), { 'Content-Type': metrics.contentType });
  } catch {
    if (!res.headersSent) end(500, 'The metrics could not be made.\n');
  }
}

const isOwnName = (host: string | undefined): boolean =>
  isLoopback((host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, ''));
