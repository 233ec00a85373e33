import type { Request } from '../../model/records';
import { exchange, ms, type Records, site } from './store';

export const list = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
export const s = 1000;

/** n requests, each on its own connection that lived 12 ms. */
export function short(
  n: number,
  more: { url?: string; closedAt?: boolean; reuse?: boolean; via?: string } = {},
): Records {
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

export const lookups = (n: number, more: object = {}, took = 2): Records => ({
  lookups: list(n, (i) => ({
    id: `l-${i}`,
    hostname: 'api.shop.example',
    beginAt: i * s * ms,
    endAt: (i * s + took) * ms,
    ...more,
  })),
});

export function stale(more: object = {}, connection: object = {}): Records {
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
export function tls(days: number, more: object = {}, tunnel: object = {}): Records {
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

export function failedDials(n: number, code: string, more: object = {}): Records {
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

export const unresolved = (i: number, more: object = {}): ReturnType<typeof exchange> => ({
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

export const slowWrites = (stall: number, noDelay: boolean): Records => ({
  requests: list(4, (i) =>
    exchange(i, i * 100, { connection: 'c', wait: stall, body: { bytes: 100 }, method: 'POST' }),
  ),
  connections: [{ id: 'c', options: { noDelay }, requestCount: 4, bytesSent: 400 }],
});

export const each = (n: number, of: (i: number) => ReturnType<typeof exchange>): Records => ({ requests: list(n, of) });

/** Requests on one HTTP/2 connection, which was made at that ms. */
export const streams = (more: (i: number) => Partial<Request>, connectedAt = 5): Records => ({
  requests: list(6, (i) => exchange(i, i, { protocol: 'h2', connection: 'c', ordinal: i + 1, ...more(i) })),
  connections: [{ id: 'c', connect: { beginAt: 0, endAt: connectedAt * ms, result: 'connected' } }],
});
