/** Request: one round trip. A redirect hop, a retry, a CONNECT are each their own. */
import type { Static } from 'typebox';
import * as Type from 'typebox';
import {
  by,
  bytes,
  count,
  duration,
  flag,
  id,
  instant,
  integer,
  list,
  maskedText,
  missing,
  optional,
  record,
  ref,
  refs,
  text,
  words,
} from '../base/schema';
import { abort, callSite, chunks, errorInfo, frame, header, keepAlive, transformed } from './common';
import { bodyContent } from './content';
import { requestKernel } from './kernel';

export const outcomes = [
  'complete',
  'failed',
  'aborted',
  'notRead',
  'upgraded',
  'tunnel',
  'processExit',
  'interrupted',
] as const;

const client = record(
  {
    name: text('Package name, `undici`.'),
    version: optional(text('Its version.')),
    bundled: optional(flag('True: the copy inside Node.')),
  },
  'Client library. Absent if not known.',
);

const requestBody = record(
  {
    declaredBytes: optional(bytes('Content-Length sent; absent with chunked coding.')),
    bytes: optional(bytes('Body as the program gave it; absent when not counted.')),
    wireBytes: optional(bytes('Body after transfer coding; absent when not counted.')),
    lastWriteAt: optional(
      instant(
        'The program gave its last piece; `sendEndAt` says when the kernel had taken all of it. Absent: not seen.',
      ),
    ),
    drainWaits: optional(
      count('How often the socket took no more (`write` gave false). Absent: it never did, or that is not seen.'),
    ),
    drainDuration: optional(duration('Time until it took more again, or had taken all, on the ready connection.')),
    content: optional(bodyContent),
  },
  'Request body. Absent: none.',
);

export const decodeError = record(
  {
    code: text('Code of zlib, Brotli or Zstandard: `Z_DATA_ERROR`.'),
    message: optional(text('Its message: `incorrect header check`.')),
    decoder: text('Class of the decoding stream: `Gunzip`.'),
  },
  'Why decoding the body failed, in the program. What came over the wire is unaffected.',
);

export type DecodeError = Static<typeof decodeError>;

const response = record(
  {
    status: optional(integer('Status code of the final response.')),
    statusText: optional(text('Reason phrase as sent; absent in HTTP/2.')),
    headers: optional(list(header, 'Response headers in the order sent, by the header level; absent at level off.')),
    headersBytes: optional(bytes('Size of the head on the wire; absent when not seen.')),
    contentType: optional(text('Content-Type.')),
    contentEncoding: optional(text('Content-Encoding; absent: none.')),
    declaredBytes: optional(bytes('Content-Length; absent if not sent.')),
    wireBytes: optional(bytes('Body after content and transfer coding; absent when not counted.')),
    bodyBytes: optional(bytes('Body after decoding of the content coding; absent when not counted.')),
    readBytes: optional(bytes('Body bytes that the program took; absent when not counted.')),
    content: optional(bodyContent),
    decodeError: optional(decodeError),
    readBeginAt: optional(instant('When the program began to read the body; absent: not read, or not seen.')),
    loopDelayMax: optional(
      duration(
        'How long, at most, it had waited for the event loop when the program saw it: how long the loop was busy since it last looked for what had arrived. Only where the loop was busy for 50 ms or more between createdAt and responseBeginAt.',
      ),
    ),
    trailers: optional(list(header, 'Trailers, by the header level.')),
    grpcStatus: optional(
      integer('`grpc-status` of the trailers, at any header level; 0 is OK. Absent: no gRPC, or none came.'),
    ),
    informational: optional(
      list(
        record({ at: instant('When it came.'), status: integer('1xx status.') }, 'One informational response.'),
        '1xx responses before the final one.',
      ),
    ),
    keepAlive: optional(keepAlive),
    serverTiming: optional(
      list(
        record(
          {
            name: text('Name of the metric.'),
            duration: optional(duration('Its time as the server says; absent: not given.')),
            description: optional(text('Its description; absent: not given.')),
          },
          'One metric.',
        ),
        'What the header Server-Timing says. Absent: not sent, or the header level is not values.',
      ),
    ),
  },
  'Final response. Absent: no head was received.',
);

