/** Calls of getaddrinfo find their lookups, in whatever order both are read; others find none. */
import { describe, expect, test } from 'vitest';
import { emptyStore, foldLines, procLine } from '../testing/store';
import { Folder } from './folder';
import type { LookupCall } from './lookupCalls';

const lookup = (id: number, beginAt: number, endAt: number, more: object = {}) => ({
  k: 'lookup',
  id,
  call: 'lookup',
  hostname: 'a.example',
  beginAt,
  endAt,
  ...more,
});
const call = (beginAt: number, endAt: number, more: Partial<LookupCall> = {}): LookupCall => ({
  pid: 1,
  name: 'a.example',
  beginAt,
  endAt,
  result: 0,
  ...more,
});

type Step = object | { call: LookupCall };
/** Lines of the hook, and calls as `{ call }`, in the order in which they are read. */
function systems(steps: readonly Step[]): Record<string, unknown> {
  const store = emptyStore();
  const folder = new Folder(store);
  folder.fold(procLine(), { file: 'f', offset: 0 });
  steps.forEach((step, i) => {
    if ('call' in step && typeof step.call === 'object') folder.kernel({ k: 'lookupCall', call: step.call });
    else folder.fold(JSON.stringify(step), { file: 'f', offset: i + 1 });
  });
  return Object.fromEntries([...store.lookups.values()].map((l) => [l.id, l.system]));
}

test('whichever is read first', () => {
  const expected = { '1-0-1': { beginAt: 3000, endAt: 9000, result: -2 } };
  const one = lookup(1, 1000, 10_000);
  const its = { call: call(3000, 9000, { result: -2 }) };
  expect(systems([one, its])).toEqual(expected);
  expect(systems([its, one])).toEqual(expected);
  // The begin alone says nothing yet.
  expect(systems([{ ...one, endAt: undefined }, its, one])).toEqual(expected);
});

test('two of one name behind each other have one each', () => {
  const lines = [lookup(1, 1000, 10_000), lookup(2, 1500, 19_000)];
  const calls = [{ call: call(2000, 9900) }, { call: call(10_000, 18_900) }];
  const expected = { '1-0-1': calls[0]?.call, '1-0-2': calls[1]?.call };
  const found = systems([...calls, ...lines]);
  for (const [id, its] of Object.entries(expected))
    expect(found[id]).toEqual({ beginAt: its?.beginAt, endAt: its?.endAt, result: 0 });
  expect(systems([...lines, ...calls])).toEqual(found);
});

describe('none is taken', () => {
  test.each<[string, LookupCall, object?]>([
    ['of another process', call(3000, 9000, { pid: 2 })],
    ['of another name', call(3000, 9000, { name: 'b.example' })],
    ['before the lookup', call(500, 900)],
    ['after it', call(9000, 12_000)],
    ['where the hook asked for a thread', call(3000, 9000, { name: '127.1' }), { hostname: '127.1' }],
    ['of a resolver’s question', call(3000, 9000), { call: 'resolve4' }],
  ])('%s', (_, its, more) =>
    expect(systems([lookup(1, 1000, 10_000, more), { call: its }])).toEqual({ '1-0-1': undefined }),
  );
});

test('a line of the hook says nothing of it', () => {
  const store = foldLines([lookup(1, 1000, 10_000, { system: { beginAt: 1, endAt: 2, result: 0 } })]);
  expect(store.lookups.get('1-0-1')?.system).toBeUndefined();
});

test('what never finds its lookup does not grow without end', () => {
  const others = Array.from({ length: 5000 }, (_, i) => ({ call: call(i, i + 1, { pid: 7 }) }));
  expect(systems([...others, lookup(1, 1000, 10_000), { call: call(3000, 9000) }])['1-0-1']).toBeDefined();
});
