/** What looks like a fault of the program and is none, or is not known to be one: each was seen in a real program. */
import { describe, expect, test } from 'vitest';
import type { Request } from '../model/records';
import { list, streams } from './testing/ruleRecords';
import { exchange, findingOf, ms, type Records, site, storeOf } from './testing/store';
import { verdictOf } from './verdict/verdict';

function verdict(records: Records, id = '1-0-1'): ReturnType<typeof verdictOf> {
  const store = storeOf(records);
  return verdictOf(store.requests.get(id) as Request, store, 9e9);
}
const ofPackage = { callSite: { ...site(94, '/app/node_modules/node-fetch/index.js'), kind: 'library' as const } };

/** 30 requests, each on its own connection that was closed locally right after it. */
const single = (
  more: (i: number) => Partial<Request>,
  dial: (i: number) => object = () => ({ agent: 1 }),
): Records => ({
  requests: list(30, (i) => exchange(i + 1, i * 20, { connection: `c-${i}`, ordinal: 1, ...more(i) })),
  connections: list(30, (i) => ({
    id: `c-${i}`,
    dial: `d-${i}`,
    requestCount: 1,
    connect: { beginAt: i * 20 * ms, endAt: i * 20 * ms, result: 'connected' as const },
    closedAt: (i * 20 + 12) * ms,
    closedBy: 'local' as const,
  })),
  dials: list(30, (i) => ({ id: `d-${i}`, via: 'agent' as const, beginAt: i * 20 * ms, ...dial(i) })),
});

describe('connections for one request', () => {
  const of = (records: Records) => findingOf(records, 'keep-alive-off');
  test('are the server’s doing where its responses said close, though they were closed here', () =>
    expect(of(single(() => ({ closes: 'response' })))).toMatchObject({ fault: 'server', certainty: 'sure' }));
  test('are the program’s where its requests said close, or each had its own pool', () => {
    expect(of(single(() => ({ closes: 'request' })))).toMatchObject({ fault: 'yourCode', certainty: 'sure' });
    const pools = single(
      () => ({}),
      (i) => ({ agent: i, via: 'undici' }),
    );
    expect(of(pools)).toMatchObject({ fault: 'yourCode', advice: 'Use one dispatcher for all requests to it.' });
  });
  test('are nobody’s where neither is known', () =>
    expect(of(single(() => ({})))).toMatchObject({ fault: 'unclear', certainty: 'unclear' }));
  test('are counted apart: those that the server closed are not added to the program’s', () => {
    const mixed = single((i) => ({ closes: i < 20 ? 'request' : 'response' }));
    expect(of(mixed)?.text).toMatch(/^20 of 30 requests/);
  });
});

test('a connection whose only request was given up could serve no other', () => {
  expect(
    findingOf(
      single(() => ({ outcome: 'aborted', closes: 'request' })),
      'keep-alive-off',
    ),
  ).toBeUndefined();
});

test('connections that the server closes after each response are not to be reused, for fewer lookups', () => {
  const lookupsOf = (closes: 'request' | 'response'): Records => {
    const records = single(
      () => ({ closes }),
      (i) => ({ connection: `c-${i}`, lookup: `l-${i}` }),
    );
    const lookups = list(30, (i) => ({
      id: `l-${i}`,
      dial: `d-${i}`,
      hostname: 'a.example',
      beginAt: i,
      endAt: i + 1,
    }));
    return { ...records, lookups };
  };
  expect(findingOf(lookupsOf('request'), 'repeated-look-ups')?.advice).toContain('Reuse connections');
  expect(findingOf(lookupsOf('response'), 'repeated-look-ups')?.advice).not.toContain('euse');
});

test('without a ticket of the server’s there is no TLS session to resume', () => {
  const handshakes = (ticket: boolean): Records => ({
    tunnels: list(5, (i) => ({
      id: `t${i}`,
      serverName: 'a.example',
      resumed: false,
      ticket,
      beginAt: i * 1000 * ms,
      endAt: (i * 1000 + 50) * ms,
    })),
  });
  expect(findingOf(handshakes(true), 'tls-full-handshake')).toBeDefined();
  expect(findingOf(handshakes(false), 'tls-full-handshake')).toBeUndefined();
});

