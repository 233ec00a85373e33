/** Connections that no request uses are bounded too: a database's, sockets for datagrams, operations. */
import { expect, it } from 'vitest';
import { Store } from './store';
import { emptyStore, foldLines } from './testing';

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

it('closed ones go, the oldest first, and counts stay exact', () => {
  const store = bareConnections(500, (id) => [{ k: 'close', id, closedAt: id, closedBy: 'local', bytesSent: 5 }]);
  expect(store.connections.size).toBeLessThanOrEqual(2 * limit + 3);
  expect(store.dials.size).toBe(store.connections.size);
  expect(store.socketOperations.size).toBe(store.connections.size);
  expect(store.counts).toMatchObject({ connections: 500, bytesSent: 2500 });
  const [loss] = store.losses;
  expect(loss).toMatchObject({ what: 'connections', kind: 'evicted', count: 500 - store.connections.size, beginAt: 1 });
  expect([...store.connections.keys()].at(-1)).toBe('1-0-1001');
});

it('open ones stay', () => {
  const store = bareConnections(60);
  expect(store.connections.size).toBe(60);
  expect(store.losses).toEqual([]);
});

it('the last 256 operations of a connection stay, and the rest are counted', () => {
  const list = Array.from({ length: 100 }, (_, i) => [2, i, i, 1]);
  const store = bareConnections(1, (id) => [1, 2, 3].map(() => ({ k: 'ops', connection: id, list, dropped: 2 })));
  const kept = [...store.socketOperations.values()].flat();
  expect([kept.length, store.losses]).toMatchObject([256, [{ what: 'operations', count: 301 - 256 + 6 }]]);
  const document = store.toDocument();
  expect(document.socketOperations).toHaveLength(256);
  expect(Store.fromDocument(document).toDocument()).toEqual(document);
});
