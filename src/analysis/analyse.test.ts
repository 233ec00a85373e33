/** Each rule: what makes it fire, the near miss that does not, and silence where the data is not there. */

import { Compile } from 'typebox/compile';
import { describe, expect, it, test } from 'vitest';
import { documentOf } from '../model/document';
import { trace } from '../model/records';
import { finding as findingSchema } from '../model/records/analysis';
import { analyse } from './analyse';
import { analysisVersion } from './base/limits';
import { withFindings } from './document';
import { exchange, ms, type Records, rulesOf, site, storeOf } from './testing/store';

const list = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const s = 1000;

/** n requests, each on a connection of its own that lived 12 ms. */
function short(n: number, more: { url?: string; closedAt?: boolean; reuse?: boolean; via?: string } = {}): Records {
  const { url = 'https://api.shop.example/items', closedAt = true, via = 'agent' } = more;
  return {
    requests: list(n, (i) =>
      exchange(i, i * 100, { url, ordinal: more.reuse ? 2 : 1, connection: more.reuse ? 'c-0' : `c-${i}` }),
    ),
    connections: list(n, (i) => ({
      id: `c-${i}`,
      dial: `d-${i}`,
      requestCount: more.reuse ? n : 1,
      connect: { beginAt: i * 100 * ms, endAt: (i * 100 + 2) * ms, result: 'connected' },
      ...(closedAt ? { closedAt: (i * 100 + 14) * ms, closedBy: 'local' as const } : {}),
    })),
    dials: list(n, (i) => ({ id: `d-${i}`, via, host: 'api.shop.example', beginAt: i * 100 * ms })),
  };
}

const lookups = (n: number, more: object = {}, took = 2): Records => ({
  lookups: list(n, (i) => ({
    id: `l-${i}`,
    hostname: 'api.shop.example',
    beginAt: i * s * ms,
    endAt: (i * s + took) * ms,
    ...more,
  })),
});

function stale(more: object = {}, connection: object = {}): Records {
  return {
    requests: [
      exchange(1, 0, { connection: 'c', ordinal: 1 }),
      {
        ...exchange(2, 500),
        connection: 'c',
        ordinal: 2,
        idleDuration: 480 * ms,
        response: undefined,
        responseBeginAt: undefined,
        outcome: 'failed',
        error: { phase: 'wait', code: 'ECONNRESET', message: 'socket hang up' },
        ...more,
      } as never,
    ],
    connections: [{ id: 'c', keepAliveHint: { timeout: 500 * ms }, ...connection }],
  };
}

/** A TLS connection whose certificate ends so many days after the trace's begin (2026-01-01). */
function tls(days: number, more: object = {}, tunnel: object = {}): Records {
  return {
    requests: [exchange(1, 0, { connection: 'c' })],
    connections: [{ id: 'c' }],
    tunnels: [
      {
        id: 't',
        connection: 'c',
        serverName: 'api.shop.example',
        version: 'TLSv1.3',
        peerCertificates: ['F'],
        ...tunnel,
      },
    ],
    certificates: [
      {
        fingerprint256: 'F',
        subject: 'CN=api.shop.example',
        notBefore: '2025-10-01T00:00:00Z',
        notAfter: new Date(Date.UTC(2026, 0, 1) + days * 86_400_000).toISOString(),
        subjectAltNames: ['other.example'],
        ...more,
      },
    ],
  };
}

function failedDials(n: number, code: string, more: object = {}): Records {
  return {
    requests: list(n, (i) => ({
      id: `1-0-${i}`,
      url: 'https://db.example/',
      createdAt: i * s * ms,
      callSite: site(31),
      outcome: 'failed',
      dial: `d-${i}`,
      error: { phase: 'tcp', code },
    })),
    dials: list(n, (i) => ({ id: `d-${i}`, request: `1-0-${i}`, attempts: [`c-${i}`], ...more })),
    connections: list(n, (i) => ({
      id: `c-${i}`,
      dial: `d-${i}`,
      remote: { address: '10.0.0.7', port: 5432 },
      connect: { result: 'failed' as const, error: { code } },
    })),
  };
}

const unresolved = (i: number, more: object = {}): ReturnType<typeof exchange> => ({
  id: `1-0-${i}`,
  createdAt: i * s * ms,
  endAt: (i * s + 3) * ms,
  method: 'GET',
  url: 'https://db.internl/',
  callSite: site(12),
  outcome: 'failed',
  error: { phase: 'dns', code: 'ENOTFOUND', hostname: 'db.internl' },
  ...more,
});

