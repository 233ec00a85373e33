/** Failures of the program's own making are told from those of a connection, and near misses are not. */
import { describe, expect, test } from 'vitest';
import type { Connection, ErrorInfo, Request, TlsTunnel } from '../../../model/records';
import { findingOf, ms, type Records, storeOf } from '../../testing/store';
import { fresh, one } from '../../testing/verdictRecords';
import { verdictOf } from '../verdict';

const verdict = (records: Records, id = '1-0-1'): ReturnType<typeof verdictOf> => {
  const store = storeOf(records);
  return verdictOf(store.requests.get(id) as Request, store, 5000 * ms);
};
const none = undefined as never;
const failed = (error: ErrorInfo, more: Partial<Request> = {}): Partial<Request> => ({
  outcome: 'failed',
  responseBeginAt: none,
  response: none,
  endAt: 54 * ms,
  error,
  ...more,
});

describe('a body that fails while it is sent', () => {
  const sending = (error: Partial<ErrorInfo>, connection: Partial<Connection> = { closedBy: 'local' }) =>
    verdict(one(failed({ phase: 'send', ...error }, { ordinal: 1, sendEndAt: none }), connection));

  test('is the program’s stream, with its own error', () =>
    expect(sending({ code: 'EIO', message: 'disk read failed', syscall: 'read' })).toMatchObject({
      rule: 'bodyFailed',
      fault: 'yourCode',
      text: 'The request’s body failed after 54 ms, while it was sent: EIO, disk read failed.',
    }));
  test('without a code', () =>
    expect(sending({ message: 'no more rows' }).text).toBe(
      'The request’s body failed after 54 ms, while it was sent: no more rows.',
    ));
  test.each<[string, Partial<ErrorInfo>, Partial<Connection>]>([
    ['its connection has the error', { code: 'EIO' }, { closedBy: 'local', error: { phase: 'send', code: 'EIO' } }],
    ['the server closed', { code: 'EIO' }, { closedBy: 'peer' }],
    ['who closed is not known', { code: 'EIO' }, {}],
    ['an error of sockets', { code: 'ECONNRESET' }, { closedBy: 'local' }],
    ['an error of undici', { code: 'UND_ERR_SOCKET' }, { closedBy: 'local' }],
  ])('is not said where %s', (_, error, connection) => expect(sending(error, connection).rule).not.toBe('bodyFailed'));
});

describe('what was not mocked', () => {
  test.each(['UND_MOCK_ERR_MOCK_NOT_MATCHED', 'ERR_NOCK_NO_MATCH'])('%s', (code) =>
    expect(
      verdict(one(failed({ phase: 'queue', code }, { dial: none, connection: none, assignedAt: none }))),
    ).toMatchObject({
      rule: 'notMocked',
      fault: 'yourCode',
      certainty: 'sure',
      text: expect.stringContaining('No mock is defined for GET /items on '),
    }),
  );
});

