import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Request } from '../records';
import { newHeader, Store } from '../store/store';
import { KernelFold } from './kernel';
import type { Statistics } from './kernelWindow';

const anchor = { time: '2026-01-01T00:00:00.000000Z', monotonicNs: '0' };

/** A store with one connection, begun at 1,000. */
function begin(): { store: Store; kernel: KernelFold; sample: (at: number, totals: Statistics, final?: true) => void } {
  const store = new Store(newHeader('t', anchor, { name: 'test', version: '1' }));
  store.setConnection({
    id: 'c',
    kind: 'tcp',
    direction: 'out',
    connect: { beginAt: 1000, endAt: 1500, result: 'connected' },
  });
  const kernel = new KernelFold(store);
  const sample = (at: number, totals: Statistics, final?: true) =>
    kernel.fold({
      k: 'sample',
      connection: 'c',
      at,
      trigger: final ? 'close' : 'interval',
      totals,
      ...(final ? { final } : {}),
    });
  return { store, kernel, sample };
}

const request = (id: string, ordinal: number, assignedAt: number, endAt?: number): Request => ({
  id,
  thread: '1-0',
  connection: 'c',
  ordinal,
  createdAt: assignedAt,
  assignedAt,
  ...(endAt !== undefined ? { endAt, outcome: 'complete' } : {}),
});

const counters = (n: number): Statistics => ({ retransmits: n, bytesSent: 100 * n, rtt: 50 + n });

