/** One trace with each kind of fact that a program can leave, in EVE and HAR, and read back from them. */
import { expect, test } from 'vitest';
import type { Connection, Dial, DnsExchange, Lookup, Request, SocketOperation, TlsTunnel } from '../model/records';
import { eveText, toEve } from './eve/write';
import { harText, toHar } from './har/write';
import { parseTrace } from './read';
import { goErrors } from './testing/eveGo';
import { requestOf, traceOf } from './testing/example';
import { harErrors } from './testing/harSchema';

const tcp = (id: string, dial: string, fields: Partial<Connection> = {}): Connection => ({
  id,
  thread: '1-0',
  dial,
  kind: 'tcp',
  direction: 'out',
  local: { address: '10.0.0.1', port: 40_000 },
  remote: { address: '10.0.0.2', port: 443 },
  connect: { beginAt: 3000, endAt: 4000, result: 'connected' },
  bytesSent: 10,
  bytesReceived: 20,
  ...fields,
});
const dial = (id: string, connection: string, fields: Partial<Dial> = {}): Dial => ({
  id,
  thread: '1-0',
  host: 'a.example',
  port: 443,
  beginAt: 2000,
  endAt: 4000,
  attempts: [connection],
  connection,
  ...fields,
});
const tls = (id: string, connection: string, fields: Partial<TlsTunnel> = {}): TlsTunnel => ({
  id,
  connection,
  purpose: 'origin',
  beginAt: 4000,
  endAt: 5000,
  ...fields,
});
const stream = (id: string, ordinal: number, streamId: number): Request =>
  requestOf({
    id,
    url: `https://a.example/${streamId}`,
    api: 'http2',
    protocol: 'h2',
    streamId,
    connection: 'c-h2',
    ordinal,
    createdAt: 1900,
    sendBeginAt: 5100,
    sendEndAt: 5200,
  });

const lookup: Lookup = {
  id: 'l-1',
  thread: '1-0',
  dial: 'd-h2',
  call: 'own',
  hostname: 'a.example',
  beginAt: 2100,
  endAt: 2900,
  // One was left out by the configuration; the other was asked, and did not answer.
  skippedServers: [
    { server: '10.0.0.52', why: 'invalid' },
    { server: '10.0.0.53', why: 'timeout' },
  ],
};
const message = { id: 7, recursionDesired: true, truncated: false, size: 40 };
const question = { name: 'a.example', type: 'A', class: 'IN' };
const truncated: DnsExchange = {
  id: 'x-1',
  lookup: 'l-1',
  connection: 'c-udp-dns',
  server: { address: '10.0.0.53', port: 53 },
  transport: 'udp',
  beginAt: 2100,
  endAt: 2200,
  queries: [{ at: 2100, ...message, optUdpPayloadSize: 1232, questions: [question] }],
  replies: [
    {
      at: 2200,
      id: 7,
      authoritative: false,
      recursionAvailable: true,
      truncated: true,
      size: 40,
      rcode: 'no-error',
      answers: [],
    },
  ],
};
const overTcp: DnsExchange = {
  ...truncated,
  id: 'x-2',
  connection: 'c-tcp-dns',
  transport: 'tcp',
  followUpOf: 'x-1',
  replies: [
    {
      at: 2800,
      id: 7,
      authoritative: true,
      recursionAvailable: true,
      truncated: false,
      size: 56,
      rcode: 'unrecognized-rcode 9',
      answers: [
        { ...question, ttl: 227, value: '10.0.0.2' },
        { name: 'a.example', type: 'TYPE65', class: 'CLASS7', ttl: 1 },
      ],
    },
  ],
};
const operations: SocketOperation[] = [
  {
    connection: 'c-udp',
    kind: 'writeTo',
    at: 6000,
    returnAt: 6100,
    bytes: 3,
    remote: { address: '10.0.0.8', port: 9 },
  },
  { connection: 'c-udp', kind: 'readFrom', at: 7000, returnAt: 7000, bytes: 3, remote: { address: '::1', port: 9 } },
];

