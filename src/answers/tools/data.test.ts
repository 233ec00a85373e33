import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bounded, bytesOf, dataText, fitting } from './data';

test('a text is on one line, without what a screen or a reader would take for more than a text', () => {
  expect(dataText('a\x1b[31m\nb\u202ec\u2066\u061cd\u200b\ufeff', 100)).toBe(
    'a\ufffd[31m\ufffdb\ufffdc\ufffd\ufffdd\ufffd\ufffd',
  );
  // Letters of the plane of tags spell a text that nobody sees.
  expect(dataText('x\u{e0069}\u{e0067}\u{e006e}y\ufe0f\ud83dz', 100)).toBe('x\ufffd\ufffd\ufffdy\ufffd\ufffdz');
  expect(dataText('é 日本 😀 <b>', 100)).toBe('é 日本 😀 <b>');
});

test('a long text is cut with a mark that gives its length', () => {
  expect(dataText('a'.repeat(1_000_000), 5)).toBe('aaaaa… [cut: 1,000,000 characters in all]');
});

test('what is left out is counted', () => {
  const { value, cut } = bounded(
    { list: Array.from({ length: 130 }, (_, n) => n), text: 'x'.repeat(2001), gone: undefined },
    10_000,
  );
  expect(value.list).toHaveLength(100);
  expect(Object.keys(value)).toEqual(['list', 'text']);
  expect(cut).toEqual({ texts: 1, items: 30 });
});

test('any value fits', () => {
  const long = fc
    .tuple(fc.constantFrom('x', '"', '\\', '\n', '\u202e', '日', '😀', 'ab c'), fc.integer({ min: 1, max: 3000 }))
    .map(([unit, times]) => unit.repeat(times));
  const inner = fc.dictionary(long, fc.array(long, { maxLength: 20 }), { maxKeys: 8 });
  fc.assert(
    fc.property(fc.dictionary(long, fc.dictionary(long, fc.array(inner), { maxKeys: 20 }), { maxKeys: 8 }), (value) => {
      const max = 20_000;
      const out = bounded(value, max);
      expect(bytesOf(out.value)).toBeLessThanOrEqual(max);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
      expect(JSON.stringify(out.value)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }),
    { numRuns: 20 },
  );
});

test('of a list the first that fit', () => {
  const made: number[] = [];
  function* items() {
    for (let n = 0; ; n++) {
      made.push(n);
      yield { n, text: 'x'.repeat(100) };
    }
  }
  const { items: out } = fitting(items(), 900);
  expect(out.map((o) => o.n)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(made).toHaveLength(8);
});
