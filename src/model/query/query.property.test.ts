/** What holds for all texts, trees and subjects. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { names, parsed, plainFields, type Subject } from '../testing/query';
import { compileQuery, type FieldValue, pending } from './compile';
import { type FieldName, keys } from './keys';
import { parseQuery } from './parse';
import { printQuery } from './print';
import type { NumberTest, Query, Test } from './tree';

const number = fc.oneof(fc.nat(), fc.integer({ min: 0, max: 600 }), fc.double({ min: 0, max: 1e12, noNaN: true }));
const text = fc.oneof(
  fc.string(),
  fc.constantFrom(
    'a',
    '/api/',
    'and',
    'Or',
    '-x',
    '!',
    'a:b',
    'status:5',
    '"',
    '\\',
    '\\"',
    '=',
    '~/a/',
    '/x/i',
    '(',
    'a)',
    ',',
    ' ',
  ),
);
const regexes = fc.constantFrom('a', '^\\/api', '[a-z]+\\d', 'x|y', 'a b'.replace(' ', '\\s'), '\\)', '[ /]');

const numberTest: fc.Arbitrary<NumberTest> = fc.oneof(
  number.map((n): NumberTest => ({ is: 'number', from: n, to: n })),
  fc.tuple(number, number).map(([a, b]): NumberTest => ({ is: 'number', from: Math.min(a, b), to: Math.max(a, b) })),
  fc
    .tuple(number, fc.boolean())
    .map(([from, above]): NumberTest => ({ is: 'number', from, ...(above ? { above } : {}) })),
  fc.tuple(number, fc.boolean()).map(([to, below]): NumberTest => ({ is: 'number', to, ...(below ? { below } : {}) })),
);

/** No two wildcards are adjacent: they would be the same as one. */
const parts = fc
  .array(text, { minLength: 1, maxLength: 4 })
  .map((all) => all.filter((p, i) => p !== '' || i === 0 || i === all.length - 1))
  .filter((all) => all.some((p) => p !== '') || all.length === 1);

function textTest(key: FieldName): fc.Arbitrary<Test> {
  const { values } = keys[key];
  const written = values
    ? fc.oneof(
        fc.constantFrom(...values).map((v) => [v]),
        parts.filter((p) => p.length > 1),
      )
    : parts;
  return fc.oneof(
    written.map((p): Test => ({ is: 'text', parts: p })),
    (values ? fc.constantFrom(...values) : text).map((t): Test => ({ is: 'text', parts: [t], exact: true })),
    fc.tuple(regexes, fc.constantFrom('', 's', 'u', 'su') as fc.Arbitrary<'' | 's'>).map(
      ([source, flags]): Test => ({
        is: 'regex',
        source,
        flags,
      }),
    ),
  );
}

const present: fc.Arbitrary<Test> = fc.constant({ is: 'present' });

function term(key: FieldName): fc.Arbitrary<Query> {
  const { kind } = keys[key];
  const of = (any: fc.Arbitrary<readonly Test[]>): fc.Arbitrary<Query> =>
    any.map((tests) => ({ is: 'term', key, any: tests }));
  const several = (test: fc.Arbitrary<Test>) => fc.array(test, { minLength: 1, maxLength: 3 });
  if (kind === 'flag') return of(present.map((t) => [t]));
  if (kind === 'text') return of(several(fc.oneof({ weight: 5, arbitrary: textTest(key) }, present)));
  if (kind !== 'header') return of(several(fc.oneof({ weight: 5, arbitrary: numberTest }, present)));
  const value = fc.oneof(
    parts.map((p): Test => ({ is: 'text', parts: p })),
    present,
  );
  return fc.oneof(
    of(present.map((t) => [t])),
    fc
      .tuple(fc.constantFrom('etag', 'x-a.b', 'content-type'), several(value))
      .map(([name, any]): Query => ({ is: 'term', key, name, any })),
  );
}

