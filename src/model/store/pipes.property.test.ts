/** The running count of pipes against a look through all connections. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { documentOf } from '../document';
import type { Connection, Request } from '../records';
import { emptyStore } from '../testing/store';
import { isPipe } from './pipes';
import { Store } from './store';

type Totals = { connections: number; bytesSent: number; bytesReceived: number };

/** Of all connections in the store, and of those that were evicted. */
function walked(store: Store, evicted: readonly Connection[]): Totals | undefined {
  const total = { connections: 0, bytesSent: 0, bytesReceived: 0 };
  for (const c of [...evicted, ...[...store.connections.values()].filter((c) => isPipe(c, store))]) {
    total.connections++;
    total.bytesSent += c.bytesSent ?? 0;
    total.bytesReceived += c.bytesReceived ?? 0;
  }
  return total.connections > 0 ? total : undefined;
}

class WatchedStore extends Store {
  evicted: Connection[] = [];

  constructor(limit: number) {
    super(emptyStore().header, limit);
  }

  override removeConnection(id: string): void {
    const c = this.connections.get(id);
    if (c && isPipe(c, this)) this.evicted.push(c);
    super.removeConnection(id);
  }

  override clear(): void {
    super.clear();
    this.evicted = [];
  }
}

const few = fc.nat(5).map((n) => `1-0-${n}`);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });
const known = <T extends object>(o: T): T =>
  Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined)) as T;

const connection = fc
  .record({
    id: few,
    kind: fc.constantFrom('unix', 'unix', 'tcp', 'udp'),
    direction: fc.constantFrom(undefined, 'out', 'in'),
    connect: fc.constantFrom(undefined, { result: 'connected' }, { result: 'connected' }, { result: 'failed' }),
    requestCount: fc.constantFrom(undefined, undefined, 0, 2),
    closedAt: maybe(fc.nat(100)),
    bytesSent: maybe(fc.nat(1000)),
    bytesReceived: maybe(fc.nat(1000)),
  })
  .map((c) => ({ type: 'connection', record: known(c) as Connection }) as const);
const request = fc
  .record({
    id: fc.nat(12).map((n) => `1-0-${100 + n}`),
    createdAt: fc.nat(100),
    connection: maybe(few),
    outcome: fc.constantFrom(undefined, 'complete', 'failed'),
  })
  .map((r) => ({ type: 'request', record: known({ ...r, thread: '1-0' }) as Request }) as const);
const step = fc.oneof(
  { weight: 10, arbitrary: connection },
  { weight: 10, arbitrary: request },
  { weight: 1, arbitrary: fc.constant({ type: 'clear' } as const) },
);

test('the running count of pipes is that of all connections, whatever is added, changed, cleared and evicted', () => {
  let [counted, evicted] = [0, 0];
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), fc.integer({ min: 1, max: 4 }), (steps, limit) => {
      const store = new WatchedStore(limit);
      for (const s of steps) {
        if (s.type === 'connection') store.setConnection(s.record);
        else if (s.type === 'request') store.setRequest(s.record);
        else store.clear();
        expect(store.counts.pipes).toEqual(walked(store, store.evicted));
        counted += store.counts.pipes?.connections ?? 0;
        evicted += store.evicted.length;
      }
      const document = documentOf(store);
      expect(Store.fromDocument(document).counts.pipes).toEqual(document.counts.pipes);
    }),
    { numRuns: 500 },
  );
  expect(Math.min(counted, evicted)).toBeGreaterThan(100);
});

test('a document that counts no pipes apart has those of its connections', () => {
  const store = emptyStore();
  const connect = { result: 'connected' } as const;
  store.setConnection({ id: '1-0-1', kind: 'unix', connect, bytesSent: 3 });
  const { pipes, ...counts } = documentOf(store).counts;
  expect(pipes).toEqual({ connections: 1, bytesSent: 3, bytesReceived: 0 });
  expect(Store.fromDocument({ ...documentOf(store), counts }).counts.pipes).toEqual(pipes);
});
