/** A store whose requests have everything that can be recorded of one. Instants in µs. */
import type { DnsExchange, KernelTotals, Request } from '../../../src/model/records';
import type { Store } from '../../../src/model/store/store';
import { emptyStore, foldLines } from '../../../src/model/testing/store';

const ms = 1000;
const thread = '1-0';
const site = (line: number, file = '/app/shop.ts', fn = 'load') => ({
  file,
  line,
  column: 3,
  function: fn,
  kind: 'user' as const,
});

const kernel: KernelTotals = {
  at: 1812 * ms,
  final: true,
  rtt: 20_400,
  rttVariance: 900,
  minRtt: 850,
  retransmits: 3,
  bytesRetransmitted: 4344,
  segmentsSent: 280,
  busyDuration: 400 * ms,
  rwndLimitedDuration: 120 * ms,
  congestionControl: 'cubic',
  congestionWindow: 7,
  mss: 1448,
  sendWindow: 65_536,
};

const proxied: Request = {
  kernel: {
    windowBeginAt: 310 * ms,
    windowEndAt: 1812 * ms,
    samples: 2,
    shared: false,
    retransmits: 2,
    segmentsSent: 200,
    bytesRetransmitted: 2896,
    busyDuration: 300 * ms,
    rwndLimitedDuration: 0,
    sndbufLimitedDuration: 50 * ms,
  },
  id: '1-0-1',
  thread,
  createdAt: 0,
  api: 'https',
  method: 'POST',
  url: 'https://a.shop.example/import?token=***',
  callSite: site(31),
  stack: [
    { file: '/app/node_modules/got/index.js', line: 40, column: 2, function: 'request' },
    { file: '/app/shop.ts', line: 31, column: 3, function: 'load' },
    { file: '/app/main.ts', line: 7, column: 1, function: 'main', async: true },
    { file: 'node:internal/modules/run_main', line: 82, column: 1 },
    { file: '/app/node_modules/tsx/cli.js', line: 9, column: 1, function: 'start' },
  ],
  label: 'nightly import',
  cause: '1-0-9',
  proxy: { url: 'https://proxy.example:3128/', kind: 'https', by: 'env', mode: 'tunnel' },
  protocol: 'http/1.1',
  headers: [
    { name: 'Authorization', length: 20 },
    { name: 'X-Trace', length: 36 },
  ],
  body: {
    bytes: 5_000_000,
    drainWaits: 12,
    drainDuration: 120 * ms,
    lastWriteAt: 600 * ms,
    content: { text: 'name=apples', bytes: 11, contentType: 'application/x-www-form-urlencoded' },
  },
  dial: 'd',
  connection: 'c',
  ordinal: 1,
  assignedAt: 400 * ms,
  sendBeginAt: 400 * ms,
  sendEndAt: 620 * ms,
  responseBeginAt: 1300 * ms,
  endAt: 1720 * ms,
  outcome: 'complete',
  loopBusyDuration: 1475 * ms,
  response: {
    status: 200,
    statusText: 'OK',
    contentType: 'application/json',
    contentEncoding: 'gzip',
    wireBytes: 12_000,
    bodyBytes: 1_000_000,
    readBytes: 1_000_000,
    headers: [{ name: 'Content-Type', length: 16 }],
    trailers: [{ name: 'X-Sum', length: 8 }],
    informational: [{ at: 410 * ms, status: 100 }],
    serverTiming: [{ name: 'db', duration: 53 * ms, description: 'query' }],
    content: {
      text: '{"ok":true}',
      bytes: 12_000,
      truncated: true,
      contentType: 'application/json',
      contentEncoding: 'gzip',
    },
  },
  chunks: {
    count: 5,
    bytes: 12_000,
    marks: [0, 100, 200, 300, 400].map((t) => [1300 * ms + t * ms, 2400]),
    longestGap: { beginAt: 1400 * ms, endAt: 1500 * ms },
  },
};

const exchange: DnsExchange = {
  id: 'x',
  thread,
  lookup: 'l',
  server: { address: '192.0.2.53', port: 53 },
  transport: 'udp',
  beginAt: 300 * ms,
  endAt: 310 * ms,
  queries: [
    {
      at: 300 * ms,
      id: 4711,
      recursionDesired: true,
      truncated: false,
      size: 45,
      optUdpPayloadSize: 1232,
      questions: [{ name: 'a.shop.example', type: 'A', class: 'IN' }],
    },
  ],
  replies: [
    {
      at: 310 * ms,
      id: 4711,
      authoritative: false,
      recursionAvailable: true,
      truncated: false,
      size: 61,
      rcode: 'no-error',
      answers: [{ name: 'a.shop.example', type: 'A', class: 'IN', ttl: 60, value: '192.0.2.7' }],
    },
  ],
};

