import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { phasesOf } from '../../model/phases/phases';
import { Store } from '../../model/store/store';
import { FormatError } from '../file/error';
import { nativeText, parseNative } from '../native/format';
import { parseTrace } from '../read';
import { nanosecondsOf } from '../shared/time';
import { anyTrace } from '../testing/arbitrary';
import { goErrors } from '../testing/eveGo';
import { publishedEve } from '../testing/evePublished';
import { example, expectGolden } from '../testing/example';
import { eveText, toEve } from './write';

const read = (eve: unknown) => parseTrace(JSON.stringify(eve), { name: 'x.eve.json' });

/** The facts of an EVE file: without an order of lists and flags, absolute times as instants. */
function facts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(facts).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (value === null) return [];
  if (typeof value === 'string') {
    const ns = nanosecondsOf(value);
    if (ns !== undefined) return String(ns);
    return value.includes('|') ? value.split('|').sort().join('|') : value;
  }
  if (typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([k, v]) => [k, facts(v)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('the trace that EVE publishes', () => {
  const trace = read(publishedEve);
  const store = Store.fromDocument(trace);

  test('is written again with every fact', () => {
    const { uuid, ...again } = toEve(trace);
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-/);
    expect(facts(again)).toEqual(facts(publishedEve));
    expect(goErrors(eveText(trace))).toEqual([]);
  });

  test('opens as the reviewed native file, which opens as the same trace', async () => {
    await expectGolden('published.nettrace.json', nativeText(trace));
    expect(toEve(parseNative(nativeText(trace)))).toEqual(toEve(trace));
  });

  test('reports where the time of the request went', () => {
    const request = store.requests.get('i-tid-2');
    const breakdown = phasesOf(request as never, store);
    expect(breakdown.phases.map((p) => [p.name, p.duration / 1000])).toEqual([
      ['dns', 43],
      ['tcp', 11],
      ['tls', 46],
      ['wait', 67],
    ]);
    expect(breakdown.absent).toContainEqual({ name: 'send', why: 'notInFormat' });
    expect(breakdown.absent).toContainEqual({ name: 'download', why: 'notInFormat' });
    expect(breakdown.phases.every((p) => p.by === 'import')).toBe(true);
  });

  test('has its lookup, with addresses, servers and messages', () => {
    expect(trace.lookups).toMatchObject([
      {
        id: 'i-tid-3-lookup',
        dial: 'i-tid-3',
        hostname: 'www.google.com',
        servers: ['8.8.8.8'],
        addresses: [
          { address: '142.251.36.132', family: 4, ttl: 227 },
          { address: '2a00:1450:4014:80e::2004', family: 6, ttl: 133 },
        ],
      },
    ]);
    expect(trace.dnsExchanges).toHaveLength(2);
    expect(trace.counts).toMatchObject({ requests: 1, connections: 1, lookups: 1, bytesReceived: 12_787 });
  });
});

describe('what EVE can hold', () => {
  const minimal = { description: '', traceBeginAt: '2026-01-02T03:04:05Z', traceEndAt: 'undefined', uuid: 'u' };
  const lists = { dials: [], tcpConns: [], udpConns: [], dnsQueries: [], tlsTunnels: [], httpRequests: [] };

  test('the example trace comes back from its EVE file with every fact', () => {
    const eve = JSON.parse(eveText(example()));
    expect(facts(toEve(read(eve)))).toEqual(facts(eve));
  });

  test('any trace does', () => {
    fc.assert(
      fc.property(anyTrace(), (doc) => {
        const eve = JSON.parse(eveText(doc));
        const again = read(eve);
        expect(() => parseNative(nativeText(again))).not.toThrow();
        expect(goErrors(eveText(again))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('lists that Go wrote as null, and nothing else', () => {
    const nulls = Object.fromEntries(Object.keys(lists).map((k) => [k, null]));
    expect(toEve(read({ ...minimal, ...nulls, netTracePath: '/persist/x.json' }))).toEqual({
      ...minimal,
      ...lists,
      netTracePath: '/persist/x.json',
    });
  });

  test('a connection of an earlier trace: reused, its times absolute', () => {
    const tcp = {
      traceID: 'tid-8',
      fromDial: 'tid-evicted',
      handshakeBeginAt: '2026-01-02T03:04:01.25Z',
      handshakeEndAt: '2026-01-02T03:04:01.5Z',
      connected: true,
      connCloseAt: 'undefined',
      addrTuple: { srcIP: '10.0.0.1', srcPort: 1, dstIP: '10.0.0.2', dstPort: 2 },
      reused: true,
      totalSentBytes: 5,
      totalRecvBytes: 0,
    };
    const trace = read({ ...minimal, ...lists, tcpConns: [tcp] });
    expect(trace.connections[0]).toMatchObject({
      earlierTrace: true,
      connect: { beginAt: -3_750_000, endAt: -3_500_000 },
    });
    expect(facts(toEve(trace).tcpConns)).toEqual(facts([tcp]));
  });

  test('proxies, TLS to both, headers of each form, failures, a request without answer', () => {
    const connection = (n: number) => ({
      traceID: `c${n}`,
      fromDial: `d${n}`,
      handshakeBeginAt: '+1ms',
      handshakeEndAt: '+2ms',
      connected: true,
      connCloseAt: 'undefined',
      addrTuple: { srcIP: '10.0.0.1', srcPort: n, dstIP: '10.0.0.9', dstPort: 3128 },
      reused: false,
      totalSentBytes: 1,
      totalRecvBytes: 1,
    });
    const tunnel = (traceID: string, tcpConn: string, more: object = {}) => ({
      traceID,
      tcpConn,
      handshakeBeginAt: '+2ms',
      handshakeEndAt: '+3ms',
      didResume: true,
      peerCerts: [],
      cipherSuite: 0,
      serverName: '',
      ...more,
    });
    const request = (traceID: string, more: object) => ({
      traceID,
      tcpConn: '',
      protoMajor: 1,
      protoMinor: 1,
      reqSentAt: '+3ms',
      reqMethod: 'GET',
      reqURL: 'https://a.example/',
      reqContentLen: 0,
      respRecvAt: 'undefined',
      respStatusCode: 0,
      RespContentLen: 0,
      ...more,
    });
    const dial = (n: number, more: object) => ({
      traceID: `d${n}`,
      dialBeginAt: '+0ms',
      dialEndAt: '+4ms',
      ctxCloseAt: 'undefined',
      dstAddress: `[::1]:${n}`,
      ...more,
    });
    const eve = {
      ...minimal,
      ...lists,
      dials: [
        dial(1, { establishedConn: 'c1', skippedNameservers: ['10.0.0.53:53'] }),
        dial(2, { dialErr: 'dial tcp [::1]:2: connect: connection refused' }),
      ],
      tcpConns: [connection(1)],
      tlsTunnels: [
        tunnel('t1', 'c1'),
        tunnel('t2', 'c1', { handshakeErr: 'tls: certificate has expired (CERT_HAS_EXPIRED)' }),
      ],
      httpRequests: [
        request('r1', {
          tcpConn: 'c1',
          tlsTunnel: 't2',
          proxyTLSTunnel: 't1',
          networkProxy: 'https://p.example:3128',
          reqError: 'EOF',
        }),
        request('r2', {
          reqURL: 'http://[::1]:2/',
          reqSentAt: '+0ms',
          reqError: 'Get: connection refused',
          protoMajor: 0,
          protoMinor: 0,
        }),
        request('r3', {
          respStatusCode: 200,
          respRecvAt: '+9ms',
          protoMinor: 0,
          reqHeader: [{ fieldName: 'Accept', fieldVal: '*/*', fieldValLen: 3 }],
          respHeader: [{ fieldName: 'Server', fieldValLen: 7 }, { fieldName: 'X' }],
        }),
        request('r4', { protoMajor: 3, protoMinor: 0 }),
      ],
    };
    const trace = read(eve);
    expect(facts(toEve(trace))).toEqual(facts(eve));
    const byId = Object.fromEntries(trace.requests.map((r) => [r.id, r]));
    expect(byId['i-r2']).toMatchObject({ dial: 'i-d2', outcome: 'failed', endAt: 4000 });
    expect(trace.tlsTunnels.map((t) => [t.purpose, t.error?.code])).toEqual([
      ['proxy', undefined],
      ['origin', 'CERT_HAS_EXPIRED'],
    ]);
  });

  test('secrets in it are masked as everywhere', () => {
    const header = [{ fieldName: 'Authorization', fieldVal: 'Bearer hunter2', fieldValLen: 14 }];
    const request = { traceID: 'r', reqURL: 'https://u:hunter2@a.example/?token=hunter2', reqHeader: header };
    const trace = read({ ...minimal, httpRequests: [request] });
    expect(nativeText(trace)).not.toContain('hunter2');
    expect(trace.requests[0]?.headers).toEqual([{ name: 'Authorization', length: 14 }]);
  });
});

describe('what is no EVE file', () => {
  const errorOf = (text: string): FormatError => {
    try {
      parseTrace(text, { name: 'x.eve.json' });
    } catch (e) {
      if (e instanceof FormatError) return e;
      throw e;
    }
    throw new Error('was read');
  };

  test.each([
    ['{}', 'the document (line 1, column 1) must have required properties traceBeginAt'],
    [JSON.stringify({ ...publishedEve, traceBeginAt: '+1ms' }), 'traceBeginAt (line 1, column '],
    [JSON.stringify(publishedEve).replace('"+115ms"', '"115ms"'), 'must match pattern'],
    [
      JSON.stringify(publishedEve).replace('"srcPort":33623', '"srcPort":70000'),
      'tcpConns[0].addrTuple.srcPort (line 1',
    ],
    [
      JSON.stringify(publishedEve).replace('"respStatusCode":200', '"respStatusCode":"200"'),
      'httpRequests[0].respStatusCode',
    ],
    [JSON.stringify(publishedEve).slice(0, 900), 'the file is cut off at byte 900'],
  ])('%#', (text, message) => expect(errorOf(text).message).toContain(message));

  test('whatever text is given, it is read or refused with a FormatError', () => {
    const text = JSON.stringify(publishedEve);
    const damaged = fc.oneof(
      fc.nat(text.length).map((n) => text.slice(0, n)),
      fc
        .tuple(fc.nat(text.length), fc.string({ minLength: 1, maxLength: 4 }))
        .map(([n, s]) => text.slice(0, n) + s + text.slice(n + s.length)),
      fc.tuple(fc.nat(text.length), fc.nat(20)).map(([n, length]) => text.slice(0, n) + text.slice(n + length)),
      fc.json().map((s) => `{"traceBeginAt":"2026-01-01T00:00:00Z","dials":${s},"tcpConns":[${s}]}`),
    );
    const seen = { read: 0, refused: 0 };
    fc.assert(
      fc.property(damaged, (bad) => {
        try {
          const doc = parseTrace(bad, { name: 'x.eve.json' });
          parseNative(nativeText(doc));
          seen.read++;
        } catch (e) {
          expect(e).toBeInstanceOf(FormatError);
          seen.refused++;
        }
      }),
      { numRuns: 200 },
    );
    expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(0);
  });
});
