import { expect, test } from 'vitest';
import { documentOf } from '../document';
import { foldLines } from '../testing/store';

const stop = {
  k: 'brk',
  at: 10,
  breakpoint: 'b',
  hits: 3,
  what: 'stop',
  title: 'T',
  request: 7,
  method: 'GET',
  url: 'u',
};

test('hits of network breakpoints are given once, and are no part of the trace', () => {
  const over = { k: 'brk', at: 20, breakpoint: 'b', hits: 3, what: 'over' };
  const store = foldLines([stop, over]);
  expect(store.takeBreakpointHits()).toEqual([
    {
      at: 10,
      thread: '1-0',
      breakpoint: 'b',
      hits: 3,
      what: 'stop',
      title: 'T',
      request: '1-0-7',
      method: 'GET',
      url: 'u',
    },
    { at: 20, thread: '1-0', breakpoint: 'b', hits: 3, what: 'over' },
  ]);
  expect(store.takeBreakpointHits()).toEqual([]);
  expect(documentOf(store)).toEqual(documentOf(foldLines([])));
});

test('an invalid hit counts as a lost line, and of many hits the newest are kept', () => {
  const wrong = [{ what: 'other' }, { breakpoint: 'x'.repeat(200) }, { hits: -1 }, { callSite: { file: 1 } }];
  const store = foldLines(wrong.map((fields) => ({ ...stop, ...fields })));
  expect(store.takeBreakpointHits()).toEqual([]);
  expect(store.losses.reduce((sum, l) => sum + l.count, 0)).toBe(4);
  const many = foldLines(Array.from({ length: 1005 }, (_, hits) => ({ ...stop, hits })));
  const hits = many.takeBreakpointHits();
  expect([hits.length, hits[0]?.hits, hits.at(-1)?.hits]).toEqual([1000, 5, 1004]);
});
