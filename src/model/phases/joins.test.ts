import { describe, expect, test } from 'vitest';
import { documentOf } from '../document';
import { KernelFold } from '../fold/kernel';
import type { KernelEvent, Request } from '../records';
import { foldedEvent } from '../store/kernelEvents';
import { newHeader, Store } from '../store/store';
import { requestOf, spanOf } from './joins';

const anchor = { time: '2026-01-01T00:00:00.000000Z', monotonicNs: '0' };

/** Connection c: dialled at 1,000 for r1, connected at 5,000; r2 took it over at 20,000. */
function begin(): { store: Store; kernel: KernelFold } {
  const store = new Store(newHeader('t', anchor, { name: 'test', version: '1' }));
  store.setConnection({
    id: 'c',
    thread: '1-0',
    dial: 'd',
    kind: 'tcp',
    direction: 'out',
    connect: { beginAt: 2000, endAt: 5000, result: 'connected' },
  });
  store.setDial({ id: 'd', thread: '1-0', request: 'r1', beginAt: 1000, endAt: 5000, connection: 'c' });
  store.setRequest(request('r1', { ordinal: 1, dial: 'd', createdAt: 900, assignedAt: 5000, endAt: 10_000 }));
  store.setRequest(request('r2', { ordinal: 2, createdAt: 1500, assignedAt: 20_000, sendBeginAt: 20_000 }));
  return { store, kernel: new KernelFold(store) };
}
const request = (id: string, more: Partial<Request>): Request => ({
  id,
  thread: '1-0',
  connection: 'c',
  url: 'http://x/',
  ...(more.endAt !== undefined ? { outcome: 'complete' } : {}),
  ...more,
});

const event = (at: number, more: Partial<KernelEvent> = {}): { k: 'event'; event: Omit<KernelEvent, 'id'> } => ({
  k: 'event',
  event: { connection: 'c', at, kind: 'retransmit', ...more },
});

describe('to which request an event belongs', () => {
  test('the only one that was on the connection, or whose setup it was; between them, and of several: none', () => {
    const { store, kernel } = begin();
    for (const at of [500, 1500, 7000, 15_000, 25_000]) kernel.fold(event(at));
    const joined = () => documentOf(store).kernelEvents?.map((e) => e.request);
    expect(joined()).toEqual([undefined, 'r1', 'r1', undefined, 'r2']);
    // A third one comes at once, over HTTP/2 as it were.
    store.setRequest(request('r3', { ordinal: 3, createdAt: 24_000, assignedAt: 24_000, endAt: 26_000 }));
    expect(joined()).toEqual([undefined, 'r1', 'r1', undefined, undefined]);
    kernel.fold({ ...event(27_000), event: { connection: 'gone', at: 27_000, kind: 'drop' } });
    expect(joined()?.length).toBe(5);
  });

  test('a request that waited for another connection does not have this one’s setup', () => {
    const { store } = begin();
    const c = store.connections.get('c');
    const span = (id: string) => spanOf(store.requests.get(id) as Request, c as NonNullable<typeof c>, store);
    expect(span('r1')).toEqual({ request: 'r1', beginAt: 1000, endAt: 10_000 });
    expect(span('r2')).toEqual({ request: 'r2', beginAt: 20_000 });
  });

  test('what lasts belongs to one that lasted as long', () => {
    const spans = [
      { request: 'a', beginAt: 0, endAt: 10 },
      { request: 'b', beginAt: 20 },
    ];
    expect([requestOf(1, 9, spans), requestOf(1, 11, spans), requestOf(1, 21, spans)]).toEqual([
      'a',
      undefined,
      undefined,
    ]);
    expect([requestOf(10, 10, spans), requestOf(15, 15, spans), requestOf(99, 99, spans)]).toEqual([
      'a',
      undefined,
      'b',
    ]);
  });
});

