/** Records of requests for verdicts: one that dialled, one that never got a connection, one on a connection that was there. */
import type { Request } from '../../model/records';
import { exchange, ms, type Records } from './store';

type Fresh = Partial<Request> & { id: string };
/** A request that dialled: lookup, connect, then `more`. Instants in ms. */
export function fresh(
  more: Partial<Fresh>,
  {
    lookup = 2,
    pool,
    connect = 2,
    host = 'api.shop.example',
    attempts,
    limit,
  }: {
    lookup?: number;
    pool?: number;
    connect?: number;
    host?: string;
    attempts?: Records['connections'];
    limit?: number;
  } = {},
): Records {
  const ready = lookup + connect;
  return {
    requests: [
      {
        id: '1-0-1',
        createdAt: 0,
        method: 'GET',
        url: `http://${host}/items`,
        dial: 'd',
        connection: 'c',
        ordinal: 1,
        assignedAt: 0,
        sendBeginAt: ready * ms,
        sendEndAt: ready * ms,
        responseBeginAt: (ready + 10) * ms,
        endAt: (ready + 11) * ms,
        outcome: 'complete',
        response: { status: 200 },
        ...more,
      },
    ],
    lookups: [
      {
        id: 'l',
        dial: 'd',
        hostname: host,
        beginAt: 0,
        endAt: lookup * ms,
        ...(pool === undefined ? {} : { poolWaitDuration: pool * ms }),
      },
    ],
    dials: [
      {
        id: 'd',
        request: '1-0-1',
        host,
        port: 80,
        beginAt: 0,
        endAt: ready * ms,
        lookup: 'l',
        attempts: attempts?.map((a) => a.id) ?? ['c'],
        connection: 'c',
        ...(limit === undefined ? {} : { attemptLimit: limit * ms }),
      },
    ],
    connections: attempts ?? [
      {
        id: 'c',
        dial: 'd',
        remote: { address: '192.0.2.7', port: 80 },
        connect: { beginAt: lookup * ms, endAt: ready * ms, result: 'connected' },
      },
    ],
  };
}

/** A dial that failed. */
export function unmade(code: string, phase: 'dns' | 'tcp', took: number, host = 'db.internal'): Records {
  return {
    requests: [
      {
        id: '1-0-1',
        createdAt: 0,
        url: `http://${host}/`,
        method: 'GET',
        dial: 'd',
        endAt: took * ms,
        outcome: 'failed',
        error: { phase, code },
      },
    ],
    dials: [
      {
        id: 'd',
        request: '1-0-1',
        host,
        port: 5432,
        beginAt: 0,
        endAt: took * ms,
        lookup: 'l',
        attempts: phase === 'tcp' ? ['a'] : [],
        error: { phase, code },
      },
    ],
    lookups: [
      {
        id: 'l',
        dial: 'd',
        hostname: host,
        beginAt: 0,
        ...(phase === 'tcp' ? { endAt: 1 * ms } : { endAt: took * ms, error: { code } }),
      },
    ],
    connections:
      phase === 'tcp'
        ? [
            {
              id: 'a',
              dial: 'd',
              remote: { address: '10.0.0.7', port: 5432 },
              connect: { beginAt: ms, endAt: took * ms, result: 'failed', error: { code } },
            },
          ]
        : [],
  };
}

export const computed = (duration: number) => ({ processor: { duration: duration * ms, of: 'thread' } }) as const;
export const one = (more: Parameters<typeof exchange>[2], connection: object = {}): Records => ({
  requests: [exchange(1, 0, { connection: 'c', ...more })],
  connections: [{ id: 'c', ...connection }],
});
