import { describe, expect, test } from 'vitest';
import { documentOf } from '../document';
import { Folder } from '../fold/folder';
import { threadLabel } from '../rows/row';
import { connectionLines, emptyStore, foldLines, procLine } from '../testing/store';
import { Store } from './store';

const done = (id: number, connection: number, ordinal: number) => [
  { k: 'req', id, createdAt: id * 10, api: 'http', method: 'GET', url: 'http://127.0.0.1/' },
  {
    k: 'end',
    id,
    t: [1, 2, 3, 4, 5],
    connection,
    ordinal,
    outcome: 'complete',
    response: { status: 200 },
    bytesSent: 10,
    bytesReceived: 20,
  },
];

describe('the bound', () => {
  test('evicts the oldest finished, keeps the running, counts all exactly', () => {
    const lines: object[] = [
      { k: 'req', id: 1, createdAt: 1, api: 'http', method: 'GET', url: 'http://127.0.0.1/slow' },
      ...connectionLines(2, 5, 6),
    ];
    for (let i = 2; i <= 30; i++) lines.push(...done(i, 91, i - 1));
    const store = foldLines(lines, emptyStore(10));
    expect(store.requests.size).toBe(10);
    expect(store.requests.has('1-0-1')).toBe(true);
    expect(store.requests.has('1-0-30')).toBe(true);
    expect(store.requests.has('1-0-20')).toBe(false);
    expect(store.counts).toMatchObject({ requests: 30, evictedRequests: 20, failed: 0, connections: 1 });
    expect(store.live).toEqual({
      running: 1,
      reuses: 28,
      serverErrors: 0,
      clientErrors: 0,
      aborted: 0,
      interrupted: 0,
      bytesSent: 290,
      bytesReceived: 580,
    });
    expect(store.losses).toEqual([
      { source: 'session', what: 'requests', kind: 'evicted', count: 20, beginAt: 20, endAt: 210 },
    ]);
    expect(store.connections.get('1-0-91')?.requestCount).toBe(29);
    expect(store.takeChanges().removed.size).toBe(20);
  });

  test('lets closed connections go with their last request', () => {
    const lines: object[] = [];
    for (let i = 0; i < 30; i++) {
      const id = i * 10 + 1;
      lines.push({ k: 'req', id, createdAt: id, api: 'http', method: 'GET', url: 'http://127.0.0.1/' });
      lines.push({ k: 'dial', id: id + 1, request: id, via: 'agent', host: 'a.test', port: 80, beginAt: id });
      lines.push({ k: 'lookup', id: id + 2, dial: id + 1, call: 'lookup', beginAt: id, endAt: id });
      lines.push({
        k: 'conn',
        dial: id + 1,
        endAt: id,
        attempts: [{ id: id + 3, beginAt: id, endAt: id, result: 'connected' }],
        connection: id + 3,
      });
      lines.push({ k: 'tls', id: id + 4, connection: id + 3, beginAt: id, endAt: id });
      lines.push({
        k: 'end',
        id,
        t: [1, 2, 3, 4, 5],
        connection: id + 3,
        ordinal: 1,
        outcome: 'complete',
        response: { status: 200 },
      });
      lines.push({ k: 'close', id: id + 3, closedAt: id + 9, bytesSent: 1, bytesReceived: 2 });
    }
    const store = foldLines(lines, emptyStore(5));
    expect([
      store.requests.size,
      store.connections.size,
      store.dials.size,
      store.lookups.size,
      store.tlsTunnels.size,
    ]).toEqual([5, 5, 5, 5, 5]);
    expect(store.counts).toMatchObject({
      requests: 30,
      connections: 30,
      lookups: 30,
      bytesSent: 30,
      bytesReceived: 60,
    });
  });
});

describe('the count of requests on a connection', () => {
  const [dial, conn] = connectionLines(1, 5, 6) as [object, object];
  const close = { k: 'close', id: 91, closedAt: 99, requestCount: 1, bytesSent: 1, bytesReceived: 2 };
  test.each([
    ['as it happened', [dial, conn, ...done(1, 91, 1), close], 1],
    ['end after close', [dial, conn, done(1, 91, 1)[0], close, done(1, 91, 1)[1]], 1],
    ['requests before their connection', [...done(1, 91, 1), ...done(2, 91, 2), dial, conn, ...done(3, 91, 3)], 3],
  ])('%s', (_, lines, expected) => {
    expect(foldLines(lines as object[]).connections.get('1-0-91')?.requestCount).toBe(expected);
  });
});

