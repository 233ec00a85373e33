/** What a bounded store lets go and what it keeps are together what a store without a bound has. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { documentOf } from '../../model/document';
import type { Trace } from '../../model/records';
import { emptyStore, foldLines } from '../../model/testing/store';
import { parseNative } from './format';
import { loweredMembers, membersOf, piecesOf } from './members';
import { Places } from './places';
import { Spill } from './spill';
import { wholeHeader, wholeMembers, wholePieces } from './whole';

let folder: string;
let spill: Spill;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nettrace-test-'));
  spill = new Spill(join(folder, 'evicted'));
});
afterEach(() => {
  spill.close();
  rmSync(folder, { recursive: true });
});

const limit = 8;

/** One request on a connection of its own, with lookup, tunnel and operations. */
function requestLines(n: number, at: number, closes: boolean, body = ''): object[] {
  const [lookup, dial, id, tunnel, request] = [n * 10 + 1, n * 10 + 2, n * 10 + 3, n * 10 + 4, n * 10];
  const remote = { address: '127.0.0.1', port: 443 };
  const attempts = [{ id, family: 4, remote, beginAt: at + 2, endAt: at + 3, result: 'connected' }];
  const addresses = [{ address: '127.0.0.1', family: 4 }];
  const response = { status: n % 3 === 0 ? 503 : 200, ...(body ? { content: { text: body } } : {}) };
  return [
    { k: 'req', id: request, createdAt: at, method: 'GET', url: `https://a.example/${n}`, api: 'https' },
    { k: 'dial', id: dial, request, via: 'agent', host: 'a.example', port: 443, beginAt: at + 1 },
    { k: 'lookup', id: lookup, dial, call: 'lookup', hostname: 'a.example', beginAt: at + 1, endAt: at + 2, addresses },
    { k: 'conn', dial, endAt: at + 3, attempts, connection: id },
    { k: 'tls', id: tunnel, connection: id, purpose: 'origin', beginAt: at + 3, endAt: at + 4, version: 'TLSv1.3' },
    { k: 'ops', connection: id, list: [[2, at + 4, at + 4, 5]] },
    ...(closes ? [{ k: 'close', id, closedAt: at + 6, closedBy: 'local', bytesSent: 5, bytesReceived: 7 }] : []),
    { k: 'end', id: request, dial, connection: id, ordinal: 1, outcome: 'complete', endAt: at + 5, response },
  ];
}

const textOf = (doc: Trace): string => [...piecesOf(wholeMembers(doc, spill))].join('');

function bounded(lines: readonly object[]): Trace {
  const store = emptyStore(limit);
  store.evictions = spill;
  foldLines(lines, store).settle();
  return documentOf(store);
}

const unbounded = (lines: readonly object[]): Trace => documentOf(foldLines(lines, emptyStore(1e6)));

test('requests with all that only they used', () => {
  const lines = Array.from({ length: 50 }, (_, n) => requestLines(n + 1, n * 10, n % 4 !== 0)).flat();
  const doc = bounded(lines);
  expect(doc.requests).toHaveLength(limit);
  expect(doc.counts.evictedRequests).toBe(50 - limit);
  const whole = parseNative(textOf(doc));
  expect(whole).toEqual(unbounded(lines));
  expect(whole.requests).toHaveLength(50);
  expect(whole.lookups).toHaveLength(50);
  expect(whole.losses).toEqual([]);
  expect(whole.counts).not.toHaveProperty('totals');
});

test('whatever the order and the ends, none is missing and none is there twice', () => {
  const request = fc.record({ at: fc.nat(40), closes: fc.boolean() });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 60 }), (requests) => {
      const lines = requests.flatMap(({ at, closes }, n) => requestLines(n + 1, at, closes));
      spill.clear();
      expect(parseNative(textOf(bounded(lines)))).toEqual(unbounded(lines));
    }),
    { numRuns: 50 },
  );
});

test('what was let go is saved as it stands in the file if it was masked for the same settings, else masked again', () => {
  const secret = 'https://a.example/?token=abcdef0123456789';
  const lines = Array.from({ length: 50 }, (_, n) => [
    ...requestLines(n + 1, n * 10, n % 4 !== 0),
    { k: 'hdr', id: (n + 1) * 10, side: 'request', headers: [{ name: 'x-name', value: 'é' }] },
    { k: 'end', id: (n + 1) * 10, odd: { at: secret } },
  ]).flat();
  const settings = { headerLevel: 'names' };
  const all = { ...unbounded(lines), settings };
  const expected = parseNative([...piecesOf(loweredMembers(membersOf(all)))].join(''));
  for (const atThatTime of [settings, { ...settings, headerLevel: 'off' }, undefined]) {
    spill.close();
    spill = new Spill(join(folder, `masked-${atThatTime?.headerLevel}`), { settings: () => atThatTime });
    const doc = { ...bounded(lines), settings };
    expect(spill.isMaskedFor(settings)).toBe(atThatTime === settings);
    const written = parseNative([...wholePieces(doc, spill)].join(''));
    expect(written.requests).toHaveLength(50);
    // Headers that were left out for the settings at that time do not come back.
    const withoutHeaders = (d: Trace) => d.requests.map(({ headers: _, ...r }) => r);
    expect(withoutHeaders(written)).toEqual(withoutHeaders(expected));
    if (atThatTime === settings) expect(written).toEqual(expected);
    expect(JSON.stringify(written)).toContain('token=***');
    expect(JSON.stringify(written.requests[0])).not.toContain('abcdef0123456789');
  }
});

