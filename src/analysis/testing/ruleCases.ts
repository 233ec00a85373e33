import { each, failedDials, list, lookups, s, short, slowWrites, stale, streams, tls, unresolved } from './ruleRecords';
import { exchange, ms, type Records, site } from './store';

/** Records at which a rule fires, near misses, and records without what it needs. */
export const ruleCases: [rule: string, fires: Records, nearMiss: Records, unknown: Records][] = [
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
    'stream-queue',
    streams((i) => ({ createdAt: 10 * ms, assignedAt: (i < 2 ? 10 : 110) * ms, endAt: (i < 2 ? 110 : 210) * ms })),
    // They waited for their connection alone.
    streams((i) => ({ createdAt: i * ms, assignedAt: 101 * ms, endAt: 130 * ms }), 100),
    streams(() => ({ createdAt: 10 * ms, assignedAt: undefined as never })),
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
    // Of the second, the computation was over when the response came.
    {
      requests: [
        exchange(1, 1000, { wait: 450, loopBusyDuration: 30 * ms }),
        exchange(2, 2000, {
          wait: 450,
          loopBusyDuration: 400 * ms,
          response: { status: 200, loopDelayMax: 3 * ms },
        }),
      ],
    },
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