test('a document folds back into a store that writes the same document', () => {
  const doc = documentOf(foldLines([...connectionLines(1, 5, 6), ...done(1, 91, 1)]));
  expect(JSON.stringify(documentOf(Store.fromDocument(doc)))).toBe(JSON.stringify(doc));
});

describe('processes', () => {
  const fold = (...files: string[][]) => {
    const folder = new Folder(emptyStore());
    files.forEach((lines, f) => {
      lines.forEach((text, i) => {
        folder.fold(text, { file: String(f), offset: i });
      });
    });
    return folder.store;
  };
  const child = procLine(2, 0, '5000', { ppid: 1, argv: ['node', '/app/child.js'] });
  const worker = procLine(1, 3, '7000');

  test.each([
    ['in order', [procLine(1), child, worker]],
    ['worker and child first', [worker, child, procLine(1)]],
  ])('parents and workers are joined, %s', (_, order) => {
    const store = fold(...order.map((l) => [l]));
    expect([...store.processes.keys()].sort()).toEqual(['1', '2']);
    expect(store.processes.get('2')?.parent).toBe('1');
    expect(store.processes.get('1')?.threads.map((t) => t.id)).toEqual(['1-0', '1-3']);
    expect(threadLabel(store, '1-0').label).toBe('app');
    expect(threadLabel(store, '1-3').label).toBe('worker 3');
    expect(threadLabel(store, '2-0').label).toBe('child 2');
  });

  test('the same pid again is another process', () => {
    const store = fold([procLine(1)], [procLine(1, 0, '9000')]);
    expect([...store.processes.keys()]).toEqual(['1', '1.2']);
  });

  test('a segment continues its isolate', () => {
    const request = (id: number) => JSON.stringify({ k: 'req', id, createdAt: id, method: 'GET', url: 'http://a/' });
    const store = fold([procLine(1), request(1)], [procLine(1, 0, '0', { segment: 2 }), request(2)]);
    expect([...store.requests.keys()]).toEqual(['1-0-1', '1-0-2']);
    expect(store.processes.size).toBe(1);
  });

  test('a killed process leaves its requests interrupted, without an end', () => {
    const folder = new Folder(emptyStore());
    folder.fold(procLine(1), { file: 'a', offset: 0 });
    folder.fold('{"k":"req","id":1,"createdAt":5,"method":"GET","url":"http://a/"}', { file: 'a', offset: 1 });
    folder.end(1, { signal: 'SIGKILL', at: 99 });
    expect(folder.store.requests.get('1-0-1')).toMatchObject({ outcome: 'interrupted' });
    expect(folder.store.requests.get('1-0-1')?.endAt).toBeUndefined();
    expect(folder.store.processes.get('1')).toMatchObject({ end: 'killed', signal: 'SIGKILL', endAt: 99 });
  });

  test('broken, foreign and unknown lines are counted, and the lines around them are folded', () => {
    const folder = new Folder(emptyStore());
    const lines = [
      '{"k":"req","id":9}',
      procLine(1),
      '{"k":"req","id":1,"createdAt":5,"method":"GET","url":"http://a/"}',
      '{"k":"req","id":2,"crea',
      '{"k":"req","id":"x"}',
      '{"k":"news","id":3}',
      'null',
      '{"k":"req","id":4,"createdAt":6,"method":"GET","url":"http://a/"}',
    ];
    lines.forEach((text, i) => {
      folder.fold(text, { file: 'a', offset: i });
    });
    folder.fold(procLine(1, 0, '0', { trace: 'other' }), { file: 'b', offset: 0 });
    expect([...folder.store.requests.keys()]).toEqual(['1-0-1', '1-0-4']);
    expect(folder.store.losses.reduce((n, l) => n + l.count, 0)).toBe(6);
  });
});
