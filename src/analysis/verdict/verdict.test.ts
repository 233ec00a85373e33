/** Verdicts word by word, each with its near miss or its missing data. */
import { describe, expect, test } from 'vitest';
import type { Request } from '../../model/records';
import type { Store } from '../../model/store/store';
import { exchange, ms, type Records, site, storeOf } from '../testing/store';
import { computed, fresh, one, unmade } from '../testing/verdictRecords';
import { verdictOf } from './verdict';

const said = (records: Records, id = '1-0-1', change: (s: Store) => void = () => undefined) => {
  const store = storeOf(records);
  change(store);
  const v = verdictOf(store.requests.get(id) as Request, store, 5000 * ms);
  return [v.level, v.fault ?? '-', v.certainty, v.text];
};

const none = undefined as never;

const table: [name: string, records: Records, expected: string[]][] = [
  ['healthy', one({}), ['ok', '-', 'sure', 'Nothing stands out: 11 ms, 10 ms of them waiting for the server.']],
  [
    'thread pool (A43)',
    fresh(
      { sendBeginAt: 312 * ms, sendEndAt: 312 * ms, responseBeginAt: 313 * ms, endAt: 314 * ms },
      { lookup: 310, pool: 298 },
    ),
    [
      'slow',
      'yourCode',
      'sure',
      'Waited 298 of 314 ms (95 %) for a thread before the lookup could start; the lookup itself took 12 ms.',
    ],
  ],
  [
    'resolver',
    fresh(
      { sendBeginAt: 732 * ms, sendEndAt: 732 * ms, responseBeginAt: 744 * ms, endAt: 745 * ms },
      { lookup: 730, pool: 0 },
    ),
    ['slow', 'dns', 'sure', 'DNS: 730 of 745 ms (98 %); the resolver answered late.'],
  ],
  [
    'server on this machine',
    one({ wait: 600, url: 'http://127.0.0.1:8080/x' }),
    [
      'slow',
      'server',
      'sure',
      'The server took 600 of 601 ms (100 %), from the last request byte to the first response byte.',
    ],
  ],
  [
    'server far away: never sure',
    one({ wait: 600 }),
    [
      'slow',
      'server',
      'likely',
      'The server probably took 600 of 601 ms (100 %), from the last request byte to the first response byte.',
    ],
  ],
  [
    'event loop blocked, no word of the processor',
    one({ wait: 600, url: 'http://127.0.0.1/x', loopBusyDuration: 580 * ms }),
    [
      'slow',
      'unclear',
      'likely',
      'The event loop was blocked for 580 of 601 ms and could not take a response; when it arrived was not measured.',
    ],
  ],
  [
    'event loop blocked without the processor',
    one({ wait: 600, url: 'http://127.0.0.1/x', loopBusyDuration: 580 * ms, ...computed(12) }),
    [
      'slow',
      'unclear',
      'likely',
      'The event loop was blocked for 580 of 601 ms (12 ms of processor time) and could not take a response; when it arrived was not measured.',
    ],
  ],
  [
    'a program that was busy before the response came',
    one({
      wait: 600,
      url: 'http://127.0.0.1/x',
      loopBusyDuration: 400 * ms,
      ...computed(400),
      response: { status: 200, loopDelayMax: 2 * ms },
    }),
    [
      'slow',
      'server',
      'sure',
      'The server took 598 of 601 ms (100 %), from the last request byte to the first response byte.',
    ],
  ],
  [
    'busy program',
    one({ wait: 600, url: 'http://127.0.0.1/x', loopBusyDuration: 580 * ms, ...computed(560) }),
    [
      'slow',
      'yourCode',
      'likely',
      'Your program was busy for 580 of 601 ms and could not take a response; when it arrived was not measured.',
    ],
  ],
  [
    'agent queue',
    {
      requests: [
        exchange(7, 0, { url: 'https://a.example/big' }),
        {
          ...exchange(1, 0),
          connection: 'c',
          assignedAt: 300 * ms,
          sendBeginAt: 300 * ms,
          sendEndAt: 300 * ms,
          responseBeginAt: 310 * ms,
          endAt: 311 * ms,
          blockedBy: '1-0-7',
        },
      ],
      connections: [{ id: 'c', dial: 'd' }],
      dials: [{ id: 'd', pool: { free: 0, busy: 1, limit: 1 } }],
    },
    [
      'slow',
      'yourCode',
      'sure',
      'Waited 300 of 311 ms (96 %) for a free socket: this Agent allows 1, taken by GET /big.',
    ],
  ],
  [
    'first fetch of a program',
    {
      requests: [
        {
          ...exchange(1, 0),
          api: 'fetch',
          ordinal: 1,
          connection: 'c',
          assignedAt: 300 * ms,
          sendBeginAt: 300 * ms,
          sendEndAt: 300 * ms,
          responseBeginAt: 310 * ms,
          endAt: 311 * ms,
          loopBusyDuration: 250 * ms,
        },
      ],
      connections: [{ id: 'c', dial: 'd' }],
      dials: [{ id: 'd', beginAt: 300 * ms, pool: { free: 0, busy: 0 } }],
    },
    ['slow', 'node', 'sure', '300 of 311 ms (96 %) passed before connecting: Node loads fetch on its first call.'],
  ],
  [
    'no such host',
    unmade('ENOTFOUND', 'dns', 3, 'db.internl'),
    ['failed', 'yourCode', 'likely', 'No such host: db.internl (3.0 ms).'],
  ],
  [
    'resolver failed',
    unmade('EAI_AGAIN', 'dns', 5000),
    ['failed', 'dns', 'sure', 'The lookup of db.internal failed after 5.00 s: EAI_AGAIN.'],
  ],
  [
    'refused',
    unmade('ECONNREFUSED', 'tcp', 2),
    ['failed', 'server', 'sure', 'Nothing listens on 10.0.0.7:5432 (refused after 1.0 ms).'],
  ],
  [
    'unreachable',
    unmade('EHOSTUNREACH', 'tcp', 2),
    ['failed', 'network', 'sure', 'No route to 10.0.0.7:5432: EHOSTUNREACH.'],
  ],
  [
    'stale keep-alive',
    one(
      {
        ordinal: 7,
        idleDuration: 5020 * ms,
        responseBeginAt: none,
        response: none,
        outcome: 'failed',
        error: { phase: 'wait', code: 'ECONNRESET', message: 'socket hang up' },
      },
      { keepAliveHint: { timeout: 5000 * ms } },
    ),
    [
      'failed',
      'node',
      'sure',
      'The server had closed this idle connection (idle 5.02 s, its limit 5.00 s) when the 7th request on it was sent.',
    ],
  ],
  [
    'stale without a hint',
    one({
      ordinal: 2,
      idleDuration: 640 * ms,
      responseBeginAt: none,
      response: none,
      outcome: 'failed',
      error: { phase: 'wait', code: 'ECONNRESET' },
    }),
    // Nothing says that the idle time had to do with it.
    ['failed', 'unclear', 'unclear', 'Not clear: the 2nd request on this connection was cut off, idle 640 ms before.'],
  ],
  [
    'cut off while not idle',
    one({
      ordinal: 2,
      idleDuration: 2 * ms,
      responseBeginAt: none,
      response: none,
      outcome: 'failed',
      error: { phase: 'wait', code: 'ECONNRESET' },
    }),
    ['failed', 'unclear', 'unclear', 'Not clear: the 2nd request on this connection was cut off, idle 2.0 ms before.'],
  ],
  [
    'first on its connection: no stale one',
    one({
      ordinal: 1,
      responseBeginAt: none,
      response: none,
      outcome: 'failed',
      error: { phase: 'wait', code: 'ECONNRESET' },
    }),
    ['failed', 'server', 'likely', 'The server closed the connection without a response after 11 ms.'],
  ],
  [
    'body cut',
    one({
      outcome: 'failed',
      response: { status: 200, declaredBytes: 1000, bodyBytes: 3 },
      error: { phase: 'download', code: 'UND_ERR_SOCKET' },
    }),
    ['failed', 'server', 'likely', 'The body was cut off at 3 B of 1.0 kB, 1.0 ms into it.'],
  ],
  [
    'timeout',
    one({
      wait: 300_000,
      outcome: 'failed',
      responseBeginAt: none,
      response: none,
      api: 'undici',
      error: { phase: 'wait', code: 'UND_ERR_HEADERS_TIMEOUT' },
      timeout: { kind: 'headers', limit: 300_000 * ms },
    }),
    ['failed', 'unclear', 'sure', 'Timed out: headersTimeout = 5 min 00 s; 5 min 00 s of it waiting for the server.'],
  ],
  [
    '503',
    one({ wait: 20, response: { status: 503 } }),
    ['error', 'server', 'sure', 'Server answered 503 after 21 ms.'],
  ],
  ['404', one({ response: { status: 404 } }), ['warning', '-', 'sure', 'Server answered 404 after 11 ms.']],
  [
    'HEAD 404',
    one({ method: 'HEAD', response: { status: 404 } }),
    ['ok', '-', 'sure', 'Nothing stands out: 11 ms, 10 ms of them waiting for the server.'],
  ],
  [
    'aborted',
    one({
      outcome: 'aborted',
      responseBeginAt: none,
      response: none,
      endAt: 300 * ms,
      abort: { at: 300 * ms },
      callSite: site(14, '/app/app.ts'),
    }),
    [
      'aborted',
      '-',
      'sure',
      'Aborted by the program after 300 ms, while waiting for the server (called at app.ts:14).',
    ],
  ],
  [
    'not read',
    one({ outcome: 'notRead', response: { status: 200, declaredBytes: 20_000 } }),
    ['warning', 'yourCode', 'sure', 'The program did not read the body (20 kB), which keeps its connection busy.'],
  ],
  [
    'running',
    one({
      outcome: none,
      endAt: none,
      responseBeginAt: none,
      response: none,
      createdAt: 4430 * ms,
      assignedAt: 4430 * ms,
      sendBeginAt: 4430 * ms,
      sendEndAt: 4430 * ms,
    }),
    ['running', '-', 'sure', 'Waiting for the server for 570 ms.'],
  ],
  [
    'program ended',
    one({ outcome: 'processExit', responseBeginAt: none, response: none }),
    ['aborted', '-', 'sure', 'The program ended first, before a response came.'],
  ],
  [
    'addresses given up',
    fresh(
      { sendBeginAt: 256 * ms, sendEndAt: 256 * ms, responseBeginAt: 265 * ms, endAt: 266 * ms },
      {
        connect: 254,
        limit: 250,
        attempts: [
          {
            id: 'a',
            dial: 'd',
            remote: { address: '2001:db8::1', port: 80 },
            connect: { beginAt: 2 * ms, endAt: 253 * ms, result: 'timedOut' },
          },
          {
            id: 'c',
            dial: 'd',
            remote: { address: '192.0.2.7', port: 80 },
            connect: { beginAt: 253 * ms, endAt: 256 * ms, result: 'connected' },
          },
        ],
      },
    ),
    [
      'slow',
      'network',
      'sure',
      '251 of 266 ms (94 %) went to 2001:db8::1 that did not connect; then 192.0.2.7 connected in 3.0 ms.',
    ],
  ],
];

