import { expect, test } from 'vitest';
import { requestOf, traceOf } from '../../formats/testing/example';
import type { Connection, Request } from '../../model/records';
import { headerOf } from '../../model/store/header';
import { TraceStore } from '../../session/traceStore';
import { type Facts, FactsOf } from './facts';
import { Feed } from './feed';

function started(limit = 100): { store: TraceStore; feed: Feed; given: Facts[] } {
  const store = new TraceStore(headerOf(traceOf({})), limit, false);
  const given: Facts[] = [];
  return { store, given, feed: new Feed(store, new FactsOf(store, 'box'), (facts) => given.push(facts)) };
}

const running = (id: string): Request => {
  const { outcome: _, endAt: __, ...r } = requestOf({ id });
  return r;
};

test('each record that ended is given once, as it is one look later', () => {
  const { store, feed, given } = started();
  store.setRequest(running('1-0-1'));
  feed.look();
  feed.look();
  expect(given).toEqual([]);
  store.setRequest(requestOf({ id: '1-0-1' }));
  feed.look();
  expect(given).toEqual([]);
  store.setRequest({ ...requestOf({ id: '1-0-1' }), label: 'known later' });
  feed.look();
  feed.look(true);
  expect(given).toMatchObject([{ event: 'request', request: '1-0-1', host: 'box', label: 'known later' }]);
});

test('a connection is given when it is closed', () => {
  const { store, feed, given } = started();
  const c = { id: '1-0-2', thread: '1-0', createdAt: 10, connect: { beginAt: 10, endAt: 20 } } as Connection;
  store.setConnection(c);
  store.setConnection({ ...c, closedAt: 120, closedBy: 'peer', requestCount: 3 });
  store.setConnection({ ...c, closedAt: 120, closedBy: 'peer', requestCount: 3, bytesSent: 5 });
  feed.look(true);
  expect(given).toEqual([
    {
      event: 'close',
      time: '2026-01-02T03:04:05.000Z',
      host: 'box',
      trace: store.header.id,
      connection: '1-0-2',
      closedBy: 'peer',
      requests: 3,
      bytesSent: 5,
      duration: 100,
    },
  ]);
});

test('none is missed, however few the trace keeps', () => {
  const { store, feed, given } = started(1);
  for (let i = 1; i <= 50; i++) store.setRequest(requestOf({ id: `1-0-${i}` }));
  expect(store.requests.size).toBeLessThan(50);
  feed.look(true);
  expect(given).toHaveLength(50);
  // Phases need what is below the request, which has gone with it.
  expect(given[0]).not.toHaveProperty('phases');
  expect(given[49]).toHaveProperty('phases');
});

test('what nobody looks at does not pile up', () => {
  const { store, feed, given } = started(10);
  for (let i = 1; i <= 10_000; i++) store.setRequest(requestOf({ id: `1-0-${i}` }));
  expect(given.length).toBeGreaterThan(0);
  feed.look(true);
  expect(given).toHaveLength(10_000);
});

test('after its end it hears nothing', () => {
  const { store, feed, given } = started();
  feed.close();
  store.setRequest(requestOf({ id: '1-0-1' }));
  feed.look(true);
  expect(given).toEqual([]);
});
