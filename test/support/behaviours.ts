import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { delay, nowUs } from './clock';
import type { RequestFact } from './facts';

/** What a path of the test server does. Parameters come by query: `/think?ms=300`. */
type Behaviour = (answer: ServerResponse, query: URLSearchParams, fact: RequestFact, request: IncomingMessage) => void;

const number = (query: URLSearchParams, name: string, otherwise: number): number =>
  Number(query.get(name) ?? otherwise);

function send(
  answer: ServerResponse,
  fact: RequestFact,
  status: number,
  headers: Record<string, string>,
  body: string | Buffer,
): void {
  fact.status = status;
  answer.writeHead(status, {
    'content-type': 'text/plain',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  });
  fact.responseAt = nowUs();
  answer.end(body, () => {
    fact.responseEndAt = nowUs();
  });
}

/** Head at once, then `n` chunks of `size` bytes, one every `ms` (`first`: wait before the first one). */
async function chunks(answer: ServerResponse, query: URLSearchParams, fact: RequestFact): Promise<void> {
  fact.status = 200;
  answer.writeHead(200, { 'content-type': 'text/plain' });
  answer.flushHeaders();
  fact.responseAt = nowUs();
  const n = number(query, 'n', 5);
  for (let i = 0; i < n; i++) {
    if (i > 0 || query.has('first')) await delay(number(query, 'ms', 100));
    answer.write('x'.repeat(number(query, 'size', 10)));
  }
  answer.end();
  fact.responseEndAt = nowUs();
}

/** `send` bytes of a declared `of`, then a reset once the client had time to read them. */
async function reset(answer: ServerResponse, query: URLSearchParams, fact: RequestFact): Promise<void> {
  fact.status = 200;
  answer.writeHead(200, { 'content-length': String(number(query, 'of', 102_400)) });
  answer.write(Buffer.alloc(number(query, 'send', 10_240)));
  fact.responseAt = nowUs();
  await delay(100);
  answer.socket?.resetAndDestroy();
  fact.responseEndAt = nowUs();
}

/** How often `/fail` has failed, by its key. */
const failures = new Map<string, number>();

/** 503 as often as `times` says, then 200. */
function fail(answer: ServerResponse, query: URLSearchParams, fact: RequestFact): void {
  const key = query.get('key') ?? '';
  const before = failures.get(key) ?? 0;
  failures.set(key, before + 1);
  send(answer, fact, before < number(query, 'times', 1) ? 503 : 200, {}, 'hello');
}

export const behaviours: Record<string, Behaviour> = {
  '/ok': (answer, _query, fact) => send(answer, fact, 200, {}, 'hello'),
  '/close': (answer, _query, fact) => send(answer, fact, 200, { connection: 'close' }, 'hello'),
  '/fail': fail,
  '/status': (answer, query, fact) => send(answer, fact, number(query, 'is', 200), {}, 'status'),
  '/bytes': (answer, query, fact) => send(answer, fact, 200, {}, Buffer.alloc(number(query, 'n', 1000), 'b')),
  '/think': (answer, query, fact) => {
    setTimeout(() => send(answer, fact, 200, {}, 'hello'), number(query, 'ms', 300));
  },
  '/gzip': (answer, query, fact) =>
    send(answer, fact, 200, { 'content-encoding': 'gzip' }, gzipSync('z'.repeat(number(query, 'n', 10_000)))),
  '/redirect': (answer, query, fact) => {
    const left = number(query, 'n', 1);
    send(answer, fact, 302, { location: left > 1 ? `/redirect?n=${left - 1}` : '/ok' }, '');
  },
  '/chunks': (answer, query, fact) => void chunks(answer, query, fact),
  '/rst': (answer, query, fact) => void reset(answer, query, fact),
  // Part of a declared body, then the end of the connection.
  '/cut': (answer, _query, fact) => {
    fact.status = 200;
    answer.writeHead(200, { 'content-length': '1000' });
    answer.write(Buffer.alloc(100), () => answer.socket?.end());
    fact.responseAt = nowUs();
  },
  '/drop': (answer) => void answer.socket?.resetAndDestroy(),
  '/expire': (answer, _query, fact) => {
    answer.socket?.setTimeout(0);
    send(answer, fact, 200, {}, 'hello');
    const { socket } = answer;
    setTimeout(() => socket?.end(), 50);
  },
  '/silent': () => undefined,
  '/echo': (answer, _query, fact, request) => {
    request.on('end', () => send(answer, fact, 200, {}, `got ${fact.bodyBytes}`));
  },
  '/early': (answer, _query, fact) => {
    answer.writeEarlyHints?.({ link: '</style.css>; rel=preload; as=style' });
    send(answer, fact, 200, {}, 'hello');
  },
};