test('connections without a request, and incoming requests, are kept too', () => {
  const lines = Array.from({ length: 60 }, (_, n) => [
    { k: 'req', id: n * 10, direction: 'in', createdAt: n, method: 'GET', url: 'http://own.example/' },
    { k: 'dial', id: n * 10 + 1, via: 'net', host: 'db.example', port: 5432, beginAt: n },
    {
      k: 'conn',
      dial: n * 10 + 1,
      endAt: n,
      attempts: [{ id: n * 10 + 2, beginAt: n, endAt: n, result: 'connected' }],
      connection: n * 10 + 2,
    },
    { k: 'close', id: n * 10 + 2, closedAt: n + 1, closedBy: 'local' },
  ]).flat();
  const doc = bounded(lines);
  expect(doc.losses.map((l) => [l.what, l.reason]).sort()).toEqual([
    ['connections', undefined],
    ['requests', 'incoming'],
  ]);
  expect(parseNative(textOf(doc))).toEqual(unbounded(lines));
});

test('findings say of how many requests they are', () => {
  const lines = Array.from({ length: 20 }, (_, n) => requestLines(n + 1, n * 10, true)).flat();
  const doc = { ...bounded(lines), findings: [] };
  expect(wholeHeader(doc, spill)).toMatchObject({ analysedRequests: limit, counts: { evictedRequests: 0 } });
  spill.clear();
  expect(wholeHeader({ ...unbounded(lines), findings: [] }, spill)).not.toHaveProperty('analysedRequests');
});

test('a record is completed by what was learnt before it is written', () => {
  spill.close();
  spill = new Spill(join(folder, 'completed'), {
    complete: (list, record) => (list === 'requests' ? { ...record, label: 'x' } : record),
  });
  const lines = Array.from({ length: 20 }, (_, n) => requestLines(n + 1, n * 10, true)).flat();
  const { requests } = parseNative(textOf(bounded(lines)));
  expect(requests.filter((r) => r.label === 'x')).toHaveLength(20 - limit);
});

test('bodies among what was let go are known: the saved file is for its owner only', () => {
  spill.keep('requests', { id: '1-0-1', createdAt: 1 }, true);
  expect([spill.counted('requests'), spill.hasBodies]).toEqual([1, false]);
  spill.keep('requests', { id: '1-0-2', createdAt: 2, response: { content: { text: 'secret' } } }, true);
  expect([spill.counted('requests'), spill.hasBodies]).toEqual([2, true]);
  expect(statSync(join(folder, 'evicted')).mode & 0o777).toBe(0o600);
});

test('what is let go after the file took no more is evicted and counted', () => {
  const lines = Array.from({ length: 3000 }, (_, n) => requestLines(n + 1, n * 10, true)).flat();
  const store = emptyStore(limit);
  store.evictions = spill;
  const same = foldLines(lines.slice(0, lines.length / 2), store);
  same.settle();
  const kept = spill.counted('requests');
  spill.close();
  expect([kept, spill.error]).toEqual([1500 - limit, 'it is closed']);
  for (const r of [...same.requests.values()]) same.setRequest({ ...r, id: `${r.id}0` });
  same.settle();
  const header = wholeHeader(documentOf(store), spill);
  expect(header.counts.evictedRequests).toBe(limit);
  expect(header.losses).toMatchObject([{ what: 'requests', kind: 'evicted', count: limit }]);
  spill = new Spill(join(folder, 'other'));
});

test('places: by instant, those of one instant as they came, without an instant last', () => {
  const places = new Places();
  const instants = [5, Number.POSITIVE_INFINITY, 1, 5, 0, Number.POSITIVE_INFINITY, ...Array(3000).fill(7)];
  for (const [i, at] of instants.entries()) places.add(at, i, 1);
  const order = [...places.byInstant()];
  expect([order.slice(0, 5), order.slice(-2)]).toEqual([
    [4, 2, 0, 3, 6],
    [1, 5],
  ]);
});
