/** What the summary says of connections that carry no HTTP. */

import { expect, test } from 'vitest';
import { statusOf } from '../../extension/details/view';
import { RunRows } from '../../extension/rows/rows';
import { documentOf } from '../../model/document';
import { Store } from '../../model/store/store';
import { connectionLines, foldLines } from '../../model/testing/store';
import { headline } from './summary';

/** A socket of the program's own, closed again. */
const socket = (id: number, dial: object, more: object = {}, bytes = 1000): object[] => [
  { k: 'dial', id, via: 'net', beginAt: 1, ...dial },
  {
    k: 'conn',
    dial: id,
    endAt: 2,
    attempts: [{ id: id + 1, beginAt: 1, endAt: 2, result: 'connected', remote: { address: '10.0.0.1', port: 5432 } }],
    connection: id + 1,
    ...more,
  },
  { k: 'close', id: id + 1, bytesSent: bytes, bytesReceived: bytes, requestCount: 0, closedAt: 9 },
];
const database = [10, 20, 30, 40].flatMap((id) => socket(id, { host: 'db.test', port: 5432 }));
const pipe = socket(50, { path: '/tmp/tsx.pipe' }, { kind: 'unix' }, 135_000);
const request = [
  { k: 'req', id: 1, createdAt: 0, api: 'http', method: 'GET', url: 'http://a.test/' },
  ...connectionLines(1, 1, 2),
  { k: 'end', id: 1, t: [1, 2, 3, 4, 5], connection: 91, ordinal: 1, b: [70, 80], s: 200, outcome: 'complete' },
];

test('connections of a program without requests are named', () => {
  expect(headline(foldLines([...database, ...pipe]), 0)).toMatch(
    /^no requests in .* · 4 connections to db\.test:5432 · 1 pipe$/,
  );
});

test('plain sockets are counted separately from requests, and the bytes of pipes are not counted', () => {
  const text = headline(foldLines([...request, ...database, ...pipe]), 0);
  expect(text).toContain('5 connections · 4 of them to db.test:5432, no HTTP · 1 pipe');
  expect(text).toContain('4.0 kB sent, 4.0 kB received');
});

test('the document counts pipes apart', () => {
  const { counts } = documentOf(foldLines([...request, ...database, ...pipe]));
  expect(counts).toMatchObject({
    connections: 6,
    pipes: { connections: 1, bytesSent: 135_000, bytesReceived: 135_000 },
  });
  const again = documentOf(Store.fromDocument(documentOf(foldLines(pipe))));
  expect(again.counts.pipes?.connections).toBe(1);
  expect(documentOf(foldLines(request)).counts).not.toHaveProperty('pipes');
});

test('the summary, the status line and the Connections view agree', () => {
  const store = foldLines([...request, ...database, ...pipe]);
  const { connections, pipes } = statusOf([store, foldLines(database)], { recording: false });
  expect([connections, pipes]).toEqual([5 + 4, 1]);
  expect(headline(store, 0)).toMatch(/ 5 connections · .* · 1 pipe/);
  expect(statusOf([foldLines(request)], { recording: false })).not.toHaveProperty('pipes');
  const lanes = new RunRows(store, 1, 0).connections();
  expect(lanes.map((c) => c.protocol ?? '').sort()).toEqual(['', '', '', '', 'http/1.1', 'pipe']);
});

test('a pipe that carries requests is a connection as any other', () => {
  const [dial, conn] = pipe as [object, object];
  const over = [...request.slice(0, 1), dial, conn, { ...request[3], connection: 51 }];
  const text = headline(foldLines(over), 0);
  expect(text).toContain('1 connection');
  expect(text).not.toContain('pipe');
});
