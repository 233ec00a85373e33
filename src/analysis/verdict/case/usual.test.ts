/** The usual time of a request is the median of the others like it, however many are asked for it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { median } from '../../../model/base/statistics';
import type { Request } from '../../../model/records';
import { usualNeeds } from '../../base/limits';
import { exchange, site, storeOf } from '../../testing/store';
import { Usual } from './usual';

const requests = fc.array(
  fc.record({
    wait: fc.nat({ max: 40 }),
    host: fc.constantFrom('a', 'b'),
    path: fc.constantFrom('/items/1', '/items/2', '/cart'),
    line: fc.constantFrom(1, 2),
    outcome: fc.constantFrom('complete', 'complete', 'complete', 'failed'),
  }),
  { minLength: 60, maxLength: 160 },
);

/** As the sentence says it, one request at a time. */
function plainly(r: Request, all: readonly Request[]): number | undefined {
  const folded = (url = '') => url.replace(/\d+/, '{id}');
  const like = all.filter(
    (q) =>
      q.id !== r.id &&
      q.outcome === 'complete' &&
      folded(q.url) === folded(r.url) &&
      q.callSite?.line === r.callSite?.line,
  );
  return like.length < usualNeeds ? undefined : median(like.map((q) => (q.endAt ?? 0) - (q.createdAt ?? 0)));
}

test('of all requests of a trace', () => {
  let known = 0;
  fc.assert(
    fc.property(requests, (list) => {
      const store = storeOf({
        requests: list.map(({ wait, host, path, line, outcome }, i) =>
          exchange(i + 1, i * 50, { wait, url: `http://${host}.example${path}`, callSite: site(line), outcome }),
        ),
      });
      const usual = new Usual(store);
      const all = [...store.requests.values()];
      for (const r of all) {
        const expected = plainly(r, all);
        expect(usual.totalOf(r)).toBe(expected);
        if (expected !== undefined) known++;
      }
    }),
  );
  expect(known).toBeGreaterThan(1000);
});

test('the first fetch of each thread', () => {
  const of = (id: number, at: number, thread: string, api = 'fetch') => ({ ...exchange(id, at), api, thread });
  const store = storeOf({
    requests: [of(1, 5, '1-0'), of(2, 9, '1-1'), of(3, 3, '1-0'), of(4, 1, '1-0', 'http'), of(5, 20, '1-1')],
  });
  const usual = new Usual(store);
  expect([...store.requests.values()].filter((r) => usual.isFirstFetch(r)).map((r) => r.id)).toEqual([
    '1-0-2',
    '1-0-3',
  ]);
});
