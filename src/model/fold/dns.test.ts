import { describe, expect, test } from 'vitest';
import { documentOf } from '../document';
import { Store } from '../store/store';
import { emptyStore } from '../testing/store';
import { Folder } from './folder';

const query = (at: number, id: number) => ({
  at,
  id,
  recursionDesired: true,
  truncated: false,
  size: 30,
  questions: [{ name: 'a.test', type: 'A', class: 'IN' }],
});
const reply = (at: number, id: number) => ({
  at,
  id,
  authoritative: false,
  recursionAvailable: true,
  truncated: false,
  size: 46,
  rcode: 'no-error',
  answers: [{ name: 'a.test', type: 'A', class: 'IN', ttl: 227, value: '192.0.2.1' }],
});

/** Folds lines of one isolate that began 1,000 µs after the trace. */
function folded(lines: object[], limit?: number): Store {
  const first = emptyStore();
  const store = limit === undefined ? first : new Store(first.header, limit);
  const folder = new Folder(store);
  const begin = String(BigInt(store.header.beginMonotonicNs ?? '0') + 1_000_000n);
  const proc = { k: 'proc', v: 1, trace: store.header.id, pid: 1, tid: 0, segment: 1, monotonicNs: begin, wallMs: 0 };
  [proc, ...lines].forEach((l, offset) => {
    folder.fold(JSON.stringify(l), { file: 'f', offset });
  });
  return store;
}

const lookup = { k: 'lookup', id: 2, dial: 1, call: 'lookup', hostname: 'a.test', beginAt: 5, endAt: 40 };
const exchange = {
  k: 'dns',
  id: 3,
  lookup: 2,
  dial: 1,
  server: { address: '127.0.0.1', port: 53 },
  transport: 'udp',
  beginAt: 10,
  endAt: 30,
  queries: [query(12, 7)],
  replies: [reply(30, 7)],
  socket: { id: 4, local: { address: '127.0.0.1', port: 5000 }, closedAt: 31, bytesSent: 30, bytesReceived: 46 },
};

describe('the line `dns`', () => {
  test('makes an exchange and the resolver’s socket, on the trace’s clock', () => {
    const store = folded([lookup, exchange]);
    const x = store.dnsExchanges.get('1-0-3');
    expect(x).toMatchObject({ lookup: '1-0-2', connection: '1-0-4', beginAt: 1010, endAt: 1030, thread: '1-0' });
    expect([x?.queries?.[0]?.at, x?.replies?.[0]?.at]).toEqual([1012, 1030]);
    expect(x?.by).toEqual({ queries: 'resolver', replies: 'resolver' });
    expect(store.connections.get('1-0-4')).toEqual({
      id: '1-0-4',
      thread: '1-0',
      dial: '1-0-1',
      kind: 'udp',
      direction: 'out',
      remote: { address: '127.0.0.1', port: 53 },
      local: { address: '127.0.0.1', port: 5000 },
      protocol: 'dns',
      fromResolver: true,
      createdAt: 1010,
      closedAt: 1031,
      closedBy: 'local',
      bytesSent: 30,
      bytesReceived: 46,
    });
    expect(store.counts.connections).toBe(0);
    expect(store.header.sources.find((s) => s.name === 'resolver')?.state).toBe('on');
  });

  test('of the program’s own socket: later messages are added', () => {
    const { socket: _, lookup: __, dial: ___, ...own } = exchange;
    const store = folded([
      { ...own, connection: 9 },
      { k: 'dns', id: 3, connection: 9, queries: [query(50, 8)], replies: [reply(60, 8)], endAt: 60 },
    ]);
    const x = store.dnsExchanges.get('1-0-3');
    expect(x?.queries?.map((m) => m.id)).toEqual([7, 8]);
    expect(x).toMatchObject({ connection: '1-0-9', endAt: 1060 });
    expect(x?.by).toBeUndefined();
    expect(store.connections.size).toBe(0);
  });

  test('the document has them, and gives them back', () => {
    const doc = documentOf(folded([lookup, exchange]));
    expect(doc.dnsExchanges).toHaveLength(1);
    expect(documentOf(Store.fromDocument(doc))).toEqual(doc);
    expect(documentOf(folded([lookup])).dnsExchanges).toBeUndefined();
  });

  test('what the resolver left to the system is reported once', () => {
    const left = { k: 'ctl', at: 1, reason: 'resolver', message: 'not here' };
    const source = (...lines: object[]) => folded(lines).header.sources.find((s) => s.name === 'resolver');
    expect(source(left, { ...left, message: 'nor here' })).toMatchObject({ state: 'unavailable', detail: 'not here' });
    expect(source(left, exchange)).toMatchObject({ state: 'partial', detail: 'not here' });
    expect(source(exchange, left)).toMatchObject({ state: 'partial', detail: 'not here' });
  });

  test('lookups of the program itself, and their messages, are bounded', () => {
    const lines = Array.from({ length: 30 }, (_, i) => [
      { ...lookup, dial: undefined, id: 10 * i + 1, beginAt: i },
      { ...exchange, dial: undefined, id: 10 * i + 2, lookup: 10 * i + 1, socket: { id: 10 * i + 3 } },
      { k: 'dns', id: 10 * i + 4, connection: 5, queries: [query(1, i)], replies: [] },
    ]).flat();
    const store = folded(lines, 10);
    expect([store.lookups.size, store.dnsExchanges.size, store.connections.size]).toEqual([10, 20, 10]);
    expect(store.counts.lookups).toBe(30);
    expect(store.losses.map((l) => [l.what, l.kind, l.count])).toEqual([
      ['lookups', 'evicted', 20],
      ['dnsExchanges', 'evicted', 20],
    ]);
  });
});