describe('requests from a package’s line', () => {
  const similar = (more: Partial<Request>): Records => ({
    requests: list(8, (i) => exchange(i + 1, i * 20, { url: `https://api.shop.example/items/${i}`, ...more })),
  });
  test('are no loop of the program: each may have another caller', () => {
    expect(findingOf(similar({ callSite: site(3) }), 'n-plus-one')).toBeDefined();
    expect(findingOf(similar(ofPackage), 'n-plus-one')).toBeUndefined();
  });
  test('that fail one after the other, or wait for a socket, are not blamed on the program', () => {
    const failing = (more: Partial<Request>): Records => ({
      requests: list(6, (i) => exchange(i + 1, i * 111, { response: { status: 503 }, ...more })),
    });
    expect(findingOf(failing({ callSite: site(3) }), 'retry-storm')).toMatchObject({ fault: 'yourCode' });
    expect(findingOf(failing(ofPackage), 'retry-storm')).toMatchObject({ fault: 'unclear' });
    const refused: Partial<Request> = { outcome: 'failed', assignedAt: undefined as never, error: { phase: 'queue' } };
    expect(findingOf(failing({ callSite: site(3), ...refused }), 'retry-storm')).toBeUndefined();
    const waiting = (more: Partial<Request>): Records => ({
      requests: list(4, (i) =>
        exchange(i, i, { assignedAt: (i + 300) * ms, endAt: (i + 320) * ms, blockedBy: '1-0-0', ...more }),
      ),
    });
    expect(findingOf(waiting({ callSite: site(3) }), 'agent-queue')).toMatchObject({ fault: 'yourCode' });
    expect(findingOf(waiting(ofPackage), 'agent-queue')).toMatchObject({ fault: 'unclear' });
    expect(verdict(waiting(ofPackage))).toMatchObject({ rule: 'agentQueue', fault: 'unclear' });
  });
  test('that a busy machine handed a free socket late waited for no other', () => {
    /** One after the other on one connection of a pool that allows two; each gets the socket 30 ms late. */
    const late = (more: (i: number) => Partial<Request> = () => ({})): Records => ({
      requests: list(4, (i) =>
        exchange(i, i * 50, {
          connection: 'c',
          ordinal: i + 1,
          assignedAt: (i * 50 + 30) * ms,
          endAt: (i * 50 + 45) * ms,
          ...more(i),
        }),
      ),
      connections: [{ id: 'c', dial: 'd' }],
      dials: [{ id: 'd', via: 'agent', agent: 1, pool: { limit: 2 } as never }],
    });
    expect(findingOf(late(), 'agent-queue')).toBeUndefined();
    // Requests to another server hold no socket of this pool.
    const elsewhere = list(4, (i) =>
      exchange(10 + i, 0, { url: `https://b.example/${i}`, endAt: 300 * ms, connection: 'e' }),
    );
    const both = { ...late(), requests: [...(late().requests ?? []), ...elsewhere] };
    expect(findingOf(both, 'agent-queue')).toBeUndefined();
    // Nor do those of another agent.
    const others = elsewhere.map((r) => ({ ...r, url: 'https://api.shop.example/big' }));
    const twoAgents: Records = {
      requests: [...(late().requests ?? []), ...others],
      connections: [...(late().connections ?? []), { id: 'e', dial: 'f' }],
      dials: [...(late().dials ?? []), { id: 'f', via: 'agent', agent: 2 }],
    };
    expect(findingOf(twoAgents, 'agent-queue')).toBeUndefined();
    const full = late((i) => ({ createdAt: i * ms, assignedAt: (i * 50 + 30) * ms, endAt: (i * 50 + 95) * ms }));
    expect(findingOf(full, 'agent-queue')).toBeDefined();
  });
  test('on HTTP/2 waited for no socket: for their connection, or for a stream', () => {
    const waited = streams((i) => ({
      createdAt: 0,
      assignedAt: (i < 2 ? 6 : 106) * ms,
      endAt: (i < 2 ? 100 : 200) * ms,
    }));
    expect(findingOf(waited, 'agent-queue')).toBeUndefined();
    expect(findingOf(waited, 'stream-queue')).toMatchObject({
      fault: 'unclear',
      subjects: ['1-0-2', '1-0-3', '1-0-4', '1-0-5'],
    });
    // As all asked at once, before their connection was there.
    const setup = streams(() => ({ createdAt: 0, assignedAt: 101 * ms, endAt: 130 * ms }), 100);
    expect(findingOf(setup, 'agent-queue')).toBeUndefined();
    expect(findingOf(setup, 'stream-queue')).toBeUndefined();
    // A busy loop sent them one after the other; no stream had to end before.
    const late = streams((i) => ({ createdAt: 0, assignedAt: (30 + i * 60) * ms, endAt: (400 + i) * ms }));
    expect(findingOf(late, 'stream-queue')).toBeUndefined();
    const lastOf = (records: Records) => verdict(records, '1-0-5');
    expect(lastOf(late).rule).not.toBe('streamQueue');
    const queuedOne = streams((i) => ({
      createdAt: 0,
      assignedAt: (i < 5 ? 6 : 250) * ms,
      endAt: (i < 5 ? 249 : 300) * ms,
    }));
    expect(lastOf(queuedOne)).toMatchObject({ rule: 'streamQueue', fault: 'unclear' });
  });
  test('that were not read are not called the program’s fault, and advice names only what it can call', () => {
    const unread = (more: Partial<Request>): Records => ({
      requests: [exchange(1, 0, { outcome: 'notRead', api: 'http', ...more })],
    });
    const own = unread({ callSite: site(3) });
    expect(findingOf(own, 'body-not-read')).toMatchObject({
      fault: 'yourCode',
      advice: expect.stringContaining('res.resume()'),
    });
    expect(verdict(own)).toMatchObject({ fault: 'yourCode' });
    const advice = expect.stringContaining('for the package to do');
    expect(findingOf(unread(ofPackage), 'body-not-read')).toMatchObject({ fault: 'unclear', advice });
    expect(verdict(unread(ofPackage))).toMatchObject({ fault: 'unclear', advice });
    // The client tried again: the program's line never had this response.
    const retried = unread({ callSite: site(3), attempt: 1 });
    const clients = expect.stringContaining('for the client that retries');
    expect(findingOf(retried, 'body-not-read')).toMatchObject({ fault: 'unclear', advice: clients });
    expect(verdict(retried)).toMatchObject({ fault: 'unclear', advice: clients });
  });
});