const slowWrites = (stall: number, noDelay: boolean): Records => ({
  requests: list(4, (i) =>
    exchange(i, i * 100, { connection: 'c', wait: stall, body: { bytes: 100 }, method: 'POST' }),
  ),
  connections: [{ id: 'c', options: { noDelay }, requestCount: 4, bytesSent: 400 }],
});

const each = (n: number, of: (i: number) => ReturnType<typeof exchange>): Records => ({ requests: list(n, of) });

const table: [rule: string, fires: Records, nearMiss: Records, unknown: Records][] = [
  ['repeated-look-ups', lookups(50), lookups(9), lookups(50, { endAt: undefined })],
  ['keep-alive-off', short(10), short(10, { reuse: true }), short(10, { closedAt: false })],
  ['stale-keep-alive', stale(), stale({ ordinal: 1 }), stale({ error: undefined })],
  ['tls-certificate', tls(3), tls(60), tls(3, { notAfter: undefined })],
  ['weak-tls', tls(90, {}, { version: 'TLSv1.1' }), tls(90), tls(90, {}, { version: undefined })],
  [
    'verification-off',
    tls(90, {}, { verification: { authorized: false, error: 'DEPTH_ZERO_SELF_SIGNED_CERT' } }),
    tls(90, {}, { verification: { authorized: true } }),
    tls(90, {}, { verification: {} }),
  ],
  [
    'failed-connects',
    failedDials(10, 'ECONNREFUSED'),
    failedDials(10, 'ECONNREFUSED', { connection: 'c-x' }),
    failedDials(0, ''),
  ],
  [
    'failed-lookups',
    each(3, (i) => unresolved(i)),
    // A timer ended the lookup, which its own rule says; and the program gave one up.
    each(3, (i) =>
      unresolved(i, i === 0 ? { outcome: 'aborted' } : { timeout: { kind: 'connect', limit: 10 * s * ms } }),
    ),
    each(3, (i) => unresolved(i, { error: { phase: 'dns' } })),
  ],
  [
    'server-errors',
    each(3, (i) => exchange(i, i * 300, { response: { status: 503 } })),
    each(3, (i) => exchange(i, i * 300, { response: { status: 404 } })),
    each(3, (i) => exchange(i, i * 300, { response: {} as never })),
  ],
  [
    'dns-thread-pool',
    lookups(2, { poolWaitDuration: 158 * ms }, 160),
    lookups(2, { poolWaitDuration: 10 * ms }, 160),
    lookups(2, {}, 160),
  ],
  ['dns-slow', lookups(1, { poolWaitDuration: 0 }, 5003), lookups(1, {}, 80), lookups(1, { beginAt: undefined })],
  ['nagle-delayed-ack', slowWrites(43, false), slowWrites(43, true), { connections: [{ id: 'c' }] }],
  [
    'body-not-read',
    each(2, (i) => exchange(i, i, { outcome: 'notRead' })),
    each(2, (i) => exchange(i, i)),
    each(2, (i) => exchange(i, i, { outcome: 'interrupted' })),
  ],
  [
    'agent-queue',
    each(4, (i) => exchange(i, i, { assignedAt: (i + 100) * ms, endAt: (i + 120) * ms, blockedBy: '1-0-0' })),
    each(4, (i) => exchange(i, i, { assignedAt: (i + 5) * ms, blockedBy: '1-0-0' })),
    each(4, (i) => ({ ...exchange(i, i), assignedAt: undefined }) as never),
  ],
  [
    'n-plus-one',
    each(6, (i) => exchange(i, i * 20, { url: `https://api.shop.example/u/${i}`, callSite: site(3) })),
    each(6, (i) => exchange(i, i * 20, { url: `https://api.shop.example/u?page=${i}`, callSite: site(3) })),
    each(6, (i) => exchange(i, i * 20, { url: `https://api.shop.example/u/${i}` })),
  ],
  [
    'duplicate-requests',
    each(6, (i) => exchange(i, i * 20, { callSite: site(3) })),
    each(6, (i) => exchange(i, i * 2000, { callSite: site(3) })),
    each(6, (i) => exchange(i, i * 20)),
  ],
  [
    'serial-awaits',
    each(3, (i) => exchange(i, i * 102, { wait: 100, url: `https://api.shop.example/${'abc'[i]}`, callSite: site(i) })),
    each(3, (i) => exchange(i, i * 102, { wait: 100, url: `https://api.shop.example/${i}`, callSite: site(i) })),
    each(3, (i) => exchange(i, i * 102, { wait: 100, url: `https://api.shop.example/${'abc'[i]}` })),
  ],
  [
    'retry-storm',
    each(8, (i) => exchange(i, i * 111, { response: { status: 503 } })),
    each(4, (i) => exchange(i, [0, 200, 500, 1000][i] as number, { response: { status: 503 } })),
    each(8, (i) => exchange(i, i * 111, { response: {} })),
  ],
  [
    'reset-in-body',
    each(1, (i) => exchange(i, 0, { outcome: 'failed', error: { phase: 'download', code: 'ECONNRESET' } })),
    each(1, (i) => exchange(i, 0, { outcome: 'aborted' })),
    each(1, (i) => exchange(i, 0, { outcome: 'failed', responseBeginAt: undefined as never })),
  ],
  [
    'timeout',
    each(1, (i) => exchange(i, 0, { outcome: 'failed', timeout: { kind: 'headers', limit: 300_000 * ms } })),
    each(1, (i) => exchange(i, 0, { outcome: 'complete', timeout: { kind: 'socket' } })),
    each(1, (i) => exchange(i, 0, { outcome: 'failed' })),
  ],
  [
    'server-slow',
    each(5, (i) => exchange(i, i * 2000, { wait: 900 })),
    each(5, (i) => exchange(i, i * 2000, { wait: 900, loopBusyDuration: 880 * ms })),
    each(5, (i) => ({ ...exchange(i, i * 2000, { wait: 900 }), responseBeginAt: undefined }) as never),
  ],
  [
    'event-loop-blocked',
    each(3, (i) => exchange(i, 1000 + i * 1000, { wait: 450, loopBusyDuration: 440 * ms })),
    each(3, (i) => exchange(i, 1000 + i * 1000, { wait: 450, loopBusyDuration: 30 * ms })),
    each(3, (i) => exchange(i, 1000 + i * 1000, { wait: 450 })),
  ],
  [
    'plain-http',
    each(1, (i) => exchange(i, 0, { url: 'http://api.shop.example/', bytesSent: 70 })),
    each(1, (i) => exchange(i, 0, { url: 'http://127.0.0.1/', bytesSent: 70 })),
    // Nothing of it left, as far as anybody counted.
    each(1, (i) => exchange(i, 0, { url: 'http://api.shop.example/' })),
  ],
  [
    'secret-in-url',
    each(1, (i) => exchange(i, 0, { url: 'https://api.shop.example/?token=***' })),
    each(1, (i) => exchange(i, 0, { url: 'https://api.shop.example/?key=name' })),
    // Refused before it was sent.
    each(1, (i) => {
      const url = 'https://***@api.shop.example/';
      return { ...exchange(i, 0, { url }), sendBeginAt: undefined, responseBeginAt: undefined } as never;
    }),
  ],
  [
    'uncompressed',
    each(1, (i) => exchange(i, 0, { response: { status: 200, contentType: 'application/json', bodyBytes: 100_000 } })),
    each(1, (i) => exchange(i, 0, { response: { status: 200, contentType: 'application/json', bodyBytes: 2000 } })),
    each(1, (i) => exchange(i, 0, { response: { status: 200, bodyBytes: 100_000 } })),
  ],
  [
    'tls-full-handshake',
    {
      tunnels: list(5, (i) => ({
        id: `t${i}`,
        serverName: 'a.example',
        resumed: false,
        ticket: true,
        beginAt: i * s * ms,
        endAt: (i * s + 50) * ms,
      })),
    },
    {
      tunnels: list(5, (i) => ({
        id: `t${i}`,
        serverName: 'a.example',
        resumed: i > 0,
        ticket: true,
        beginAt: i * s * ms,
        endAt: (i * s + 50) * ms,
      })),
    },
    {
      tunnels: list(5, (i) => ({
        id: `t${i}`,
        serverName: 'a.example',
        beginAt: i * s * ms,
        endAt: (i * s + 50) * ms,
      })),
    },
  ],
  [
    'ipv6-broken',
    twoFamilies('2001:db8::1', 251, 'timedOut'),
    twoFamilies('2001:db8::1', 2, 'failed'),
    twoFamilies('2001:db8::1', undefined, 'timedOut'),
  ],
  [
    'localhost-is-two-addresses',
    twoFamilies('::1', 1, 'failed', 'localhost'),
    twoFamilies('127.0.0.2', 1, 'failed', 'localhost'),
    {},
  ],
];

