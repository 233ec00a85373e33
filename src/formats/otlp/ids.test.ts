import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nonZero, spanIdOf, traceIdOf, traceParentOf } from './ids';

test('ids have their lengths, and depend on where one part ends and the next begins', () => {
  expect(traceIdOf('t', 'request', '1')).toMatch(/^[0-9a-f]{32}$/);
  expect(spanIdOf('t', 'request', '1')).toMatch(/^[0-9a-f]{16}$/);
  expect(spanIdOf('ab', 'c')).not.toBe(spanIdOf('a', 'bc'));
  expect(spanIdOf('a')).not.toBe(traceIdOf('a').slice(0, 16));
});

test('an id is never zero', () => {
  expect(nonZero('0000')).toBe('0001');
  expect(nonZero('0100')).toBe('0100');
});

describe('a traceparent', () => {
  const [trace, span] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
  const of = (value: string) => traceParentOf({ headers: [{ name: 'traceparent', value }] });

  test('is read', () => {
    expect(of(`00-${trace}-${span}-01`)).toEqual({ traceId: trace, spanId: span, flags: 1 });
    expect(of(`cc-${trace}-${span}-01-what-comes-later`)).toMatchObject({ traceId: trace });
  });

  test.each([
    ['version ff', `ff-${trace}-${span}-01`],
    ['more than version 00 has', `00-${trace}-${span}-01-x`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${span}-01`],
    ['a span of zeros', `00-${trace}-${'0'.repeat(16)}-01`],
    ['capital letters', `00-${trace.toUpperCase()}-${span}-01`],
    ['nothing', ''],
  ])('with %s counts for nothing', (_, value) => {
    expect(of(value)).toBeUndefined();
  });

  test('without its value counts for nothing', () => {
    expect(traceParentOf({ headers: [{ name: 'traceparent', length: 55 }] })).toBeUndefined();
    expect(traceParentOf({})).toBeUndefined();
  });

  test('of any text: ids of the right length and not zero, or nothing', () => {
    const digits = (length: number) =>
      fc
        .array(fc.constantFrom(...'0123456789abcdefAF-'), { minLength: length, maxLength: length })
        .map((list) => list.join(''));
    const like = fc.tuple(digits(2), digits(32), digits(16), digits(2)).map((parts) => parts.join('-'));
    const almost = fc.tuple(fc.nat(54), fc.string({ maxLength: 2 })).map(([n, text]) => {
      const good = `00-${trace}-${span}-01`;
      return good.slice(0, n) + text + good.slice(n + text.length);
    });
    let read = 0;
    fc.assert(
      fc.property(fc.oneof(fc.string(), like, almost), (value) => {
        const found = of(value);
        if (found === undefined) return;
        read++;
        expect(found.traceId).toMatch(/^(?=.*[^0])[0-9a-f]{32}$/);
        expect(found.spanId).toMatch(/^(?=.*[^0])[0-9a-f]{16}$/);
        expect(found.flags >= 0 && found.flags <= 255).toBe(true);
      }),
    );
    expect(read).toBeGreaterThan(0);
  });
});