test('work before the request was sent delays no response: Node loading fetch, other requests being made', () => {
  const busy = (sentAt: number): Records => ({
    requests: [
      exchange(1, 1000, {
        sendBeginAt: sentAt * ms,
        sendEndAt: sentAt * ms,
        responseBeginAt: 1390 * ms,
        endAt: 1400 * ms,
        loopBusyDuration: 350 * ms,
      }),
    ],
  });
  expect(findingOf(busy(1000), 'event-loop-blocked')).toBeDefined();
  expect(findingOf(busy(1340), 'event-loop-blocked')).toBeUndefined();
});

test('a loop that was blocked without the processor, or by nobody knows what, is not held against the program', () => {
  const blocked = (processor?: Request['processor'], others = 0): Records => ({
    process: {
      threads: Array.from({ length: 1 + others }, (_, i) => ({
        id: `1-${i}`,
        threadId: i,
        kind: i === 0 ? 'main' : 'worker',
        beginAt: 0,
        clockOffset: 0,
      })),
    },
    requests: [exchange(1, 1000, { wait: 450, loopBusyDuration: 440 * ms, ...(processor ? { processor } : {}) })],
  });
  const said = (records: Records) => {
    const found = findingOf(records, 'event-loop-blocked');
    return [found?.severity, found?.fault, found?.certainty, found?.title];
  };
  const note = ['info', 'unclear', 'unclear', 'The event loop was blocked for 440 ms while responses were due'];
  const blame = ['warning', 'yourCode', 'likely', 'Your program was busy for 440 ms while responses were due'];
  const used = (duration: number, of: 'thread' | 'process') => ({ duration: duration * ms, of });
  expect(said(blocked(used(430, 'thread')))).toEqual(blame);
  expect(said(blocked(used(430, 'thread'), 2))).toEqual(blame);
  expect(said(blocked(used(430, 'process')))).toEqual(blame);
  // A worker may have used it.
  expect(said(blocked(used(430, 'process'), 1))).toEqual(note);
  expect(said(blocked(used(20, 'thread')))).toEqual(note);
  expect(said(blocked())).toEqual(note);
  expect(findingOf(blocked(used(20, 'thread')), 'event-loop-blocked')?.text).toContain(
    '440 ms (20 ms of processor time)',
  );
});