describe('what else the kernel reports', () => {
  test('the first byte of the answer, and how long it lay there; not after a handshake', () => {
    const { store, kernel } = begin();
    const sample = (at: number) =>
      kernel.fold({ k: 'sample', connection: 'c', at, trigger: 'interval', totals: { retransmits: 0 } });
    sample(12_000);
    const answered = { sendBeginAt: 20_000, responseBeginAt: 24_000, endAt: 30_000, outcome: 'complete' } as const;
    const set = () => {
      store.setRequest({ ...(store.requests.get('r2') as Request), ...answered });
      kernel.request('r2');
    };
    kernel.fold(event(9000, { kind: 'firstByte' }));
    kernel.fold(event(21_000, { kind: 'firstByte' }));
    set();
    sample(31_000);
    const by = { firstByteAt: 'bpf', deliveryDuration: 'bpf' };
    expect(store.requests.get('r2')?.kernel).toMatchObject({ firstByteAt: 21_000, deliveryDuration: 3000, by });
    // The event may come after the figures.
    const { kernel: __, ...bare } = store.requests.get('r2') as Request;
    store.setRequest({ ...bare, kernel: { windowBeginAt: 12_000, windowEndAt: 31_000, samples: 2, shared: false } });
    kernel.fold(event(22_000, { kind: 'firstByte' }));
    expect(store.requests.get('r2')?.kernel).toMatchObject({ firstByteAt: 22_000, deliveryDuration: 2000 });
    const first = { ...(store.requests.get('r1') as Request), sendBeginAt: 6000, responseBeginAt: 9500 };
    store.setRequest({ ...first, kernel: { windowBeginAt: 0, windowEndAt: 12_000, samples: 2, shared: false } });
    store.setTunnel({ id: 't', connection: 'c', purpose: 'origin', beginAt: 5000, endAt: 6000 });
    kernel.fold(event(9100, { kind: 'firstByte' }));
    expect(store.requests.get('r1')?.kernel).not.toHaveProperty('firstByteAt');
  });

  test('totals stay beside samples, each with its source; drops are counted; places get their names', () => {
    const { store, kernel } = begin();
    kernel.fold({ k: 'totals', connection: 'c', at: 6000, totals: { packetsSent: 3 } });
    expect(store.connections.get('c')?.kernel).toEqual({ at: 6000, packetsSent: 3, by: { packetsSent: 'bpf' } });
    kernel.fold({ ...event(7000, { kind: 'drop', reason: 'NETFILTER_DROP' }), place: 1 });
    kernel.fold({ k: 'sample', connection: 'c', at: 8000, trigger: 'close', final: true, totals: { retransmits: 1 } });
    kernel.fold({ k: 'totals', connection: 'c', at: 9000, totals: { packetsSent: 4 } });
    expect(store.connections.get('c')?.kernel).toEqual({
      at: 8000,
      final: true,
      retransmits: 1,
      packetsSent: 4,
      drops: 1,
      by: { packetsSent: 'bpf', drops: 'bpf' },
    });
    expect(store.kernelEvents[0]).not.toHaveProperty('place');
    kernel.fold({ k: 'place', number: 1, name: 'nf_hook_slow+0x1' });
    kernel.fold({ ...event(19_000, { kind: 'drop' }), place: 1 });
    expect(store.kernelEvents.map((e) => e.place)).toEqual(['nf_hook_slow+0x1', 'nf_hook_slow+0x1']);
  });

  test('bytes that lay in the socket are a delay of the event loop', () => {
    const { store, kernel } = begin();
    kernel.fold(event(25_000, { kind: 'delay', duration: 4000 }));
    const delays = [{ thread: '1-0', beginAt: 21_000, endAt: 25_000, connection: 'c', request: 'r2' }];
    expect(documentOf(store).eventLoopDelays).toEqual(delays);
    expect(documentOf(Store.fromDocument(documentOf(store))).eventLoopDelays).toEqual(delays);
  });

  test('the same repeatedly is folded with its count; retransmits never', () => {
    const one = (at: number, more: object = {}): KernelEvent => ({ id: `e-${at}`, at, kind: 'drop', ...more });
    const two = foldedEvent(one(1), one(500)) as KernelEvent;
    expect(two).toEqual({ id: 'e-1', at: 1, endAt: 500, count: 2, kind: 'drop' });
    expect(foldedEvent(two, one(1400))).toMatchObject({ endAt: 1400, count: 3 });
    expect(foldedEvent(two, one(1600))).toBeUndefined();
    expect(foldedEvent(two, one(600, { reason: 'x' }))).toBeUndefined();
    expect(foldedEvent(one(1, { kind: 'retransmit' }), one(2, { kind: 'retransmit' }))).toBeUndefined();
  });
});
