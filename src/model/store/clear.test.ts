import { expect, test } from 'vitest';
import { foldLines } from '../testing/store';

test('clearing removes ended requests with what only they used, and keeps running ones with what they use', () => {
  const dial = (id: number, request: number, connection: number) => [
    { k: 'dial', id, request, via: 'agent', host: 'a.example', port: 80, beginAt: 10 },
    { k: 'lookup', id: id + 1, dial: id, call: 'lookup', hostname: 'a.example', beginAt: 11, endAt: 12 },
    {
      k: 'conn',
      dial: id,
      endAt: 20,
      connection,
      attempts: [
        {
          id: connection,
          family: 4,
          remote: { address: '10.0.0.1', port: 80 },
          beginAt: 12,
          endAt: 20,
          result: 'connected',
        },
      ],
    },
  ];
  const store = foldLines([
    { k: 'req', id: 1, createdAt: 10, method: 'GET', url: 'http://a.example/1' },
    ...dial(10, 1, 12),
    { k: 'end', id: 1, connection: 12, ordinal: 1, outcome: 'complete', endAt: 30 },
    { k: 'close', id: 12, closedAt: 40, closedBy: 'local', bytesSent: 5, bytesReceived: 5 },
    { k: 'req', id: 2, createdAt: 50, method: 'GET', url: 'http://a.example/2' },
    ...dial(20, 2, 22),
    { k: 'head', id: 2, connection: 22, ordinal: 1, assignedAt: 51, sendBeginAt: 52 },
  ]);
  expect(store.counts).toMatchObject({ requests: 2, connections: 2, lookups: 2, bytesSent: 5 });
  store.takeChanges();
  store.clear();
  expect(store.counts).toMatchObject({ requests: 1, connections: 1, lookups: 1, bytesSent: 0 });
  expect([
    [...store.requests.keys()],
    [...store.dials.keys()],
    [...store.lookups.keys()],
    [...store.connections.keys()],
  ]).toEqual([['1-0-2'], ['1-0-20'], ['1-0-21'], ['1-0-22']]);
  expect(store.connections.get('1-0-22')?.earlierTrace).toBe(true);
  expect([...store.takeChanges().removed]).toEqual(['1-0-1']);
  expect(store.live).toMatchObject({ running: 1, reuses: 0 });
});

test('the connections that go on are counted as those before were: no incoming one, no socket for datagrams', () => {
  const attempts = (id: number) => [{ id, beginAt: 1, endAt: 2, result: 'connected' }];
  const store = foldLines([
    { k: 'conn', attempts: attempts(1), connection: 1, endAt: 2 },
    { k: 'conn', attempts: attempts(2), connection: 2, endAt: 2, direction: 'in' },
    { k: 'conn', attempts: attempts(3), connection: 3, endAt: 2, kind: 'udp' },
  ]);
  expect([store.connections.size, store.counts.connections]).toEqual([3, 1]);
  store.clear();
  expect([store.connections.size, store.counts.connections]).toEqual([3, 1]);
});
