import { describe, expect, test } from 'vitest';
import type { Request, TlsTunnel, Trace } from '../../model/records';
import { parseTrace } from '../read';
import { goErrors } from '../testing/eveGo';
import { example, expectGolden, requestOf, socketOf, traceOf } from '../testing/example';
import { eveText, toEve } from './write';

function sound(doc: Trace) {
  expect(goErrors(eveText(doc))).toEqual([]);
  return toEve(doc);
}

describe('the example trace', () => {
  test('is the reviewed file', () => expectGolden('example.eve.json', eveText(example())));
  test('is what the Go structure takes', () => void sound(example()));

  test('has a getaddrinfo lookup without messages as a dial alone, one with messages with its queries', () => {
    const eve = toEve(example());
    expect(eve.dials.map((d) => [d.traceID, d.resolverDials?.length])).toEqual([
      ['4711-0-2', undefined],
      ['4711-0-8', 1],
      ['4711-0-13', undefined],
      ['4711-0-20', undefined],
      ['4720-0-2', undefined],
    ]);
    expect(eve.dnsQueries).toHaveLength(1);
    expect(eve.dnsQueries[0]).toMatchObject({ fromDial: '4711-0-8', connection: 'k-1' });
    expect(eve.udpConns[0]).toMatchObject({ traceID: 'k-1', fromDial: '4711-0-8', fromResolver: true });
  });

  test('keeps the failed attempt beside the one that won', () => {
    const eve = toEve(example());
    expect(eve.tcpConns.slice(0, 2).map((c) => [c.traceID, c.fromDial, c.connected, c.addrTuple.dstIP])).toEqual([
      ['4711-0-4', '4711-0-2', false, '2001:db8::10'],
      ['4711-0-5', '4711-0-2', true, '192.0.2.10'],
    ]);
    expect(eve.dials[0]?.establishedConn).toBe('4711-0-5');
  });

  test('a dial that the program cancelled has the error that Go gives it; one that was over before has none', () => {
    const { connection, dial } = socketOf();
    const abort = { at: 5000 };
    const { connection: _, attempts: __, ...open } = dial;
    const given = traceOf({
      dials: [
        { ...open, abort },
        { ...dial, id: 'd-made', abort },
      ],
      connections: [connection],
    });
    const [cancelled, made] = sound(given).dials;
    expect(cancelled).toMatchObject({ dialErr: 'operation was canceled', ctxCloseAt: '+5ms' });
    expect(made).not.toHaveProperty('dialErr');
    expect(parseTrace(eveText(given), { name: 'x.eve.json' }).dials[0]).toMatchObject({ abort });
    expect(parseTrace(eveText(given), { name: 'x.eve.json' }).dials[0]).not.toHaveProperty('error');
  });

  test('names end with the dot, values that are names too, and come back without', () => {
    const record = (type: string, value: string) => ({ name: 'a.test', type, class: 'IN', ttl: 1, value });
    const answers = [
      record('CNAME', 'b.test'),
      record('MX', '10 mail.test'),
      record('SRV', '0 5 80 s.test'),
      record('SOA', 'ns.test root.test 1 2 3 4 5'),
      record('TXT', 'v=1 text'),
      record('A', '10.0.0.1'),
    ];
    const reply = { at: 1, id: 1, authoritative: false, recursionAvailable: true, truncated: false, size: 1 };
    const exchange = { id: 'x', lookup: 'l', server: { address: '10.0.0.53', port: 53 }, beginAt: 0, queries: [] };
    const dnsExchanges = [{ ...exchange, replies: [{ ...reply, rcode: 'no-error', answers }] }] as never;
    const given = traceOf({}, { dnsExchanges });
    const replies = sound(given).dnsQueries[0]?.dnsReplyMsgs[0]?.answers;
    expect(replies?.map((a) => a.name)).toEqual(Array(6).fill('a.test.'));
    expect(replies?.map((a) => a.resolvedVal)).toEqual([
      'b.test.',
      '10 mail.test.',
      '0 5 80 s.test.',
      'ns.test. root.test. 1 2 3 4 5',
      'v=1 text',
      '10.0.0.1',
    ]);
    const again = parseTrace(eveText(given), { name: 'x.eve.json' }).dnsExchanges?.[0]?.replies?.[0]?.answers;
    expect(again?.map((a) => [a.name, a.value])).toEqual(answers.map((a) => [a.name, a.value]));
  });

  test('says reused only between traces: never within one', () => {
    expect(toEve(example()).tcpConns.every((c) => c.reused === false)).toBe(true);
  });
});