test('no response was due to a request that the program gave up before it was sent', () => {
  const given = {
    id: 'r-1',
    method: 'GET',
    url: 'http://h/',
    createdAt: 1_000_000,
    endAt: 1_500_000,
    outcome: 'aborted',
  } as const;
  const busy = { loopBusyDuration: 440 * ms, processor: { duration: 430 * ms, of: 'thread' } } as const;
  expect(findingOf({ requests: [{ ...given, ...busy }] }, 'event-loop-blocked')).toBeUndefined();
  const sent = { sendBeginAt: 1_001_000, sendEndAt: 1_002_000 };
  expect(findingOf({ requests: [{ ...given, ...busy, ...sent }] }, 'event-loop-blocked')).toBeDefined();
});

test('nothing waits for a free socket where the Agent has no limit and nobody held one', () => {
  const late = exchange(1, 0, { connection: 'c', assignedAt: 300 * ms, sendBeginAt: 300 * ms, sendEndAt: 300 * ms });
  const records = (limit: object): Records => ({
    requests: [{ ...late, responseBeginAt: 310 * ms, endAt: 311 * ms, url: 'http://127.0.0.1/' }],
    connections: [{ id: 'c', dial: 'd' }],
    dials: [{ id: 'd', pool: { free: 0, busy: 1, ...limit } }],
  });
  expect(verdict(records({ limit: 1 }))).toMatchObject({ rule: 'agentQueue', fault: 'yourCode' });
  const unlimited = verdict(records({}));
  expect(unlimited).toMatchObject({ rule: 'beforeConnecting', fault: 'unclear' });
  expect(unlimited.advice).toBeUndefined();
  const many = (limit: object): Records => ({
    ...records(limit),
    requests: [
      exchange(9, 0, { connection: 'c-9', assignedAt: 0, endAt: 299 * ms, url: 'https://api.shop.example/big' }),
      ...list(4, (i) => ({
        ...late,
        responseBeginAt: 310 * ms,
        endAt: 311 * ms,
        id: `1-0-${i}`,
        connection: `c-${i}`,
      })),
    ],
    connections: list(4, (i) => ({ id: `c-${i}`, dial: 'd' })),
  });
  expect(findingOf(many({ limit: 1 }), 'agent-queue')).toBeDefined();
  // The one before on its connection ended when it was given it.
  const before = exchange(0, 0, { connection: 'c', ordinal: 1, endAt: 299 * ms, url: 'http://127.0.0.1/big' });
  const held = records({});
  expect(verdict({ ...held, requests: [before, ...(held.requests ?? [])] }).text).toBe(
    'Waited 300 of 311 ms (96 %) for a free socket, taken by GET /big.',
  );
  expect(findingOf(many({}), 'agent-queue')).toBeUndefined();
});

test('one lookup that waited a moment for a thread is no full pool: the machine may have been busy', () => {
  const lookups = (n: number, wait: number): Records => ({
    lookups: list(n, (i) => ({
      id: `l-${i}`,
      hostname: 'a.example',
      beginAt: i * 2000 * ms,
      endAt: (i * 2000 + wait + 1) * ms,
      poolWaitDuration: wait * ms,
    })),
  });
  expect(findingOf(lookups(1, 120), 'dns-thread-pool')).toBeUndefined();
  expect(findingOf(lookups(2, 120), 'dns-thread-pool')).toBeDefined();
  expect(findingOf(lookups(1, 300), 'dns-thread-pool')).toBeDefined();
});