describe('a certificate that the program’s own function refused', () => {
  const refused = (verification: NonNullable<TlsTunnel['verification']>, error: Partial<ErrorInfo>) => {
    const records = fresh({
      ...failed({ phase: 'tls', ...error }),
      id: '1-0-1',
      url: 'https://api.shop.example/items',
    });
    const tunnels = [{ id: 't', connection: 'c', beginAt: 4 * ms, endAt: 50 * ms, verification }] as never;
    return verdict({ ...records, tunnels });
  };
  test('is said to be so', () =>
    expect(
      refused({ authorized: false, error: 'EPIN', ownCheck: true }, { code: 'EPIN', message: 'pinned key differs' }),
    ).toMatchObject({
      rule: 'tlsOwnCheck',
      fault: 'yourCode',
      text: expect.stringMatching(/own `checkServerIdentity` refused the certificate: EPIN, pinned key differs\.$/),
    }));
  test('not where Node refused, or the function gave Node’s own reason', () => {
    expect(refused({ authorized: false, error: 'EPIN' }, { code: 'EPIN' }).rule).not.toBe('tlsOwnCheck');
    expect(
      refused(
        { authorized: false, error: 'ERR_TLS_CERT_ALTNAME_INVALID', ownCheck: true },
        { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      ).rule,
    ).not.toBe('tlsOwnCheck');
  });
});

describe('HTTP/2 that was over before the request', () => {
  test.each([
    ['ERR_HTTP2_GOAWAY_SESSION', 'h2Ended', 'unclear'],
    ['ERR_HTTP2_INVALID_SESSION', 'refusedCall', 'yourCode'],
  ])('%s: connect again', (code, rule, fault) =>
    expect(
      verdict(
        one(failed({ phase: 'queue', code, message: 'over' }, { dial: none, connection: none, assignedAt: none })),
      ),
    ).toMatchObject({ rule, fault, advice: expect.stringMatching(/^Connect again/) }),
  );
});

describe('a head that did not come whole', () => {
  const cut = (more: Partial<Request>, connection: Partial<Connection> = { closedBy: 'peer' }) =>
    verdict(one(failed({ phase: 'wait', code: 'ECONNRESET' }, { ordinal: 1, ...more }), connection)).text;
  test('says what came of it', () =>
    expect(cut({ bytesReceived: 27 })).toBe(
      'The server closed the connection after 54 ms, in the middle of the response’s head (27 B received).',
    ));
  test.each([
    ['nothing came', { bytesReceived: 0 }],
    ['what came is not known', {}],
    [
      'an informational response came',
      { bytesReceived: 25, response: { informational: [{ status: 103, at: 9 * ms }] } },
    ],
  ] as [string, Partial<Request>][])('%s: no response', (_, more) => expect(cut(more)).toContain('without a response'));
});

test('each address that refused is named, of many the first', () => {
  const attempts = (count: number): Records['connections'] =>
    Array.from({ length: count }, (_, i) => ({
      id: `c${i}`,
      dial: 'd',
      remote: { address: `192.0.2.${i + 1}`, port: 80 },
      connect: { beginAt: 2 * ms, endAt: 3 * ms, result: 'failed', error: { phase: 'tcp', code: 'ECONNREFUSED' } },
    }));
  const text = (count: number) =>
    verdict(
      fresh(
        {
          ...failed({ phase: 'tcp', code: 'ECONNREFUSED' }, { connection: none, sendBeginAt: none, sendEndAt: none }),
          id: '1-0-1',
        },
        { attempts: attempts(count) },
      ),
    ).text;
  expect(text(2)).toContain('Nothing listens on 192.0.2.1:80 and 192.0.2.2:80 (');
  expect(text(3)).toContain('Nothing listens on 192.0.2.1:80, 192.0.2.2:80 and 192.0.2.3:80 (');
  expect(text(6)).toContain('Nothing listens on 192.0.2.1:80, 192.0.2.2:80, 192.0.2.3:80 and 3 more (');
});

test('a connection that ended because the program gave the request up is no failed connection', () => {
  const records = (abortAt: number) =>
    fresh(
      {
        id: '1-0-1',
        outcome: 'aborted',
        abort: { at: abortAt },
        connection: none,
        responseBeginAt: none,
        response: none,
        sendBeginAt: none,
        sendEndAt: none,
        endAt: abortAt,
      },
      {
        attempts: [
          {
            id: 'c',
            dial: 'd',
            remote: { address: '192.0.2.1', port: 80 },
            connect: { beginAt: 2 * ms, endAt: 4 * ms, result: 'failed', error: { phase: 'tcp', code: 'ECONNRESET' } },
          },
        ],
      },
    );
  const without = (r: Records): Records => ({
    ...r,
    dials: r.dials?.map(({ connection: _, ...dial }: Record<string, unknown>) => dial) as never,
  });
  expect(findingOf(without(records(3 * ms)), 'failed-connects')).toBeUndefined();
  expect(findingOf(without(records(9 * ms)), 'failed-connects')).toBeDefined();
});

describe('a socket that a response held which nobody read', () => {
  const waited = (
    response: Partial<NonNullable<Request['response']>>,
    outcome: Request['outcome'] = 'complete',
  ): Records => {
    const held = { api: 'http', method: 'GET', connection: 'c', url: 'http://api.shop.example/big' } as const;
    return {
      requests: [
        {
          ...held,
          id: '1-0-1',
          createdAt: 0,
          ordinal: 1,
          dial: 'd',
          assignedAt: 1 * ms,
          sendEndAt: 2 * ms,
          responseBeginAt: 20 * ms,
          endAt: 800 * ms,
          outcome,
          response: { status: 200, ...response },
        },
        {
          ...held,
          id: '1-0-2',
          url: 'http://api.shop.example/next',
          createdAt: 5 * ms,
          ordinal: 2,
          blockedBy: '1-0-1',
          assignedAt: 801 * ms,
          sendEndAt: 802 * ms,
          responseBeginAt: 803 * ms,
          endAt: 804 * ms,
          outcome: 'complete',
          response: { status: 200 },
        },
      ],
      dials: [
        {
          id: 'd',
          request: '1-0-1',
          host: 'api.shop.example',
          port: 80,
          beginAt: 1 * ms,
          endAt: 2 * ms,
          attempts: ['c'],
          connection: 'c',
          pool: { free: 0, busy: 0, pending: 0, limit: 1 },
        },
      ],
      connections: [
        {
          id: 'c',
          dial: 'd',
          remote: { address: '192.0.2.7', port: 80 },
          connect: { beginAt: 1 * ms, endAt: 2 * ms, result: 'connected' },
        },
      ],
    } as never;
  };
  test('is advised to be read, by verdict and finding', () => {
    const records = waited({ readBeginAt: 790 * ms });
    expect(verdict(records, '1-0-2')).toMatchObject({
      rule: 'agentQueue',
      text: expect.stringContaining('taken by GET /big, whose response nobody read for 770 ms'),
    });
    for (const advice of [verdict(records, '1-0-2').advice, findingOf(records, 'agent-queue')?.advice])
      expect(advice).toMatch(/^Read .*`res\.resume\(\)`\.$/);
  });
  test.each<[string, Records]>([
    ['it was read at once', waited({ readBeginAt: 21 * ms })],
    ['when it was read is not known', waited({})],
  ])('not where %s', (_, records) => {
    for (const advice of [verdict(records, '1-0-2').advice, findingOf(records, 'agent-queue')?.advice])
      expect(advice).toMatch(/^Raise maxSockets/);
  });
});