describe('kernel statistics', () => {
  test('samples are kept as what changed; the connection has the totals', () => {
    const { store, sample } = begin();
    sample(2000, { rtt: 10, retransmits: 0 });
    sample(3000, { rtt: 10, retransmits: 0 });
    sample(4000, { rtt: 12, retransmits: 0 });
    expect(store.kernelSamples.get('c')).toEqual([
      { id: 's-1', connection: 'c', at: 2000, trigger: 'interval', rtt: 10, retransmits: 0 },
      { id: 's-2', connection: 'c', at: 4000, trigger: 'interval', rtt: 12 },
    ]);
    expect(store.connections.get('c')?.kernel).toEqual({ at: 4000, rtt: 12, retransmits: 0 });
    sample(5000, { retransmits: 1, state: 'close' }, true);
    const kernel = store.connections.get('c')?.kernel;
    expect(kernel).toEqual({ at: 5000, final: true, rtt: 12, retransmits: 1, state: 'close' });
    sample(6000, { retransmits: 9 });
    expect(store.connections.get('c')?.kernel).toEqual(kernel);
  });

  test('a sample whose answer came only while the request ran is none before it', () => {
    const { store, kernel, sample } = begin();
    sample(1900, counters(1));
    kernel.fold({ k: 'sample', connection: 'c', at: 2900, doneAt: 3200, trigger: 'interval', totals: counters(3) });
    store.setRequest(request('r2', 2, 3000, 4000));
    kernel.request('r2');
    sample(4100, counters(5), true);
    expect(store.requests.get('r2')?.kernel).toMatchObject({ windowBeginAt: 1900, retransmits: 4, bytesSent: 400 });
  });

  // With work that grows with the square at each request this would not end within the patience of a test.
  test('thousands of requests between two samples each get their share', () => {
    const { store, kernel, sample } = begin();
    sample(1900, counters(1));
    const ids = Array.from({ length: 4000 }, (_, i) => `r${i}`);
    for (const [i, id] of ids.entries()) {
      store.setRequest(request(id, i + 2, 2000 + 2 * i, 2001 + 2 * i));
      kernel.request(id);
    }
    sample(20_000, counters(5));
    for (const id of ids) {
      expect(store.requests.get(id)?.kernel).toMatchObject({ windowBeginAt: 1900, shared: true, retransmits: 4 });
    }
  });

  test('the first request counts from the connection’s begin, the next from the sample before it', () => {
    const { store, kernel, sample } = begin();
    store.setRequest(request('r1', 1, 1500, 2000));
    sample(2100, counters(2));
    expect(store.requests.get('r1')?.kernel).toEqual({
      windowBeginAt: 1000,
      windowEndAt: 2100,
      samples: 1,
      shared: false,
      retransmits: 2,
      bytesSent: 200,
      rttEnd: 52,
    });
    store.setRequest(request('r2', 2, 3000));
    kernel.request('r2');
    sample(3500, counters(3));
    store.setRequest(request('r2', 2, 3000, 4000));
    kernel.request('r2');
    expect(store.requests.get('r2')?.kernel).toBeUndefined();
    sample(4100, counters(5), true);
    expect(store.requests.get('r2')?.kernel).toEqual({
      windowBeginAt: 2100,
      windowEndAt: 4100,
      samples: 3,
      shared: false,
      retransmits: 3,
      bytesSent: 300,
      rttBegin: 52,
      rttEnd: 55,
    });
  });

  test('what cannot be distinguished is shared; what cannot be known is missing, with the reason', () => {
    const { store, kernel, sample } = begin();
    for (const r of [request('a', 1, 1500, 2000), request('b', 2, 2000, 2500)]) store.setRequest(r);
    sample(2600, counters(1));
    expect(['a', 'b'].map((id) => store.requests.get(id)?.kernel?.shared)).toEqual([true, undefined]);
    expect(store.requests.get('b')?.missing).toEqual({ kernel: 'noSampleBefore' });
    store.setRequest(request('d', 3, 2700, 2800));
    kernel.request('d');
    sample(2900, counters(0));
    expect(store.requests.get('d')?.missing).toEqual({ kernel: 'countersRestarted' });
    store.setRequest(request('e', 4, 3000));
    kernel.request('e');
    sample(3100, counters(1), true);
    store.setRequest(request('e', 4, 3000, 3200));
    kernel.request('e');
    expect(store.requests.get('e')?.missing).toEqual({ kernel: 'noSampleAfter' });
  });

  test('facts of a connection that is not there are left out; what is missing gives way to what came', () => {
    const { store, kernel, sample } = begin();
    kernel.fold({ k: 'watched', connection: 'gone', cookie: '1' });
    kernel.fold({ k: 'missing', connection: 'c', reason: 'noFinal' });
    expect(store.connections.get('c')?.missing).toEqual({ kernel: 'noFinal' });
    kernel.fold({ k: 'watched', connection: 'c', cookie: '18446744073709551615', uid: 0 });
    kernel.fold({ k: 'route', connection: 'c', route: { interface: 'lo', mtu: 65536 } });
    sample(2000, { rtt: 1 });
    expect(store.connections.get('c')).toMatchObject({
      cookie: '18446744073709551615',
      uid: 0,
      route: { interface: 'lo', mtu: 65536 },
      by: { cookie: 'inetDiag', uid: 'inetDiag', route: 'netlink' },
    });
    expect(store.connections.get('c')?.missing).toBeUndefined();
    expect(store.connections.has('gone')).toBe(false);
  });

  test('a long life: 64 samples are kept, the first ones and the last ones, the rest counted', () => {
    const { store, sample } = begin();
    for (let i = 1; i <= 1000; i++) sample(1000 + i, counters(i));
    const kept = store.kernelSamples.get('c') ?? [];
    expect(kept.map((s) => s.at)).toEqual(
      [...Array(8).keys()].map((i) => 1001 + i).concat([...Array(56).keys()].map((i) => 1945 + i)),
    );
    expect(store.losses).toEqual([{ source: 'inetDiag', what: 'kernelSamples', kind: 'evicted', count: 936 }]);
  });

  test('whatever comes, in whatever order: windows hold their request, differences are sums of what moved', () => {
    const event = fc.oneof(
      fc.record({ k: fc.constant('sample' as const), wait: fc.nat(50), more: fc.nat(5) }),
      fc.record({ k: fc.constant('begin' as const), wait: fc.nat(50), more: fc.nat(5) }),
      fc.record({ k: fc.constant('end' as const), wait: fc.nat(50), more: fc.nat(5) }),
    );
    const seen = { own: 0, shared: 0, missing: 0 };
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const { store, kernel, sample } = begin();
        let at = 1500;
        let total = 0;
        let n = 0;
        const running: Request[] = [];
        for (const { k, wait, more } of events) {
          at += wait;
          total += more;
          if (k === 'sample') sample(at, counters(total));
          const r = k === 'begin' ? request(`r${++n}`, n, at) : k === 'end' ? running.shift() : undefined;
          if (!r) continue;
          const changed = k === 'begin' ? r : { ...r, endAt: at, outcome: 'complete' };
          if (k === 'begin') running.push(r);
          store.setRequest(changed);
          kernel.request(changed.id);
        }
        sample(at + 1, counters(total + 1), true);
        let sum = 0;
        for (const r of store.requests.values()) {
          if (r.endAt === undefined) continue;
          expect(r.kernel !== undefined || r.missing?.kernel !== undefined).toBe(true);
          seen[r.kernel === undefined ? 'missing' : r.kernel.shared ? 'shared' : 'own']++;
          if (!r.kernel) continue;
          expect(r.kernel.windowBeginAt).toBeLessThanOrEqual(r.assignedAt ?? Number.NaN);
          expect(r.kernel.windowEndAt).toBeGreaterThanOrEqual(r.endAt);
          expect(r.kernel.retransmits).toBeLessThanOrEqual(total + 1);
          expect(r.kernel.samples).toBeGreaterThan(0);
          if (!r.kernel.shared) sum += r.kernel.retransmits ?? 0;
        }
        expect(sum).toBeLessThanOrEqual(total + 1);
      }),
    );
    expect(Math.min(seen.own, seen.shared)).toBeGreaterThan(0);
  });
});

test('the network namespace of a socket is that of its first event', () => {
  const { store, kernel } = begin();
  const event = (netns?: number) =>
    kernel.fold({
      k: 'event',
      event: { connection: 'c', at: 1500, kind: 'state' },
      ...(netns !== undefined && { netns }),
    });
  event();
  expect(store.connections.get('c')).not.toHaveProperty('netns');
  event(4026531840);
  event(4026532000);
  expect(store.connections.get('c')).toMatchObject({ netns: 4026531840, by: { netns: 'bpf' } });
});