test('who called for an abort is not known: a library’s own timer is not the code at the call site', () => {
  const upgrade = exchange(1, 0, { outcome: 'aborted', callSite: site(7) });
  expect(verdict({ requests: [upgrade] }).text).toBe(
    'Aborted by the program after 11 ms, while receiving the body (called at shop.ts:7).',
  );
});

test('a status 429 is a limit of the server’s, which the program may have kept to', () =>
  expect(verdict({ requests: [exchange(1, 0, { response: { status: 429 } })] })).toMatchObject({ fault: 'unclear' }));

test('a body that came in small pieces: all of its time is said, not only the longest gap', () => {
  const dripped = exchange(1, 0, {
    responseBeginAt: 10 * ms,
    endAt: 1000 * ms,
    url: 'http://127.0.0.1/',
    chunks: { count: 13, bytes: 13, longestGap: { beginAt: 20 * ms, endAt: 116 * ms } } as never,
  });
  expect(verdict({ requests: [dripped] }).text).toBe(
    'Body: 990 ms of 1.00 s to arrive; nothing for 96 ms of it at once.',
  );
});

test('a response that is no HTTP is said to be none, also where undici gives no code', () => {
  const message = 'Response does not match the HTTP/1.1 protocol (Invalid status code)';
  const of = (error: object) =>
    verdict({
      requests: [
        exchange(1, 0, {
          outcome: 'failed',
          ordinal: 1,
          responseBeginAt: undefined as never,
          error: { phase: 'wait', ...error } as never,
        }),
      ],
    });
  expect(of({ name: 'HTTPParserError', message }).text).toBe('The response is not valid HTTP: Invalid status code.');
  // An error of the program's own: nothing says that the server closed.
  expect(of({ name: 'TypeError', message: 'x is not a function' })).toMatchObject({
    rule: 'unknown',
    fault: 'unclear',
  });
});

test('who asks the same repeatedly with a pause polls', () => {
  const polled = (gap: number): Records => ({
    requests: list(8, (i) => exchange(i + 1, i * gap, { callSite: site(3) })),
  });
  expect(findingOf(polled(100), 'duplicate-requests')).toBeDefined();
  expect(findingOf(polled(700), 'duplicate-requests')).toBeUndefined();
});

test('where no name at all is found, none is said to be misspelt', () => {
  const hosts = (names: string[], found: string[]): Records => ({
    requests: names.map((host, i) =>
      exchange(i + 1, i * 20, {
        url: `https://${host}/`,
        outcome: 'failed',
        responseBeginAt: undefined as never,
        error: { phase: 'dns', code: 'ENOTFOUND', hostname: host },
      }),
    ),
    lookups: [...names, ...found].map((hostname, i) => ({
      id: `l-${i}`,
      hostname,
      beginAt: 0,
      endAt: 1,
      ...(found.includes(hostname) ? {} : { error: { code: 'ENOTFOUND' } }),
    })),
  });
  const faults = (records: Records) => [findingOf(records, 'failed-lookups')?.fault, verdict(records).fault];
  expect(faults(hosts(['a.example', 'b.example'], []))).toEqual(['unclear', 'unclear']);
  expect(faults(hosts(['a.example', 'b.example'], ['c.example']))).toEqual(['yourCode', 'yourCode']);
  expect(faults(hosts(['a.example'], ['localhost']))).toEqual(['yourCode', 'yourCode']);
});

test('a request that was refused before it was sent waited in no queue', () => {
  const refused = {
    id: '1-0-1',
    createdAt: 0,
    endAt: 3 * ms,
    url: 'http://127.0.0.1:9/',
    outcome: 'failed',
    error: { name: 'TypeError', message: 'fetch failed', causes: [{ name: 'Error', message: 'bad port' }] },
  } as const;
  expect(verdict({ requests: [refused as never] }).text).toBe(
    'The call was refused before anything was sent: bad port.',
  );
  const sentence = { ...refused, error: { name: 'TypeError', message: '"bad header" is an invalid header name.' } };
  expect(verdict({ requests: [sentence as never] }).text).toBe(
    'The call was refused before anything was sent: "bad header" is an invalid header name.',
  );
});