describe('verdicts', () => {
  test.each(table)('%s', (_name, records, expected) => {
    expect(said(records)).toEqual(expected);
  });

  test('a wait in the debugger is nobody’s fault', () => {
    const pause = (s: Store) => s.setPause({ id: 'w-1', thread: '1-0', beginAt: 5 * ms, endAt: 2005 * ms });
    expect(said(one({ wait: 2010, url: 'http://127.0.0.1/' }), '1-0-1', pause)).toEqual([
      'ok',
      '-',
      'sure',
      'Nothing stands out: 11 ms, 10 ms of them waiting for the server.',
    ]);
    const cut = one({
      wait: 2010,
      outcome: 'failed',
      responseBeginAt: none,
      response: none,
      error: { phase: 'wait', code: 'ECONNRESET' },
    });
    expect(said(cut, '1-0-1', pause)).toEqual([
      'failed',
      'unclear',
      'likely',
      'Ended while the program was paused in the debugger (2.00 s).',
    ]);
  });

  test('much slower than its like is slow, though it is fast enough for others', () => {
    const requests = [...Array.from({ length: 9 }, (_, i) => exchange(i + 10, i * 50)), exchange(1, 600, { wait: 90 })];
    expect(said({ requests }).slice(0, 2)).toEqual(['slow', 'server']);
    expect(said({ requests: requests.slice(5) }).slice(0, 2)).toEqual(['ok', '-']);
  });
});