/** Any query there can be. */
const queries: fc.Arbitrary<Query> = fc.letrec<{ query: Query }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(...names).chain(term),
    tie('query').map((of): Query => ({ is: 'not', of })),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('query'), { minLength: 2, maxLength: 3 }))
      .map(([is, of]): Query => ({ is, of })),
  ),
})).query;

/** Values that tests of a key distinguish. */
function valuesOf(key: FieldName): fc.Arbitrary<FieldValue> {
  const { kind, values } = keys[key];
  if (kind === 'flag') return fc.boolean();
  if (kind === 'header')
    return fc.array(fc.constantFrom('etag', 'etag=a', 'x-a.b=', 'content-type=a'), { maxLength: 3 });
  if (kind !== 'text') return number;
  const one = values ? fc.constantFrom(...values) : text.map((t) => (key === 'text' ? t.toLowerCase() : t));
  return key === 'text' ? one : fc.oneof(one, fc.array(one, { maxLength: 3 }));
}

/** A subject with some fields pending, and one of those it may become. */
const unfinished: fc.Arbitrary<{ now: Subject; later: Subject }> = fc
  .tuple(
    fc.record(Object.fromEntries(names.map((n) => [n, fc.option(valuesOf(n), { nil: undefined })]))),
    fc.record(Object.fromEntries(names.map((n) => [n, fc.boolean()]))),
  )
  .map(([later, open]) => ({
    later,
    now: Object.fromEntries(names.map((n) => [n, open[n] ? pending : later[n]])),
  }));

describe('for all', () => {
  const texts = fc.oneof(
    fc.string({ maxLength: 60, unit: 'binary' }),
    fc
      .array(
        fc.constantFrom(
          'status',
          'path',
          'is',
          'has',
          'header',
          ':',
          '>=',
          '!',
          '-',
          '(',
          ')',
          '"',
          '/',
          '*',
          ',',
          '..',
          ' ',
          'or',
          ' and ',
          'not ',
          '5xx',
          'a',
          '=',
          ' = ',
          ' >',
          '\\',
          '200ms',
          '~',
          '[',
          'larger-than',
          'failed',
        ),
        { maxLength: 14 },
      )
      .map((all) => all.join('')),
  );
  test('parsing a text never throws, an error is within the text, and a printed query parses to the same query', () => {
    const seen = { queries: 0, errors: 0 };
    fc.assert(
      fc.property(texts, (text) => {
        const { query, error } = parseQuery(text);
        seen[query ? 'queries' : 'errors']++;
        if (query) {
          expect(parsed(printQuery(query))).toEqual(query);
          return;
        }
        expect(error.column).toBeGreaterThan(0);
        expect(error.length).toBeGreaterThan(0);
        expect(error.column - 1 + error.length).toBeLessThanOrEqual(text.length);
        expect(error.message).toContain(`column ${error.column}`);
      }),
      { numRuns: 3000 },
    );
    expect(Math.min(seen.queries, seen.errors)).toBeGreaterThan(100);
  });
  test('trees: printed and parsed they are themselves', () => {
    fc.assert(
      fc.property(queries, (query) => {
        expect(parsed(printQuery(query))).toEqual(query);
      }),
      { numRuns: 2000 },
    );
  });
  test('three values: a verdict on what is pending is that on whatever it becomes', () => {
    let open = 0;
    let decided = 0;
    fc.assert(
      fc.property(queries, unfinished, (query, { now, later }) => {
        const passes = compileQuery(query, plainFields);
        const verdict = passes(now);
        const final = passes(later);
        expect(typeof final).toBe('boolean');
        if (verdict === undefined) open++;
        else {
          decided++;
          expect(verdict).toBe(final);
        }
      }),
      { numRuns: 1500 },
    );
    // Both were seen, so that the property says something.
    expect(Math.min(open, decided)).toBeGreaterThan(100);
  });
});