/** A plain one on connection `c2`. */
const plain = (n: number, at: number, more: Partial<Request>): Request => ({
  id: `1-0-${n}`,
  thread,
  createdAt: at * ms,
  method: 'GET',
  url: 'https://api.shop.example/flaky',
  callSite: site(40 + n),
  connection: 'c2',
  ordinal: n,
  assignedAt: at * ms,
  sendBeginAt: at * ms,
  sendEndAt: at * ms,
  responseBeginAt: (at + 20) * ms,
  endAt: (at + 21) * ms,
  outcome: 'complete',
  response: { status: 200 },
  protocol: 'http/1.1',
  ...more,
});

const unanswered = { responseBeginAt: undefined, response: undefined } as never as Partial<Request>;

export function layers(): Store {
  const store = foldLines([{ k: 'ctl', at: 5, reason: 'fault', part: 'undici', message: 'boom' }], emptyStore());
  store.header = { ...store.header, settings: { headerLevel: 'lengths' } };
  store.certificates.set('AA', {
    fingerprint256: 'AA',
    subject: 'CN=shop.example',
    issuer: 'CN=Test CA',
    notBefore: '2025-12-01T00:00:00Z',
    notAfter: '2026-01-04T00:00:00Z',
    subjectAltNames: ['shop.example', '*.shop.example'],
    keyType: 'ec',
    keyBits: 256,
  });
  store.certificates.set('BB', {
    fingerprint256: 'BB',
    subject: 'CN=Test CA',
    issuer: 'CN=Test CA',
    isCA: true,
    notAfter: '2035-01-01T00:00:00Z',
  });
  store.setConnection({
    id: 'c',
    thread,
    dial: 'd',
    kind: 'tcp',
    local: { address: '10.0.0.2', port: 50000 },
    remote: { address: '192.0.2.9', port: 3128 },
    connect: { beginAt: 310 * ms, endAt: 330 * ms, result: 'connected' },
    protocol: 'http/1.1',
    tunnel: { host: 'a.shop.example', port: 443, establishedAt: 360 * ms },
    requestCount: 1,
    options: { noDelay: true, keepAlive: true, keepAliveDelay: 1000 * ms },
    readEndAt: 1800 * ms,
    closedAt: 1810 * ms,
    closedBy: 'peer',
    keepAliveHint: { timeout: 5_000_000 },
    route: { interface: 'eth0', mtu: 1500, nextHop: '10.0.0.1' },
    kernel,
  });
  store.kernelSamples.set(
    'c',
    [
      [310, 12_000],
      [610, 850],
      [1010, 20_400],
      [1810, 9000],
    ].map(([at = 0, rtt = 0], i) => ({
      id: `s-${i}`,
      connection: 'c',
      at: at * ms,
      trigger: 'interval' as const,
      rtt,
    })),
  );
  store.setLookup({
    id: 'l',
    thread,
    dial: 'd',
    call: 'lookup',
    hostname: 'a.shop.example',
    beginAt: 0,
    endAt: 310 * ms,
    poolWaitDuration: 298 * ms,
    inFlight: 3,
    answeredBy: 'network',
    addresses: [{ address: '192.0.2.7', family: 4, ttl: 60 }],
    servers: ['192.0.2.53'],
    rcode: 'no-error',
  });
  store.setDial({
    id: 'd',
    thread,
    request: '1-0-1',
    via: 'agent',
    host: 'a.shop.example',
    port: 443,
    lookup: 'l',
    beginAt: 0,
    endAt: 330 * ms,
    attempts: ['c'],
    connection: 'c',
    localAddress: '10.0.0.2',
    pool: { free: 0, busy: 2, pending: 3, limit: 2 },
  });
  store.setTunnel({
    id: 'tp',
    connection: 'c',
    purpose: 'proxy',
    beginAt: 330 * ms,
    endAt: 350 * ms,
    version: 'TLSv1.3',
    serverName: 'proxy.example',
    cipher: { name: 'TLS_AES_256_GCM_SHA384', number: 4866 },
  });
  store.setTunnel({
    id: 't',
    connection: 'c',
    outer: 'tp',
    purpose: 'origin',
    beginAt: 360 * ms,
    endAt: 400 * ms,
    version: 'TLSv1.3',
    serverName: 'a.shop.example',
    alpnOffered: ['http/1.1'],
    alpn: 'http/1.1',
    cipher: { name: 'TLS_AES_128_GCM_SHA256', number: 4865 },
    resumed: false,
    ticket: true,
    ocspStapled: false,
    ephemeralKey: { type: 'X25519', size: 253 },
    clientCertificate: 'CC:DD',
    verification: { checked: true, authorized: true },
    peerCertificates: ['AA', 'BB'],
  });
  store.dnsExchanges.set('x', exchange);
  store.socketOperations.set('c', [
    { connection: 'c', kind: 'write', at: 400 * ms, returnAt: 401 * ms, bytes: 517 },
    { connection: 'c', kind: 'read', at: 1300 * ms, bytes: 1400 },
  ]);
  store.setConntrack({
    id: 'ct-1',
    connection: 'c',
    original: { source: { address: '10.0.0.2', port: 50000 }, destination: { address: '192.0.2.9', port: 3128 } },
    reply: { source: { address: '10.9.0.3', port: 8443 }, destination: { address: '203.0.113.5', port: 61000 } },
  });
  store.addKernelEvent({ id: 'e-1', connection: 'c', at: 310 * ms, kind: 'state', from: 'close', to: 'synSent' });
  store.addKernelEvent({
    id: 'e-2',
    connection: 'c',
    at: 900 * ms,
    kind: 'retransmit',
    retransmitKind: 'rto',
    total: 1,
    bytes: 1448,
  });
  store.addKernelEvent({ id: 'e-3', connection: 'c', at: 1810 * ms, kind: 'resetReceived', tcpState: 'established' });
  store.setPause({ id: 'w-1', thread, beginAt: 700 * ms, endAt: 1200 * ms, reason: 'breakpoint', uncertainty: 2 * ms });
  store.setConnection({
    id: 'c2',
    thread,
    dial: 'd2',
    kind: 'tcp',
    remote: { address: '192.0.2.8', port: 443 },
    connect: { beginAt: 100 * ms, endAt: 110 * ms, result: 'connected' },
    protocol: 'h2',
  });
  store.setDial({
    id: 'd2',
    thread,
    via: 'undici',
    host: 'api.shop.example',
    port: 443,
    beginAt: 100 * ms,
    endAt: 110 * ms,
    attempts: ['c2'],
    connection: 'c2',
  });
  store.setConnection({
    id: 'c3',
    thread,
    dial: 'd3',
    kind: 'tcp',
    remote: { address: '10.0.0.9', port: 6379 },
    connect: { beginAt: 50 * ms, endAt: 52 * ms, result: 'connected' },
    bytesSent: 4000,
    bytesReceived: 9000,
  });
  store.setDial({
    id: 'd3',
    thread,
    via: 'net',
    host: 'redis.internal',
    port: 6379,
    beginAt: 50 * ms,
    endAt: 52 * ms,
    attempts: ['c3'],
    connection: 'c3',
    callSite: site(9, '/app/cache.ts', 'connect'),
  });
  store.setConnection({
    id: 'u',
    thread,
    kind: 'udp',
    createdAt: 60 * ms,
    closedAt: 900 * ms,
    closedBy: 'local',
    local: { address: '0.0.0.0', port: 40001 },
    datagramsSent: 3,
    datagramsReceived: 3,
  });
  store.setConnection({
    id: 'cw',
    thread,
    dial: 'dw',
    kind: 'tcp',
    remote: { address: '127.0.0.1', port: 8080 },
    connect: { beginAt: 1800 * ms, endAt: 1801 * ms, result: 'connected' },
    protocol: 'websocket',
    upgrade: {
      request: '1-0-6',
      protocol: 'websocket',
      at: 1805 * ms,
      chunksSent: { count: 10, bytes: 300, marks: [] },
      chunksReceived: { count: 10, bytes: 320, marks: [] },
    },
  });
  store.setDial({
    id: 'dw',
    thread,
    request: '1-0-6',
    via: 'agent',
    host: '127.0.0.1',
    port: 8080,
    beginAt: 1800 * ms,
    endAt: 1801 * ms,
    attempts: ['cw'],
    connection: 'cw',
  });
  for (const r of [
    proxied,
    plain(9, 0, {
      direction: 'in',
      url: 'http://127.0.0.1:8080/checkout',
      connection: undefined,
      ordinal: undefined,
    } as never),
    plain(3, 1800, { response: { status: 503 }, operation: '1-0-3', attempt: 1 }),
    plain(2, 1900, { operation: '1-0-3', retryOf: '1-0-3', attempt: 2 }),
    plain(4, 2000, {
      ...unanswered,
      api: 'undici',
      endAt: 2301 * ms,
      outcome: 'failed',
      error: {
        phase: 'wait',
        code: 'UND_ERR_HEADERS_TIMEOUT',
        message: 'Headers Timeout Error',
        name: 'HeadersTimeoutError',
      },
      timeout: { kind: 'headers', limit: 300 * ms, at: 2301 * ms },
    }),
    plain(5, 2400, {
      ...unanswered,
      endAt: 2500 * ms,
      outcome: 'aborted',
      abort: { at: 2500 * ms, reason: 'user left the page' },
    }),
    plain(6, 1800, {
      url: 'http://127.0.0.1:8080/socket',
      api: 'websocket',
      connection: 'cw',
      ordinal: 1,
      dial: 'dw',
      sendBeginAt: 1801 * ms,
      sendEndAt: 1801 * ms,
      responseBeginAt: 1805 * ms,
      endAt: 1805 * ms,
      outcome: 'upgraded',
      response: { status: 101 },
      upgrade: { protocol: 'websocket', at: 1805 * ms },
    }),
    plain(7, 2600, {
      ...unanswered,
      protocol: 'h2',
      streamId: 3,
      reset: { code: 7, name: 'NGHTTP2_REFUSED_STREAM', by: 'peer' },
      outcome: 'failed',
      error: {
        phase: 'wait',
        code: 'ERR_HTTP2_STREAM_ERROR',
        message: 'Stream closed with error code NGHTTP2_REFUSED_STREAM',
      },
    }),
  ])
    store.setRequest(r);
  return store;
}