test('a lookup of the own machine, or one whose end a busy program saw late, is not the name server’s', () => {
  const slow = (host: string, busy: number): Records => ({
    requests: list(2, (i) =>
      exchange(i + 1, i * 1000, {
        url: `http://${host}/`,
        dial: `d-${i}`,
        connection: `c-${i}`,
        ordinal: 1,
        sendBeginAt: (i * 1000 + 302) * ms,
        sendEndAt: (i * 1000 + 302) * ms,
        responseBeginAt: (i * 1000 + 303) * ms,
        endAt: (i * 1000 + 304) * ms,
        loopBusyDuration: busy * ms,
      }),
    ),
    dials: list(2, (i) => ({
      id: `d-${i}`,
      request: `1-0-${i + 1}`,
      lookup: `l-${i}`,
      connection: `c-${i}`,
      attempts: [`c-${i}`],
      host,
      beginAt: i * 1000 * ms,
      endAt: (i * 1000 + 301) * ms,
    })),
    lookups: list(12, (i) => ({
      id: `l-${i}`,
      hostname: host,
      ...(i < 2 ? { dial: `d-${i}` } : {}),
      beginAt: i * 1000 * ms,
      endAt: (i * 1000 + (i < 2 ? 300 : 1)) * ms,
      poolWaitDuration: 0,
    })),
    connections: list(2, (i) => ({
      id: `c-${i}`,
      dial: `d-${i}`,
      connect: { beginAt: (i * 1000 + 300) * ms, endAt: (i * 1000 + 301) * ms, result: 'connected' as const },
    })),
  });
  const blamed = (records: Records) => [findingOf(records, 'dns-slow')?.fault, verdict(records).fault];
  expect(blamed(slow('api.shop.example', 0))).toEqual(['dns', 'dns']);
  expect(blamed(slow('localhost', 0))).toEqual([undefined, 'unclear']);
  expect(blamed(slow('api.shop.example', 290))[0]).toBeUndefined();
  expect(blamed(slow('api.shop.example', 290))[1]).not.toBe('dns');
});

test('a handshake that failed under fetch names the host', () => {
  const records: Records = {
    requests: [
      exchange(1, 0, { url: 'https://127.0.0.1:8443/', outcome: 'failed', dial: 'd', ordinal: undefined as never }),
    ],
    dials: [{ id: 'd', request: '1-0-1', host: '127.0.0.1', port: 8443 }],
    connections: [{ id: 'c', dial: 'd' }],
    tunnels: [{ id: 't', connection: 'c', error: { code: 'ERR_SSL_WRONG_VERSION_NUMBER' } as never }],
  };
  expect(findingOf(records, 'tls-certificate')).toMatchObject({
    title: 'TLS to 127.0.0.1 failed',
    subjects: ['1-0-1'],
  });
});

describe('bodies cut off whose records say an end before the begin', () => {
  const cut = (after: readonly number[]) =>
    findingOf(
      {
        requests: after.map((span, i) =>
          exchange(i + 1, 1000, {
            outcome: 'failed',
            createdAt: 1000 * ms,
            endAt: (1000 + span) * ms,
            error: { phase: 'download', code: 'ECONNRESET', message: 'aborted' },
          }),
        ),
      },
      'reset-in-body',
    );
  test('are not in the time of the others', () =>
    expect(cut([-500, 200, 200])?.text).toMatch(
      /^3 bodies of \S+ broke off 190 ms \(median\) after the response began\.$/,
    ));
  test('have no time where none is known', () => {
    const found = cut([-500]);
    expect(found?.text).toMatch(/^1 body of \S+ broke off\.$/);
    expect(found?.evidence.map((e) => e.what)).not.toContain('median time in the body');
  });
});
