/**
 * Sends one request, in a process of its own: Net Trace's hook is loaded before it, so that the request is measured as those
 * of any program are. Reads the request from standard input and writes one line of JSON when all is over. A redirect is an
 * answer like others; nothing is sent that was not asked for but Host, Content-Length and Connection.
 */
import http from 'node:http';
import https from 'node:https';

/** What the program is given. */
export interface Order {
  method: string;
  url: string;
  headers: [name: string, value: string][];
  /** Base64. Absent: none. */
  body?: string;
  /** From the begin to the last byte of the response. */
  timeoutMs: number;
  /** Bytes of the response; beyond it is cut off. */
  maxBytes: number;
}

/** What it answers. */
export interface Outcome {
  status?: number;
  /** Of a redirect, which was not followed. */
  location?: string;
  /** The response was longer than what is read. */
  isCut?: true;
  error?: string;
}

function send(order: Order): void {
  const url = new URL(order.url);
  const body = order.body === undefined ? undefined : Buffer.from(order.body, 'base64');
  const outcome: Outcome = {};
  let isOver = false;
  const over = (error?: string): void => {
    if (isOver) return;
    isOver = true;
    if (error !== undefined) outcome.error = error;
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
    // Else the process lives as long as its timer and standard input.
    clearTimeout(timer);
    process.stdin.destroy();
  };
  const named = new Set(order.headers.map(([name]) => name.toLowerCase()));
  const headers = [...order.headers];
  if (!named.has('host')) headers.unshift(['Host', url.host]);
  if (!named.has('connection')) headers.push(['Connection', 'close']);
  if (body || /^(POST|PUT|PATCH)$/i.test(order.method)) headers.push(['Content-Length', String(body?.length ?? 0)]);
  if (url.username !== '' && !named.has('authorization'))
    headers.push([
      'Authorization',
      `Basic ${btoa(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`)}`,
    ]);
  const request = (url.protocol === 'https:' ? https : http).request({
    method: order.method,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port,
    path: pathOf(order.url, url),
    // Pairs: as written, in this order, also when a name is there twice.
    headers: headers.flat() as unknown as http.OutgoingHttpHeaders,
    agent: false,
  });
  const timer = setTimeout(
    () => request.destroy(new Error(`no complete response within ${order.timeoutMs} ms`)),
    order.timeoutMs,
  );
  // The user cancels, or VS Code is gone.
  process.stdin.on('end', () => request.destroy(new Error('cancelled'))).resume();
  request.on('error', (error) => over(error.message));
  request.on('close', () => over());
  request.on('response', (response) => {
    const { statusCode, headers: received } = response;
    if (statusCode !== undefined) outcome.status = statusCode;
    if (statusCode !== undefined && statusCode >= 300 && statusCode < 400 && received.location !== undefined)
      outcome.location = received.location.slice(0, 2000);
    let bytes = 0;
    response.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes <= order.maxBytes || outcome.isCut) return;
      outcome.isCut = true;
      response.destroy();
    });
    response.on('error', (error) => over(outcome.isCut ? undefined : error.message));
    response.on('close', () => over());
  });
  // A protocol that the server switches to is not spoken here.
  request.on('upgrade', (response, socket) => {
    if (response.statusCode !== undefined) outcome.status = response.statusCode;
    socket.destroy();
  });
  request.end(body);
}

/** As written, where it can be sent so: `URL` would change dots and some characters. */
function pathOf(text: string, url: URL): string {
  const written = /^https?:\/\/[^/?#]*([^#]*)/i.exec(text)?.[1] ?? '';
  const path = written.startsWith('/') ? written : `/${written}`;
  return /^[\x21-\x7e]*$/.test(path) ? path : `${url.pathname}${url.search}`;
}

let order = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', function read(piece: string) {
  order += piece;
  // One line; what follows is the end of the input only.
  const end = order.indexOf('\n');
  if (end < 0) return;
  process.stdin.off('data', read);
  try {
    send(JSON.parse(order.slice(0, end)) as Order);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: (error as Error).message })}\n`, () => process.exit());
  }
});
