/** Many requests from one line: what is a loop, a burst of many callers, retries, and what only looks like one of these. */
import { describe, expect, test } from 'vitest';
import type { Request } from '../../../model/records';
import { list } from '../../testing/ruleRecords';
import { exchange, findingOf, type Records, site } from '../../testing/store';

test('requests of one line to different servers are not to be requested all at once', () => {
  const spread = list(8, (i) =>
    exchange(i + 1, i * 20, { url: `https://s${i}.example/items/7?q=1`, callSite: site(3) }),
  );
  expect(findingOf({ requests: spread }, 'n-plus-one')).toBeUndefined();
});

describe('similar requests from one line', () => {
  const id = (i: number): string => `https://api.shop.example/items/${i}`;
  const of = (
    n: number,
    at: (i: number) => number,
    more: (i: number) => Partial<Request> & { wait?: number } = () => ({}),
  ) =>
    findingOf(
      { requests: list(n, (i) => exchange(i + 1, at(i), { url: id(i), callSite: site(3), ...more(i) })) },
      'n-plus-one',
    );
  const sequence = (i: number): number => i * 14;
  const burst = (i: number): number => i;

  test('are a loop if each follows the one before', () => {
    expect(of(6, sequence)).toMatchObject({ certainty: 'likely', fault: 'yourCode' });
    expect(of(6, (i) => i * 100)).toBeUndefined();
    // A busy machine held most steps up a little, or one for long.
    expect(of(9, (i) => sequence(i) + Math.floor((i * 2) / 3) * 9)).toMatchObject({ certainty: 'likely' });
    expect(of(9, (i) => sequence(i) + (i < 4 ? 0 : 300))?.subjects).toHaveLength(9);
  });
  test('begun together may have a caller each, unless they are of one incoming request, or one test', () => {
    expect(of(6, burst)).toMatchObject({ certainty: 'unclear', fault: 'unclear' });
    expect(of(6, burst, () => ({ cause: '1-0-99' }))).toMatchObject({ certainty: 'likely', fault: 'yourCode' });
    expect(of(6, burst, () => ({ label: 'cart' }))).toMatchObject({ certainty: 'likely' });
  });
  test('a few at once are a loop only of a parent that is known', () => {
    const two = (i: number): number => Math.floor(i / 2) * 60 + (i % 2) * 55;
    const long = { wait: 58 };
    expect(of(8, two, () => long)).toBeUndefined();
    expect(of(8, two, () => ({ ...long, cause: '1-0-99' }))).toMatchObject({ certainty: 'likely' });
  });
  test.each([
    ['incoming requests', (i: number) => ({ cause: `1-0-${90 + i}` })],
    ['tests', (i: number) => ({ label: `test ${i}` })],
    ['threads', (i: number) => ({ thread: `1-${i}` })],
    ['users', (i: number) => ({ headers: [{ name: 'Authorization', length: 20 + i }] })],
    ['servers', (i: number) => ({ url: `https://s${i}.example/items/${i}` })],
  ])('of several %s are no loop of one', (_, more) => {
    for (const at of [sequence, burst]) expect(of(9, at, more)).toBeUndefined();
  });
  test('that differ in two places, or lead on to somewhere else, ask for no list of ids', () => {
    expect(of(6, sequence, (i) => ({ url: `${id(i)}?of=${i}` }))).toBeUndefined();
    expect(of(6, sequence, (i) => ({ url: `${id(i)}?of=1` }))).toBeDefined();
    expect(of(6, sequence, () => ({ response: { status: 301 } }))).toBeUndefined();
  });
  test('those of a loop are counted, not others of the line', () => {
    const found = of(12, (i) => (i < 7 ? sequence(i) : 5000 * i));
    expect(found?.subjects).toHaveLength(7);
    expect(found?.title).toBe('7 similar requests from shop.ts:3');
  });
});

describe('retries', () => {
  /** Tries that fail within 1 ms, with so many ms between them. */
  const tries = (...gaps: number[]): Records => {
    let at = 0;
    const begins = [0, ...gaps].map((gap, i) => (at += i === 0 ? 0 : gap + 1));
    return { requests: begins.map((t, i) => exchange(i + 1, t, { wait: 0, response: { status: 503 } })) };
  };
  test('that a busy machine held up once do not wait longer and longer', () => {
    expect(findingOf(tries(1, 1, 1, 9, 1, 1), 'retry-storm')).toBeDefined();
    expect(findingOf(tries(9, 1, 1, 1, 1, 9), 'retry-storm')).toBeDefined();
  });
  test('that wait longer and longer, up to a limit, are no storm', () => {
    expect(findingOf(tries(100, 200, 400), 'retry-storm')).toBeUndefined();
    expect(findingOf(tries(100, 200, 400, 400, 400, 400, 400, 400), 'retry-storm')).toBeUndefined();
  });
});
