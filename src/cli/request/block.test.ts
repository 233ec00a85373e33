import { expect, test } from 'vitest';
import { rowsOf } from '../../answers/requests/rows';
import { requestOf, traceOf } from '../../formats/testing/example';
import type { Request } from '../../model/records';
import type { Row } from '../../model/rows/row';
import { Store } from '../../model/store/store';
import { styleFor } from '../terminal/say';
import { requestBlocks } from './block';

// Of 100,000 requests the text is longer than the longest string.
test('a block is made when it is asked for, with an empty line between two', () => {
  const requests = Array.from({ length: 3 }, (_, n) => requestOf({ id: `1-0-${n}`, url: `http://a.example/${n}` }));
  const store = Store.fromDocument(traceOf({ requests }));
  let taken = 0;
  function* counted(): Generator<Row> {
    for (const row of rowsOf(store, 0)) {
      taken++;
      yield row;
    }
  }
  const blocks = requestBlocks(store, counted(), { now: 0, style: styleFor({}), body: false });
  expect(blocks.next().value).toMatch(/^\S+ http:\/\/a\.example\/0 .*\n/);
  expect(taken).toBe(1);
  expect(blocks.next().value).toMatch(/^\n\S+ http:\/\/a\.example\/1 .*\n/);
  expect(taken).toBe(2);
});

test('a round trip of some microseconds is not shown as 0', () => {
  const requests = [29, 4_700].map((minRtt, n) =>
    requestOf({ id: `1-0-${n}`, kernel: { minRtt } as Request['kernel'] & object }),
  );
  const store = Store.fromDocument(traceOf({ requests }));
  const [one, other] = [...requestBlocks(store, rowsOf(store, 0), { now: 0, style: styleFor({}), body: false })];
  expect(one).toContain('kernel: round trip at least 29 µs\n');
  expect(other).toContain('kernel: round trip at least 4.7 ms\n');
});