describe('times', () => {
  const endOf = (us: number | undefined) => {
    const { endAt: _, ...r } = requestOf();
    const { sendBeginAt: __, ...unsent } = r;
    return toEve(traceOf({ requests: [us === undefined ? unsent : { ...r, sendBeginAt: us }] })).httpRequests[0]
      ?.reqSentAt;
  };
  test.each([
    [0, '+0ms'],
    [999, '+0ms'],
    // Cut, not rounded.
    [12_999.9, '+12ms'],
    [4_294_967_295_999, '+4294967295ms'],
    // No room in 32 bits, or before the begin: absolute.
    [4_294_967_296_000, '2026-02-20T20:06:52.296001Z'],
    [-1, '2026-01-02T03:04:05Z'],
    [-1000.5, '2026-01-02T03:04:04.9990005Z'],
    [undefined, 'undefined'],
  ])('%s µs is %s', (us, text) => expect(endOf(us)).toBe(text));
});

describe('requests', () => {
  test('protocol versions', () => {
    const of = (protocol: string | undefined) => {
      const { protocol: _, ...r } = requestOf();
      const e = toEve(traceOf({ requests: [protocol === undefined ? r : { ...r, protocol }] })).httpRequests[0];
      return [e?.protoMajor, e?.protoMinor];
    };
    expect(of('http/1.0')).toEqual([1, 0]);
    expect(of('http/1.1')).toEqual([1, 1]);
    expect(of('h2')).toEqual([2, 0]);
    expect(of(undefined)).toEqual([0, 0]);
  });

  test('bodies count what the program read; nothing is ever negative', () => {
    const read = (r: Partial<Request>) => sound(traceOf({ requests: [requestOf(r)] })).httpRequests[0]?.RespContentLen;
    const { connection } = socketOf();
    expect(connection.id).toBe('1-0-3');
    expect(read({ response: { status: 200, declaredBytes: 100, bodyBytes: 100, readBytes: 60 } })).toBe(60);
    expect(read({ response: { status: 200, declaredBytes: 100 } })).toBe(100);
    expect(read({ response: { status: 200, declaredBytes: 100 }, outcome: 'notRead' })).toBe(0);
    expect(read({ response: { status: 200, declaredBytes: 100 }, outcome: 'aborted' })).toBe(0);
  });

  test('why a request failed', () => {
    const why = (r: Partial<Request>) => toEve(traceOf({ requests: [requestOf(r)] })).httpRequests[0]?.reqError;
    expect(why({})).toBeUndefined();
    expect(
      why({
        outcome: 'failed',
        error: { phase: 'tcp', code: 'ECONNREFUSED', syscall: 'connect', address: '::1', port: 81 },
      }),
    ).toBe('tcp: connect ECONNREFUSED [::1]:81');
    expect(why({ outcome: 'aborted', abort: { reason: 'too slow' } })).toBe('aborted: too slow');
    expect(why({ outcome: 'processExit' })).toBe('the process ended before the request did');
    expect(why({ outcome: 'notRead' })).toBeUndefined();
  });

  test('through a tunnel: destination and TLS of the origin, TLS of the proxy apart', () => {
    const { connection, dial } = socketOf(
      { tunnel: { request: '1-0-9', host: 'a.example', port: 443, establishedAt: 2850 } },
      { host: 'p.example', port: 3128, purpose: 'proxy' },
    );
    const tunnels: TlsTunnel[] = [
      { id: '1-0-4', connection: '1-0-3', purpose: 'proxy', beginAt: 2800, endAt: 2820 },
      {
        id: '1-0-5',
        connection: '1-0-3',
        purpose: 'origin',
        beginAt: 2850,
        endAt: 2890,
        cipher: { name: 'TLS_AES_128_GCM_SHA256' },
      },
    ];
    const proxy = { url: 'https://***@p.example:3128/', kind: 'https', mode: 'tunnel' };
    const connect = requestOf({
      id: '1-0-9',
      method: 'CONNECT',
      url: 'https://a.example:443',
      outcome: 'tunnel',
      proxy,
    });
    const inner = requestOf({ id: '1-0-1', url: 'https://a.example/x', createdAt: 2001, proxy });
    const eve = sound(
      traceOf({ requests: [connect, inner], dials: [dial], connections: [connection], tlsTunnels: tunnels }),
    );
    expect(eve.dials[0]?.dstAddress).toBe('a.example:443');
    expect(eve.tlsTunnels.map((t) => [t.cipherSuite, t.peerCerts])).toEqual([
      [0, []],
      [4865, []],
    ]);
    expect(eve.httpRequests[0]).toMatchObject({ proxyTLSTunnel: '1-0-4', networkProxy: 'https://p.example:3128' });
    expect(eve.httpRequests[0]).not.toHaveProperty('tlsTunnel');
    expect(eve.httpRequests[1]).toMatchObject({ tlsTunnel: '1-0-5', proxyTLSTunnel: '1-0-4' });
  });

  test('headers by the level of the trace', () => {
    const headers = [{ name: 'X-Value', value: 'abc' }, { name: 'X-Length', length: 7 }, { name: 'X-Name' }];
    const of = (headerLevel: string) =>
      sound(traceOf({ requests: [requestOf({ headers })] }, { settings: { headerLevel } })).httpRequests[0]?.reqHeader;
    expect(of('off')).toBeUndefined();
    expect(of('names')).toEqual([
      { fieldName: 'X-Value' },
      { fieldName: 'X-Length', fieldValLen: 7 },
      { fieldName: 'X-Name' },
    ]);
    expect(of('lengths')?.[0]).toEqual({ fieldName: 'X-Value', fieldValLen: 3 });
    expect(of('values')?.[0]).toEqual({ fieldName: 'X-Value', fieldVal: 'abc', fieldValLen: 3 });
  });
});