const proxy = record(
  {
    url: optional(maskedText('The proxy, user info masked.', 'url')),
    kind: optional(words(['http', 'https', 'socks'], 'How the program speaks to it. Absent: not known.')),
    by: optional(
      words(
        ['env', 'agent', 'dispatcher', 'option'],
        'Who chose it: the environment, an agent, a dispatcher of undici, or an option of the call. Absent: not known.',
      ),
    ),
    mode: optional(
      words(['forward', 'tunnel'], 'forward: the proxy gets the whole URL. tunnel: it only passes bytes on.'),
    ),
    refusedTunnel: optional(
      flag(
        'true: the proxy refused the tunnel, and its response to CONNECT is what the program got. Absent: not seen.',
      ),
    ),
  },
  'Proxy that it went through. Absent: direct, or not seen.',
);

const stackFrame = record(
  {
    file: text('File that ran, as the runtime names it.'),
    line: optional(integer('Line in it, from 1. Absent: `transformed`.')),
    column: optional(integer('Column in it, from 1. Absent: `transformed`.')),
    function: optional(text('Function; absent at top level or when anonymous.')),
    transformed,
    kind: optional(words(['user', 'library'], 'Whose code it is; absent: not known.')),
    async: optional(flag('True: it awaits the frame before, it did not call it.')),
    source: optional(frame('Place in the original source; absent if there is no map.')),
  },
  'One frame.',
);

const priorSend = record(
  {
    connection: optional(ref('connections', 'Connection that it was put on. Absent: it was never established.')),
    ordinal: optional(count('Ordinal on that connection.')),
    assignedAt: optional(instant('The socket was assigned.')),
    endAt: optional(instant('The socket was given up.')),
    error: optional(errorInfo('Why.')),
  },
  'A socket that carried it before.',
);

