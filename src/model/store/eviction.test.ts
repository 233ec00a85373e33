/** Connections that no request uses are bounded too: a database's, sockets for datagrams, operations. */

import { expect, test } from 'vitest';
import { documentOf } from '../document';
import { emptyStore, foldLines } from '../testing/store';
import { Store } from './store';

const limit = 8;

function bareConnections(count: number, more: (n: number) => object[] = () => []): Store {
  const lines: object[] = [];
  for (let n = 1; n <= count; n++) {
    const [dial, id] = [n * 2, n * 2 + 1];
    const attempts = [{ id, beginAt: n, endAt: n, result: 'connected' }];
    lines.push(
      { k: 'dial', id: dial, via: 'net', host: 'db.test', port: 5432, beginAt: n },
      { k: 'conn', dial, endAt: n, attempts, connection: id },
      { k: 'ops', connection: id, list: [[2, n, n, 5]] },
      ...more(id),
    );
  }
  return foldLines(lines, emptyStore(limit));
}

test('closed ones go, the oldest first, and counts stay exact', () => {
  const store = bareConnections(500, (id) => [{ k: 'close', id, closedAt: id, closedBy: 'local', bytesSent: 5 }]);
  expect(store.connections.size).toBeLessThanOrEqual(2 * limit + 3);
  expect(store.dials.size).toBe(store.connections.size);
  expect(store.socketOperations.size).toBe(store.connections.size);
  expect(store.counts).toMatchObject({ connections: 500, bytesSent: 2500 });
  const [loss] = store.losses;
  expect(loss).toMatchObject({ what: 'connections', kind: 'evicted', count: 500 - store.connections.size, beginAt: 1 });
  expect([...store.connections.keys()].at(-1)).toBe('1-0-1001');
});

test('open ones stay', () => {
  const store = bareConnections(60);
  expect(store.connections.size).toBe(60);
  expect(store.losses).toEqual([]);
});

test('the last 256 operations of a connection stay, and the rest are counted', () => {
  const list = Array.from({ length: 100 }, (_, i) => [2, i, i, 1]);
  const store = bareConnections(1, (id) => [1, 2, 3].map(() => ({ k: 'ops', connection: id, list, dropped: 2 })));
  const kept = [...store.socketOperations.values()].flat();
  expect([kept.length, store.losses]).toMatchObject([256, [{ what: 'operations', count: 301 - 256 + 6 }]]);
  const document = documentOf(store);
  expect(document.socketOperations).toHaveLength(256);
  expect(documentOf(Store.fromDocument(document))).toEqual(document);
});

test('sums of a trace that evicted requests are those of all of them, saved and opened too', () => {
  const lines = Array.from({ length: 30 }, (_, i) => [
    { k: 'req', id: i + 1, createdAt: i * 10, method: 'GET', url: 'http://a.example/' },
    {
      k: 'end',
      id: i + 1,
      outcome: i % 10 === 1 ? 'aborted' : 'complete',
      endAt: i * 10 + 5,
      ...(i % 10 === 1 ? {} : { response: { status: i % 10 === 0 ? 503 : i % 10 === 2 ? 404 : 200 } }),
      bytesSent: 2,
      bytesReceived: 3,
    },
  ]).flat();
  const store = foldLines(lines, emptyStore(limit));
  const totals = { serverErrors: 3, clientErrors: 3, aborted: 3, interrupted: 0, bytesSent: 60, bytesReceived: 90 };
  expect(store.requests.size).toBe(limit);
  const saved = documentOf(store);
  expect(saved.counts).toMatchObject({ requests: 30, evictedRequests: 30 - limit, totals });
  const opened = Store.fromDocument(saved);
  expect(opened.live).toMatchObject({ ...totals, running: 0 });
  expect(documentOf(opened)).toEqual(saved);
  // Where all are kept, the requests have them.
  expect(documentOf(foldLines(lines)).counts).not.toHaveProperty('totals');
});