function twoFamilies(
  first: string,
  cost: number | undefined,
  result: 'failed' | 'timedOut',
  host = 'a.example',
): Records {
  return {
    dials: [{ id: 'd', host, attempts: ['x', 'y'], connection: 'y' }],
    connections: [
      {
        id: 'x',
        dial: 'd',
        remote: { address: first, port: 80 },
        connect: { ...(cost === undefined ? {} : { beginAt: 0 }), result },
      },
      {
        id: 'y',
        dial: 'd',
        remote: { address: '127.0.0.1', port: 80 },
        connect: { ...(cost === undefined ? {} : { beginAt: cost * ms }), result: 'connected' },
      },
    ],
  };
}

describe('rules', () => {
  test.each(table)('%s fires; its near miss and missing data do not', (rule, fires, nearMiss, unknown) => {
    expect(rulesOf(fires)).toContain(rule);
    expect(rulesOf(nearMiss)).not.toContain(rule);
    expect(rulesOf(unknown)).not.toContain(rule);
  });

  test('every finding follows its schema, has evidence, and fits its line', () => {
    const valid = Compile(findingSchema);
    for (const [, records] of table) {
      for (const f of analyse(storeOf(records))) {
        expect([...valid.Errors(f)]).toEqual([]);
        expect(f.evidence.length).toBeGreaterThan(0);
        expect(f.text.length).toBeLessThanOrEqual(160);
        expect(f.advice?.length ?? 0).toBeLessThanOrEqual(120);
        expect(`${f.title} ${f.text} ${f.advice}`).not.toMatch(/undefined(?! \w)|NaN|Infinity|\[object/);
      }
    }
  });

  it('failed connects are counted by error and line', () => {
    const refused = failedDials(10, 'ECONNREFUSED');
    const far = failedDials(3, 'EHOSTUNREACH');
    const rename = (id: string | undefined) => `far-${id}`;
    const both: Records = {
      requests: [...(refused.requests ?? []), ...(far.requests ?? []).map((r) => ({ ...r, id: rename(r.id) }))],
      dials: [
        ...(refused.dials ?? []),
        ...(far.dials ?? []).map((d) => ({ ...d, id: rename(d.id), request: rename(d.request), attempts: [] })),
      ],
      connections: [
        ...(refused.connections ?? []),
        ...(far.connections ?? []).map((c) => ({ ...c, id: rename(c.id), dial: rename(c.dial) })),
      ],
    };
    const found = analyse(storeOf(both)).filter((f) => f.rule === 'failed-connects');
    expect(found.map((f) => f.title)).toEqual(['10 connections refused', '3 connections failed: EHOSTUNREACH']);
    expect(found[0]?.text).toBe('10 connections to 10.0.0.7:5432 were refused (ECONNREFUSED), called at shop.ts:31.');
  });

  it('a connection that a pool opened by itself and no request waited for is no error', () => {
    const { connections = [], dials = [] } = failedDials(1, 'ECONNREFUSED', { request: undefined, via: 'undici' });
    const [spare, ...none] = analyse(storeOf({ requests: [exchange(9, 0)], connections, dials }));
    expect(none).toEqual([]);
    expect(spare).toMatchObject({
      severity: 'info',
      text: '1 connection that the pool opened by itself to 10.0.0.7:5432 failed (ECONNREFUSED); no request was affected.',
    });
    expect(spare).not.toHaveProperty('advice');
    // A request that waited for it failed with it, whoever asked for the connection.
    const waited = [{ id: '1-0-9', dial: 'd-0', createdAt: 0, outcome: 'failed' as const, error: { phase: 'tcp' } }];
    expect(analyse(storeOf({ requests: waited, connections, dials }))[0]).toMatchObject({ severity: 'error' });
    // A socket of the program itself, such as a database's, is always somebody's.
    const own = dials.map((d) => ({ ...d, via: 'net' }));
    expect(analyse(storeOf({ connections, dials: own }))[0]).toMatchObject({ severity: 'error' });
  });

  it('failed lookups and 5xx are counted by host and line, each status with its count', () => {
    const [lookup] = analyse(storeOf(each(3, (i) => unresolved(i))));
    expect(lookup).toMatchObject({
      severity: 'error',
      title: 'Host not found: db.internl',
      text: '3 requests to db.internl failed: no such host (ENOTFOUND), called at shop.ts:12.',
    });
    const statuses = [503, 503, 200, 500, 404];
    const answers = each(5, (i) =>
      exchange(i, i * 300, { callSite: site(i === 4 ? 9 : 3), response: { status: statuses[i] as number } }),
    );
    const [errors, ...none] = analyse(storeOf(answers));
    expect(none).toEqual([]);
    expect(errors).toMatchObject({
      severity: 'error',
      text: '3 of 4 requests to https://api.shop.example from shop.ts:3 were answered with 2 × 503, 1 × 500.',
      subjects: ['1-0-0', '1-0-1', '1-0-3'],
    });
    const gateway = each(1, (i) => exchange(i, 0, { response: { status: 504 } }));
    expect(analyse(storeOf(gateway))[0]).toMatchObject({
      fault: 'unclear',
      text: '1 request to https://api.shop.example was answered with 504.',
    });
  });

  it('who reuses connections already is not told to', () => {
    const opened = (reused: boolean): Records => ({
      ...lookups(50),
      lookups: lookups(50).lookups?.map((l, i) => ({ ...l, dial: `d-${i}` })) ?? [],
      dials: list(50, (i) => ({ id: `d-${i}`, connection: `c-${i}`, via: 'agent' as const })),
      connections: list(50, (i) => ({ id: `c-${i}`, dial: `d-${i}` })),
      requests: list(100, (i) =>
        exchange(i, i * 500, { connection: `c-${reused ? Math.floor(i / 2) : i}`, ordinal: reused ? 1 + (i % 2) : 1 }),
      ),
    });
    const advice = (reused: boolean) =>
      analyse(storeOf(opened(reused))).find((f) => f.rule === 'repeated-look-ups')?.advice;
    expect(advice(false)).toContain('keepAlive: true');
    expect(advice(true)).not.toContain('keepAlive: true');
  });

  it('one hint a name, however many lookups', () => {
    const found = analyse(storeOf(lookups(50)));
    expect(found.map((f) => f.title)).toEqual(['api.shop.example was looked up 50 times']);
  });

  it('a stale connection is reported with its idle time and the server’s limit', () => {
    expect(analyse(storeOf(stale()))[0]).toMatchObject({
      text: 'A request to https://api.shop.example failed on a kept connection: idle 480 ms, the server’s limit is 500 ms.',
      fault: 'node',
      certainty: 'sure',
    });
  });

  it('a stale connection is reported only with evidence: near the limit, not acknowledged, or refused by the system', () => {
    const without = (more: object, connection: object) =>
      analyse(storeOf(stale({ bytesSent: 100, ...more }, { keepAliveHint: undefined, ...connection })));
    // The server may have failed on the request itself.
    expect(without({ idleDuration: 113 * ms }, {})).toEqual([]);
    expect(without({ idleDuration: 113 * ms }, { keepAliveHint: { timeout: 5000 * ms } })).toEqual([]);
    expect(without({ idleDuration: 60_000 * ms }, {})).toEqual([]);
    const kernel = (bytesAcked: number) => ({
      bytesSent: 200,
      requestCount: 2,
      kernel: { at: 0, final: true, bytesAcked },
    });
    expect(without({ idleDuration: 60_000 * ms }, kernel(101))[0]).toMatchObject({
      certainty: 'likely',
      fault: 'node',
    });
    expect(without({ idleDuration: 60_000 * ms }, kernel(201))).toEqual([]);
    expect(without({ idleDuration: 113 * ms }, kernel(101))).toEqual([]);
    const write = { phase: 'send', code: 'EPIPE', syscall: 'write' };
    expect(without({ error: write }, {})[0]).toMatchObject({ rule: 'stale-keep-alive', certainty: 'likely' });
    expect(without({ error: write, body: { bytes: 1 } }, {})).toEqual([]);
  });

  it('the advice is that of the client in use', () => {
    const of = (records: Records, rule: string) => analyse(storeOf(records)).find((f) => f.rule === rule);
    const headers = (more: object) =>
      of(
        each(1, (i) => exchange(i, 0, { outcome: 'failed', timeout: { kind: 'headers', limit: 1e6, ...more } })),
        'timeout',
      );
    expect(headers({ client: 'got' })).toMatchObject({
      title: 'Timed out: timeout.response of got of 1.00 s',
      advice: 'Raise `timeout.response` of got, or find out what is slow.',
    });
    expect(headers({})?.advice).not.toMatch(/dispatcher|undici/);
    const fetched = { api: 'fetch', outcome: 'failed', timeout: { kind: 'headers' } } as const;
    expect(of({ requests: [exchange(1, 0, fetched)] }, 'timeout')?.advice).toContain(
      '`headersTimeout` of the dispatcher',
    );
    expect(of(stale({ api: 'http' }), 'stale-keep-alive')?.advice).toContain('Agent');
    expect(of(stale({ api: 'fetch' }), 'stale-keep-alive')?.advice).toContain('`keepAliveTimeout` of the dispatcher');
  });

  it('who asked for compression is not blamed for a server that does not compress', () => {
    const of = (more: object) => {
      const response = { status: 200, contentType: 'application/json', bodyBytes: 100_000 };
      return analyse(storeOf({ requests: [exchange(1, 0, { response, ...more })] }))[0];
    };
    expect(of({ asksCompressed: true })).toMatchObject({ fault: 'server', certainty: 'likely' });
    expect(of({ asksCompressed: false })).toMatchObject({
      fault: 'yourCode',
      advice: expect.stringContaining('http.get'),
    });
    expect(of({})).toMatchObject({ fault: 'unclear', certainty: 'unclear' });
    const headers = (value: string) => [{ name: 'Accept-Encoding', value }];
    expect(of({ headers: headers('gzip, deflate') })).toMatchObject({ fault: 'server' });
    expect(of({ headers: headers('identity') })).toMatchObject({ fault: 'yourCode' });
    expect(of({ headers: [] })).toMatchObject({ fault: 'yourCode' });
  });

  it('four tries are three retries', () => {
    const failing = each(4, (i) => exchange(i, i * 111, { response: { status: 503 } }));
    const storm = analyse(storeOf(failing)).find((f) => f.rule === 'retry-storm');
    expect(storm?.title).toBe('3 retries without backoff');
    expect(storm?.text).toContain('was tried 4 times');
  });

  it('one request that a busy loop held up is enough', () => {
    const one = each(1, () => exchange(1, 1000, { wait: 450, loopBusyDuration: 440 * ms }));
    expect(rulesOf(one)).toContain('event-loop-blocked');
  });

  it('a connection that failed under a request which another connection carried is a note', () => {
    const { connections = [], dials = [] } = failedDials(1, 'ECONNREFUSED', { request: '1-0-9', via: 'agent' });
    const requests = [exchange(9, 0)];
    expect(analyse(storeOf({ requests, connections, dials }))[0]).toMatchObject({ severity: 'info' });
    const failed = [exchange(9, 0, { outcome: 'failed' })];
    expect(analyse(storeOf({ requests: failed, connections, dials }))[0]).toMatchObject({ severity: 'error' });
  });

  it('nothing to say of a healthy trace', () => {
    const healthy = list(1000, (i) =>
      exchange(i, i * 13, {
        connection: `c-${i % 4}`,
        url: 'https://api.shop.example/feed',
        ordinal: 2 + i,
        thread: `1-${i % 3}`,
      }),
    );
    expect(analyse(storeOf({ requests: healthy, connections: list(4, (i) => ({ id: `c-${i}` })) }))).toEqual([]);
  });
});

describe('documents', () => {
  it('carry the findings, valid by the schema; those of today’s rules are kept, others made anew', () => {
    const store = storeOf(lookups(50));
    const doc = withFindings(documentOf(store), store);
    expect([...Compile(trace).Errors(doc)]).toEqual([]);
    expect(doc.findings?.map((f) => [f.id, f.rule, f.analysisVersion])).toEqual([
      ['f-1', 'repeated-look-ups', analysisVersion],
    ]);
    const own = [{ ...(doc.findings?.[0] as object), title: 'kept' }] as never;
    store.header = { ...store.header, findings: own };
    expect(withFindings(documentOf(store), store).findings?.[0]?.title).toBe('kept');
    store.header = { ...store.header, findings: [{ ...(own[0] as object), analysisVersion: '0.1' }] as never };
    expect(withFindings(documentOf(store), store).findings?.[0]?.title).toBe('api.shop.example was looked up 50 times');
  });
});
