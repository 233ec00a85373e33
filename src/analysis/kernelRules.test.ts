/** Rules on the kernel statistics: what makes each fire, and what must not; on real traffic: test/native/findings.test.ts. */
import { describe, expect, test } from 'vitest';
import { analyse } from './analyse';
import { wholeSamples } from './base/kernelSamples';
import { list } from './testing/ruleRecords';
import { exchange, ms, type Records, rulesOf, storeOf } from './testing/store';

const connections = [{ id: 'c', dial: 'd' }];

/** Sent from 0 on, answered at 3 s; the window closed at 1 and 2 s. */
const held = (more: object = {}, second: object = {}, request: object = {}): Records => ({
  connections,
  requests: [
    exchange(1, 0, { connection: 'c', ordinal: 1, sendEndAt: 2900 * ms, responseBeginAt: 3000 * ms, ...request }),
  ],
  samples: [
    { at: 0, mss: 1448, sendWindow: 65_000, notSentBytes: 0, unacked: 0, rwndLimitedDuration: 0, bytesAcked: 1 },
    {
      at: 1000 * ms,
      sendWindow: 0,
      notSentBytes: 2_000_000,
      bytesAcked: 500_000,
      rwndLimitedDuration: 900 * ms,
      ...more,
    },
    { at: 2000 * ms, rwndLimitedDuration: 1900 * ms, ...second },
  ],
});

/** The answer comes from 0 on; unread at 1 and 2 s. */
const unread = (more: object = {}, second: object = {}): Records => ({
  connections,
  requests: [exchange(1, 0, { connection: 'c', responseBeginAt: 10 * ms, endAt: 3000 * ms })],
  samples: [
    { at: 1000 * ms, mss: 1448, receiveWindow: 0, receiveQueueBytes: 400_000, bytesReceived: 400_001, ...more },
    { at: 2000 * ms, busyDuration: 1, ...second },
  ],
});

/** Sent at 0, given up after 3 s; sent again four times by then. */
const stuck = (more: object = {}, request: object = {}, before: object = {}): Records => ({
  connections,
  requests: [
    exchange(1, 0, {
      connection: 'c',
      ordinal: 2,
      responseBeginAt: undefined as never,
      endAt: 3000 * ms,
      outcome: 'aborted',
      kernel: { windowBeginAt: 0, windowEndAt: 3010 * ms, samples: 3, shared: false },
      ...request,
    }),
  ],
  samples: [
    {
      at: 0,
      mss: 1448,
      sendWindow: 65_000,
      retransmits: 0,
      bytesRetransmitted: 0,
      bytesAcked: 600,
      backoff: 0,
      unacked: 0,
      ...before,
    },
    { at: 1000 * ms, retransmits: 3, bytesRetransmitted: 3 * 1448, backoff: 2, unacked: 10 },
    { at: 3005 * ms, retransmits: 4, bytesRetransmitted: 4 * 1448, backoff: 3, ...more },
  ],
});

/** Four uploads that hang, four reads that pass. */
const bySize = (host: string, large: object = {}, small: object = {}): Records => ({
  requests: list(8, (i) =>
    i < 4
      ? exchange(i, i * 5000, { url: `https://${host}/`, ...small })
      : exchange(i, i * 5000, {
          url: `https://${host}/`,
          responseBeginAt: undefined as never,
          endAt: (i * 5000 + 2000) * ms,
          outcome: 'aborted',
          body: { bytes: 20_000 },
          ...large,
        }),
  ),
});

const table: [what: string, rule: string, fires: Records, others: Record<string, Records>][] = [
  [
    'a server that stopped reading',
    'zero-window',
    held(),
    {
      'the window moved between': held({}, { bytesAcked: 900_000 }),
      'all was on its way': held({ notSentBytes: 0 }),
      'held up by the path: much not acknowledged': held({ unacked: 10 }, { unacked: 10 }),
      'a window of a segment and more': held({ sendWindow: 1448 }, { sendWindow: 1448 }),
      'too short to be felt': held({ rwndLimitedDuration: 50 * ms }, { rwndLimitedDuration: 100 * ms }),
      'the answer had come': held({}, {}, { responseBeginAt: 10 * ms }),
      'not known: the window': held({ sendWindow: undefined }, { sendWindow: undefined }),
      'no samples': { ...held(), samples: [] },
    },
  ],
  [
    'one look, and the kernel’s own probes',
    'zero-window',
    held({ backoff: 1 }, { sendWindow: 65_000, bytesAcked: 900_000 }),
    { 'no probes': held({ backoff: 0 }, { sendWindow: 65_000, bytesAcked: 900_000 }) },
  ],
  [
    'a program that stopped reading',
    'zero-window',
    unread(),
    {
      'it read between': unread({}, { bytesReceived: 900_000 }),
      'nothing waits': unread({ receiveQueueBytes: 0 }),
      'the window is open': unread({ receiveWindow: 65_000 }),
      'not known': unread({ receiveWindow: undefined }),
    },
  ],
  [
    'segments that vanish',
    'pmtu-black-hole',
    stuck(),
    {
      'some were acknowledged': stuck({ bytesAcked: 20_000 }),
      'small ones are sent again': stuck({ bytesRetransmitted: 400 }),
      'the window is closed': { ...stuck(), samples: (stuck().samples ?? []).map((s) => ({ ...s, sendWindow: 0 })) },
      'a router said how large': {
        ...stuck(),
        events: [{ at: 100 * ms, kind: 'icmp', icmp: { version: 4, type: 3, code: 4, mtu: 1400, from: '10.0.0.1' } }],
      },
      'it was answered': stuck({}, { responseBeginAt: 2000 * ms }),
      'nothing small was acknowledged either': stuck({ bytesAcked: 1 }, {}, { bytesAcked: 1 }),
      'not known': { ...stuck(), samples: [] },
      'twice before, once now': stuck(
        { retransmits: 2, bytesRetransmitted: 2 * 1448, backoff: 1 },
        { endAt: 900 * ms, kernel: undefined },
      ),
    },
  ],
  [
    'without the kernel: by size',
    'pmtu-black-hole',
    bySize('api.shop.example'),
    {
      loopback: bySize('127.0.0.1'),
      'one came through': {
        requests: [
          ...(bySize('api.shop.example').requests ?? []),
          exchange(9, 90_000, { url: 'https://api.shop.example/', body: { bytes: 20_000 } }),
        ],
      },
      'the small ones fail too': bySize('api.shop.example', {}, { outcome: 'failed' }),
      'given up at once': bySize('api.shop.example', { endAt: 0 }),
    },
  ],
];