test('a wait in which the program was busy: the sentence says from which figures the server’s share was taken', () => {
  const busy = { ...one({ wait: 549, endAt: 572 * ms, url: 'http://127.0.0.1/' }) };
  const [request] = busy.requests ?? [];
  const records = { ...busy, requests: [{ ...(request as Request), loopBusyDuration: 101 * ms, ...computed(100) }] };
  expect(said(records)).toEqual([
    'slow',
    'server',
    'sure',
    'The server took about 448 of 572 ms (78 %): 549 ms waited, 101 ms of it your program was busy.',
  ]);
});

test('ended by AbortSignal.timeout: failed, as its row and the counts say', () => {
  const records = one({
    outcome: 'aborted',
    responseBeginAt: none,
    response: none,
    endAt: 51 * ms,
    timeout: { kind: 'signal', limit: 50 * ms },
  });
  expect(said(records)).toEqual([
    'failed',
    'yourCode',
    'sure',
    'Timed out: AbortSignal.timeout = 50 ms; 51 ms of it waiting for the server.',
  ]);
});

test('a fetch without a body was complete when it was called: what comes before its first byte is not blamed on its code', () => {
  const late = { assignedAt: 10 * ms, sendBeginAt: 1810 * ms, sendEndAt: 1810 * ms, responseBeginAt: 1820 * ms };
  const records = one({ ...late, endAt: 1821 * ms, url: 'http://127.0.0.1/' });
  const [, fault, , text] = said(records);
  expect(fault).toBe('yourCode');
  expect(text).toMatch(/^Your code: 1\.80 s of 1\.82 s \(\d+ %\) before it wrote the request\.$/);
  const [request] = records.requests ?? [];
  const fetched = { ...records, requests: [{ ...(request as Request), api: 'fetch' }] };
  const other = said(fetched);
  expect(other.slice(0, 2)).toEqual(['slow', 'unclear']);
  expect(other[3]).not.toContain('Your code');
});
