import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { viewOf } from '../../formats/otlp';
import { spansOf } from '../../formats/otlp/spans';
import type { Trace } from '../../model/records';
import { Store } from '../../model/store/store';
import { Feed } from './feed';

const golden = join(import.meta.dirname, '../../model/golden/example.nettrace.json');
const example = (): Trace => JSON.parse(readFileSync(golden, 'utf8')) as Trace;
const now = 3_000_000;

/** A store that has nothing but the header so far, and what puts its records in one after the other. */
function growing(): { store: Store; steps: (() => void)[] } {
  const doc = example();
  const empty = { requests: [], dials: [], lookups: [], connections: [], tlsTunnels: [] };
  const store = Store.fromDocument({ ...doc, ...empty });
  store.counts = doc.counts;
  return {
    store,
    steps: [
      // First as it looks while it runs.
      ...doc.requests.map(
        ({ outcome: _, endAt: __, ...r }) =>
          () =>
            store.setRequest(r),
      ),
      ...doc.dials.map(
        ({ endAt: _, error: __, ...d }) =>
          () =>
            store.setDial(d),
      ),
      ...doc.lookups.map((l) => () => store.setLookup(l)),
      ...doc.connections.map((c) => () => store.setConnection(c)),
      ...doc.tlsTunnels.map((t) => () => store.setTunnel(t)),
      ...doc.dials.map((d) => () => store.setDial(d)),
      ...doc.requests.map((r) => () => store.setRequest(r)),
    ],
  };
}

test.each([1, 3, 1000])('sends the spans of a file, each once, whatever the room is (%i)', (room) => {
  const { store, steps } = growing();
  const feed = new Feed(store, () => now);
  const spans: { spanId: string; name: string }[] = [];
  let longest = 0;
  const take = () => {
    const taken = feed.take(room);
    longest = Math.max(longest, taken.length);
    spans.push(...taken);
    return taken.length;
  };
  for (const step of steps) {
    step();
    feed.look();
    take();
  }
  expect(spans.length).toBeGreaterThan(5);
  feed.look(true);
  while (take() > 0);
  const whole = [...spansOf(viewOf(Store.fromDocument(example()), now))];
  const byId = (a: { spanId: string }, b: { spanId: string }) => (a.spanId < b.spanId ? -1 : 1);
  expect(spans.sort(byId)).toEqual(whole.sort(byId));
  expect(longest).toBeLessThanOrEqual(room);
  expect(feed.missed).toBe(0);
});

test('waits one look before it takes what has ended, as its source map may come later', () => {
  const { store, steps } = growing();
  const feed = new Feed(store, () => now);
  for (const step of steps) step();
  feed.look();
  expect(feed.take(1000)).toEqual([]);
  feed.look();
  expect(feed.take(1000).length).toBeGreaterThan(20);
});

test('counts requests that left the trace before their spans were made', () => {
  const { store, steps } = growing();
  const feed = new Feed(store, () => now);
  for (const step of steps) step();
  feed.look();
  for (const r of [...store.requests.values()].slice(0, 3)) store.removeRequest(r);
  feed.look(true);
  feed.take(Number.POSITIVE_INFINITY);
  expect(feed.missed).toBe(3);
});