const doc = traceOf(
  {
    requests: [
      stream('r-1', 1, 1),
      stream('r-2', 2, 3),
      requestOf({
        id: 'r-expect',
        method: 'PUT',
        connection: 'c-plain',
        label: 'nightly',
        timeout: { kind: 'headers', limit: 5000, at: 9000 },
        body: { bytes: 5, wireBytes: 15 },
        response: {
          status: 201,
          informational: [
            { at: 3500, status: 100 },
            { at: 3900, status: 103 },
          ],
        },
      }),
      requestOf({
        id: 'r-ws',
        url: 'ws://a.example/socket',
        connection: 'c-ws',
        outcome: 'upgraded',
        upgrade: { protocol: 'websocket', at: 9000 },
        response: { status: 101 },
      }),
      requestOf({
        id: 'r-proxied',
        url: 'https://b.example/',
        connection: 'c-proxy',
        proxy: { url: 'https://p.example:3128', kind: 'https', by: 'agent', mode: 'tunnel' },
      }),
      requestOf({ id: 'r-in', direction: 'in' }),
    ],
    dials: [
      dial('d-h2', 'c-h2', { lookup: 'l-1' }),
      dial('d-plain', 'c-plain'),
      dial('d-ws', 'c-ws', { port: 80 }),
      dial('d-proxy', 'c-proxy', { host: 'p.example', port: 3128, purpose: 'proxy', localAddress: '10.0.0.5' }),
      dial('d-udp', 'c-udp', { via: 'dgram' }),
    ],
    connections: [
      tcp('c-h2', 'd-h2', { protocol: 'h2' }),
      tcp('c-plain', 'd-plain'),
      tcp('c-ws', 'd-ws', { protocol: 'websocket', upgrade: { request: 'r-ws', protocol: 'websocket', at: 9000 } }),
      tcp('c-proxy', 'd-proxy', {
        tunnel: { request: 'r-connect', host: 'b.example', port: 443, establishedAt: 4500 },
      }),
      tcp('c-tcp-dns', '', { fromResolver: true, remote: { address: '10.0.0.53', port: 53 } }),
      {
        id: 'c-udp-dns',
        kind: 'udp',
        direction: 'out',
        fromResolver: true,
        createdAt: 2050,
        closedAt: 2300,
        remote: { address: '10.0.0.53', port: 53 },
      },
      {
        id: 'c-udp',
        kind: 'udp',
        direction: 'out',
        dial: 'd-udp',
        createdAt: 5900,
        bytesSent: 3,
        bytesReceived: 3,
        datagramsSent: 1,
        datagramsReceived: 1,
      },
      { id: 'c-in', kind: 'tcp', direction: 'in' },
    ].map(({ dial: from, ...c }) => (from ? { ...c, dial: from } : c)) as Connection[],
    tlsTunnels: [
      tls('t-h2', 'c-h2', { alpn: 'h2', cipher: { number: 4865 }, resumed: true, serverName: 'a.example' }),
      tls('t-proxy', 'c-proxy', { purpose: 'proxy', beginAt: 4000, endAt: 4200 }),
      tls('t-origin', 'c-proxy', { outer: 't-proxy', beginAt: 4500 }),
    ],
  },
  {
    lookups: [lookup],
    dnsExchanges: [truncated, overTcp],
    socketOperations: operations,
    settings: { socketOperations: true },
  },
);