describe('rules on the kernel statistics', () => {
  test.each(table)('%s: %s', (_, rule, fires, others) => {
    expect(rulesOf(fires)).toContain(rule);
    for (const [what, records] of Object.entries(others)) expect(rulesOf(records), what).not.toContain(rule);
  });

  const of = (r: Records, rule: string) => analyse(storeOf(r)).find((f) => f.rule === rule);

  test('say whose it is, for how long, and how sure', () => {
    expect(of(held(), 'zero-window')).toMatchObject({
      text: 'The server stopped reading: its closed window held up 1 request to https://api.shop.example for 1.90 s; 2.0 MB were waiting.',
      fault: 'server',
      certainty: 'sure',
    });
    // The request's own share where it is known.
    const own = {
      kernel: { windowBeginAt: 0, windowEndAt: 1, samples: 2, shared: false, rwndLimitedDuration: 1500 * ms },
    };
    expect(of(held({}, {}, own), 'zero-window')?.evidence[0]).toMatchObject({ value: 1500 * ms, unit: 'us' });
    expect(of(unread(), 'zero-window')).toMatchObject({
      fault: 'yourCode',
      title: expect.stringContaining('Your code'),
    });
    expect(of(stuck(), 'pmtu-black-hole')).toMatchObject({
      text: 'Segments of 1448 bytes to https://api.shop.example are lost, retransmitted 4 times without a reply; smaller ones arrive.',
      severity: 'error',
      certainty: 'likely',
    });
    const bpf = { name: 'bpf', state: 'on', features: ['retransmits', 'icmp'] } as const;
    expect(of({ ...stuck(), sources: [bpf as never] }, 'pmtu-black-hole')?.certainty).toBe('sure');
    expect(of(bySize('api.shop.example'), 'pmtu-black-hole')).toMatchObject({
      severity: 'warning',
      certainty: 'unclear',
    });
  });

  test('explain what follows from them', () => {
    const upload = held({}, {}, { body: { bytes: 5_000_000, drainDuration: 2000 * ms } });
    expect(rulesOf(upload)).toEqual(['zero-window']);
    expect(rulesOf({ ...upload, samples: [] })).toEqual(['upload-limited']);
  });
});

test('samples are whole again, but not across those that were left out', () => {
  const sample = (i: number, more: object = {}) => ({
    id: `s-${i}`,
    connection: 'c',
    at: i,
    trigger: 'interval' as const,
    ...more,
  });
  const stored = [sample(0, { rtt: 5, mss: 9 }), sample(1, { rtt: 6 }), sample(2)];
  expect(wholeSamples(stored).map(({ rtt, mss }) => [rtt, mss])).toEqual([
    [5, 9],
    [6, 9],
    [6, 9],
  ]);
  const thinned = wholeSamples([...list(64, (i) => sample(i, i === 0 ? { rtt: 5, mss: 9 } : { rtt: i }))]);
  expect(thinned.map((s) => s.mss).indexOf(undefined)).toBe(8);
  expect(wholeSamples(undefined)).toEqual([]);
});

test('samples of a connection are made whole once, however many requests it carried', () => {
  const readsWith = (requests: number): number => {
    const store = storeOf({
      connections,
      requests: list(requests, (i) => exchange(i + 1, i * ms, { connection: 'c', ordinal: i + 1 })),
    });
    let reads = 0;
    const sample = { id: 's-1', connection: 'c', at: 0, trigger: 'interval' as const, mss: 1448 };
    const counting = new Proxy(sample, {
      ownKeys: (target) => {
        reads++;
        return Reflect.ownKeys(target);
      },
    });
    store.setKernelSamples('c', [sample, counting]);
    analyse(store);
    return reads;
  };
  expect(readsWith(1)).toBeGreaterThan(0);
  expect(readsWith(50)).toBe(readsWith(1));
});