export const request = record(
  {
    id: id('Id of the request.'),
    thread: ref('threads', 'Thread that made it.'),
    createdAt: optional(instant('The program’s call. Absent if the line that said so was lost.')),
    api: optional(words(['http', 'https', 'fetch', 'undici', 'http2', 'websocket'], 'Entry that created it.')),
    client: optional(client),
    direction: optional(words(['in', 'out'], 'in: a request this program answered. Absent: outgoing.')),
    method: optional(text('Method as sent.')),
    url: optional(maskedText('Absolute URL, masked.', 'url')),
    target: optional(maskedText('Request target when it differs from the URL’s path (`*`, authority form).', 'url')),
    callSite: optional(callSite('Code that made the request. Absent: not found, or call sites are off.')),
    stack: optional(
      list(stackFrame, 'Whole call chain without frames of Node, innermost first; on demand, at most 60.'),
    ),
    initiator: optional(
      record(
        {
          kind: text('As the browser names it: parser, preload, preflight, other …'),
          url: optional(maskedText('The document, or what else it says.', 'url')),
          line: optional(integer('Line in it, from 1.')),
          column: optional(integer('Column in it, from 1.')),
        },
        'What made it in a browser, other than code. Only of imported files.',
      ),
    ),
    priority: optional(text('Priority as the browser names it. Only of imported files.')),
    traceRequests: optional(refs('traceRequests', 'Trace rules that it matched.')),
    label: optional(text('The user’s context label.')),
    test: optional(
      text(
        'The test whose code made it, as `prices.test.ts › prices › asks the shop`: read from its source when it ran. Absent: none, or not known.',
      ),
    ),
    cause: optional(ref('requests', 'Incoming request that caused it.')),
    operation: optional(
      ref('requests', 'First request of the chain (redirects, retries) of one call. Absent: it is the only one.'),
    ),
    attempt: optional(count('Which try of the operation, from 1.')),
    redirectOf: optional(ref('requests', 'Hop before this one.')),
    retryOf: optional(ref('requests', 'Try before this one.')),
    proxy: optional(proxy),
    protocol: optional(words(['http/1.0', 'http/1.1', 'h2'], 'HTTP version; absent before the response.')),
    streamId: optional(integer('HTTP/2 stream.')),
    reset: optional(
      record(
        {
          code: integer('Error code.'),
          name: text('`NGHTTP2_REFUSED_STREAM` …'),
          by: words(['local', 'peer', 'goaway'], 'Who ended it; goaway: the end of the session by the peer.'),
        },
        'Error code that the HTTP/2 stream was closed with. Absent: none.',
      ),
    ),
    headers: optional(list(header, 'Request headers in the order sent, by the header level; absent at level off.')),
    headersBytes: optional(bytes('Size of the head on the wire; absent when not seen.')),
    body: optional(requestBody),
    asksCompressed: optional(
      flag('Whether its Accept-Encoding allowed a compressed response. Only where 8 KiB or more came uncompressed.'),
    ),
    closes: optional(
      words(
        ['request', 'response'],
        'Side whose `Connection: close` was the first to end the connection after this exchange. Absent: none, or not known.',
      ),
    ),
    dial: optional(ref('dials', 'Dial it waited for, begun by it or by another. Absent: it took a ready connection.')),
    connection: optional(ref('connections', 'Connection that carried it. Absent: it died before, or not seen.')),
    ordinal: optional(count('Ordinal of the request on its connection, from 1; above 1 means reused.')),
    idleDuration: optional(duration('Idle time of the connection before this request; absent on the first.')),
    blockedBy: optional(
      ref('requests', 'Request that held the socket while this one queued; absent: none, or several.'),
    ),
    priorSends: optional(list(priorSend, 'Sockets the client put the same request on before, at most 8.')),
    assignedAt: optional(instant('A socket was assigned (h2: a stream).')),
    sendBeginAt: optional(instant('Head flushed.')),
    sendEndAt: optional(instant('Last byte of the request handed over.')),
    responseBeginAt: optional(instant('Head of the final response parsed.')),
    endAt: optional(instant('End of the body, failure or abort.')),
    response: optional(response),
    chunks: optional(chunks('Marks of a response that came in several pieces. Absent: one piece, or not recorded.')),
    mocked: optional(
      flag(
        'True: answered inside the program (nock, msw, a mocked socket), with no connection below. Findings leave it out.',
      ),
    ),
    outcome: optional(words(outcomes, 'How it ended; complete says nothing of the status. Absent: running.')),
    error: optional(errorInfo('What failed.')),
    timeout: optional(
      record(
        {
          kind: text('Which timer.'),
          limit: optional(duration('Its limit.')),
          at: optional(instant('When it fired.')),
          client: optional(text('Library whose timer it is: got, axios. Absent: that of the client itself.')),
          callSite: optional(frame('Where it was set; with recorded stacks, for `AbortSignal.timeout`.')),
        },
        'Timer that ended it.',
      ),
    ),
    abort: optional(abort),
    upgrade: optional(
      record(
        { protocol: optional(text('Protocol agreed.')), at: optional(instant('When.')) },
        'Protocol switch; the connection goes on.',
      ),
    ),
    bytesSent: optional(bytes('Its share of the connection’s payload sent. Absent when shared (pipelining, h2).')),
    bytesReceived: optional(bytes('Its share of the connection’s payload received. Absent when shared.')),
    loopBusyDuration: optional(duration('Time the thread’s event loop was busy between createdAt and endAt.')),
    processor: optional(
      record(
        {
          duration: duration('Processor time used between createdAt and endAt, to a millisecond.'),
          of: words(['thread', 'process'], 'The thread’s own, or that of all threads of the process.'),
        },
        'Whether the program computed while the loop was busy. Only where it was busy for 50 ms or more.',
      ),
    ),
    kernel: optional(requestKernel),
    cut: optional(Type.Array(Type.String(), { description: 'Fields whose text was too long and was cut.' })),
    lost: optional(
      Type.Array(Type.String(), { description: 'Which of its event lines are missing: start, middle, end.' }),
    ),
    missing,
    by,
  },
  'One HTTP round trip.',
);
export type Request = Static<typeof request>;
export type Response = Static<typeof response>;