test('EVE', () => {
  expect(goErrors(eveText(doc))).toEqual([]);
  const eve = toEve(doc);
  const request = Object.fromEntries(eve.httpRequests.map((r) => [r.traceID, r]));
  expect(Object.keys(request).sort()).toEqual(['r-1', 'r-2', 'r-expect', 'r-proxied', 'r-ws']);
  for (const id of ['r-1', 'r-2'])
    expect(request[id]).toMatchObject({ tcpConn: 'c-h2', tlsTunnel: 't-h2', protoMajor: 2, protoMinor: 0 });
  expect(request['r-expect']).toMatchObject({ reqContentLen: 5, respStatusCode: 201 });
  expect(request['r-ws']).toMatchObject({ respStatusCode: 101, tcpConn: 'c-ws' });
  expect(request['r-ws']).not.toHaveProperty('reqError');
  expect(request['r-proxied']).toMatchObject({
    networkProxy: 'https://p.example:3128',
    tlsTunnel: 't-origin',
    proxyTLSTunnel: 't-proxy',
  });
  const dials = Object.fromEntries(eve.dials.map((d) => [d.traceID, d]));
  expect(dials['d-proxy']).toMatchObject({ dstAddress: 'b.example:443', sourceIP: '10.0.0.5' });
  expect(dials['d-h2']).toMatchObject({
    skippedNameservers: ['10.0.0.52:53'],
    resolverDials: [
      { nameserver: '10.0.0.53:53', establishedConn: 'c-udp-dns' },
      { nameserver: '10.0.0.53:53', establishedConn: 'c-tcp-dns' },
    ],
  });
  expect(eve.dnsQueries.map((q) => [q.traceID, q.fromDial, q.connection])).toEqual([
    ['x-1', 'd-h2', 'c-udp-dns'],
    ['x-2', 'd-h2', 'c-tcp-dns'],
  ]);
  expect(eve.dnsQueries[0]?.dnsQueryMsgs[0]?.questions).toMatchObject([{ name: 'a.example.', type: 'A' }]);
  expect(eve.dnsQueries[1]?.dnsReplyMsgs[0]).toMatchObject({
    rCode: 'unrecognized-rcode',
    answers: [
      { name: 'a.example.', type: 'A', class: 1, ttl: 227, resolvedVal: '10.0.0.2' },
      { name: 'a.example.', type: 'unrecognized-type', class: 7, ttl: 1 },
    ],
  });
  expect(eve.tcpConns.find((c) => c.traceID === 'c-tcp-dns')).toMatchObject({ fromResolver: true, fromDial: 'd-h2' });
  expect(eve.tcpConns.map((c) => c.traceID)).not.toContain('c-in');
  // Recorded and none is an empty list.
  expect(eve.tcpConns[0]?.socketTrace).toEqual({ socketOps: [] });
  expect(eve.udpConns.find((c) => c.traceID === 'c-udp')).toMatchObject({
    socketCreateAt: '+5ms',
    addrTuple: { dstIP: '', dstPort: 0 },
    totalSentBytes: 3,
    socketTrace: {
      socketOps: [
        { type: 'write-to', callAt: '+6ms', remoteAddr: '10.0.0.8:9', dataLen: 3 },
        { type: 'read-from', callAt: '+7ms', remoteAddr: '[::1]:9', dataLen: 3 },
      ],
    },
  });
  // And read back.
  const read = parseTrace(eveText(doc), { name: 'x.eve.json' });
  expect(goErrors(eveText(read))).toEqual([]);
  expect(read.requests.map((r) => [r.id, r.protocol]).filter(([, p]) => p === 'h2')).toHaveLength(2);
  expect(read.socketOperations).toHaveLength(2);
  expect(toEve(read).dnsQueries).toEqual(eve.dnsQueries);
  const facts = (list: typeof eve.httpRequests) =>
    list.map((r) => [r.traceID, r.protoMajor, r.respStatusCode, r.networkProxy, r.tlsTunnel, r.proxyTLSTunnel]).sort();
  expect(facts(toEve(read).httpRequests)).toEqual(facts(eve.httpRequests));
});

test('HAR', () => {
  expect(harErrors(JSON.parse(harText(doc)))).toEqual([]);
  const entries = Object.fromEntries(toHar(doc).log.entries.map((e) => [e._id, e]));
  expect(entries['r-1']).toMatchObject({ _streamId: 1, connection: 'c-h2', request: { httpVersion: 'HTTP/2.0' } });
  expect(entries['r-2']?.timings.ssl).toBeGreaterThan(0);
  expect(entries['r-expect']).toMatchObject({
    _label: 'nightly',
    _timeout: 'headers',
    _informational: [
      { status: 100, time: 1.5 },
      { status: 103, time: 1.9 },
    ],
    request: { bodySize: 15 },
  });
  expect(entries['r-ws']).toMatchObject({ _upgrade: 'websocket', _resourceType: 'websocket', _state: 'open' });
  expect(entries['r-proxied']).toMatchObject({ _proxy: 'https://p.example:3128', serverIPAddress: '10.0.0.2' });
  expect(entries).not.toHaveProperty('r-in');
  // And read back.
  const read = parseTrace(harText(doc), { name: 'x.har' });
  expect(toHar(read).log.entries.map((e) => ({ ...e, timings: 0, time: 0, _absentTimings: 0 }))).toEqual(
    Object.values(entries).map((e) => ({ ...e, timings: 0, time: 0, _absentTimings: 0 })),
  );
});