describe('sockets', () => {
  test('Unix sockets are left out, and what leads to them', () => {
    const { connection, dial } = socketOf({ kind: 'unix', path: '/run/x.sock' }, { path: '/run/x.sock' });
    const tls: TlsTunnel = { id: '1-0-4', connection: '1-0-3', purpose: 'origin', beginAt: 2800, endAt: 2820 };
    const eve = sound(
      traceOf({ requests: [requestOf()], dials: [dial], connections: [connection], tlsTunnels: [tls] }),
    );
    expect([eve.dials, eve.tcpConns, eve.tlsTunnels]).toEqual([[], [], []]);
    expect(eve.httpRequests[0]?.tcpConn).toBe('');
  });

  test('records that were evicted are not referred to', () => {
    const eve = sound(traceOf({ requests: [requestOf()] }));
    expect(eve.httpRequests[0]?.tcpConn).toBe('');
  });

  test('conntrack: the latest entry, state in the word its reader knows', () => {
    const { connection, dial } = socketOf();
    const side = { source: { address: '127.0.0.1', port: 1 }, destination: { address: '127.0.0.1', port: 2 } };
    const entry = {
      id: 'ct-1',
      connection: '1-0-3',
      capturedAt: 5000,
      status: ['confirmed'],
      tcpState: 'established',
      original: side,
      reply: side,
    };
    const later = {
      ...entry,
      id: 'ct-2',
      capturedAt: 9000,
      status: ['confirmed', 'assured'],
      tcpState: 'sync-recv',
      mark: 7,
    };
    const eve = sound(traceOf({ connections: [connection], dials: [dial] }, { conntrackEntries: [later, entry] }));
    expect(eve.tcpConns[0]?.conntrack).toMatchObject({
      capturedAt: '+9ms',
      status: 'confirmed|assured',
      tcpState: 'syn-recv',
      mark: 7,
      addrOrig: { srcIP: '127.0.0.1', srcPort: 1, dstIP: '127.0.0.1', dstPort: 2 },
      packetsSent: 0,
    });
  });

  test('socket operations', () => {
    const { connection, dial } = socketOf();
    const socketOperations = [
      { connection: '1-0-3', kind: 'write', at: 3000, returnAt: 3100, bytes: 12 },
      {
        connection: '1-0-3',
        kind: 'readFrom',
        at: 4000,
        bytes: 3,
        remote: { address: '::1', port: 53 },
        error: { code: 'ECONNRESET' },
      },
      { connection: '1-0-3', kind: 'sendfile', at: 5000 },
    ];
    const eve = sound(traceOf({ connections: [connection], dials: [dial] }, { socketOperations }));
    expect(eve.tcpConns[0]?.socketTrace?.socketOps).toEqual([
      { type: 'write', callAt: '+3ms', returnAt: '+3ms', dataLen: 12 },
      {
        type: 'read-from',
        callAt: '+4ms',
        returnAt: 'undefined',
        returnErr: 'ECONNRESET',
        remoteAddr: '[::1]:53',
        dataLen: 3,
      },
      { type: 'unrecognized-op', callAt: '+5ms', returnAt: 'undefined', dataLen: 0 },
    ]);
  });
});

test('parts without a schema of their own may hold anything', () => {
  const odd = [
    { connection: 7, status: 'x', original: null, queries: {}, replies: [null, 3], bytes: -1, server: 'x', at: 'soon' },
  ];
  const { connection, dial } = socketOf();
  const more = {
    conntrackEntries: odd,
    socketOperations: odd,
    dnsExchanges: odd.map((o) => ({ ...o, id: 'x-1' })),
  } as unknown as Partial<Trace>;
  sound(traceOf({ connections: [connection], dials: [dial] }, more));
});

test('the validator refuses what Go would not take', () => {
  const text = eveText(example());
  const faults = (from: string, to: string) => goErrors(text.replace(from, to)).length;
  expect(text).toContain('"RespContentLen": 0');
  expect(faults('"RespContentLen": 0', '"RespContentLen": -1')).toBe(1);
  expect(faults('"RespContentLen"', '"respContentLen"')).toBe(2);
  expect(faults('"peerCerts": [', '"peerCerts": null, "x": [')).toBe(2);
  expect(faults('"reused": false', '"reused": 0')).toBe(1);
  expect(faults('+12', '-12')).toBe(0);
  expect(faults('"fromDial": "4711-0-2"', '"fromDial": "4711-0-99"')).toBe(1);
});
