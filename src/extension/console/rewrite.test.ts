import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rewrite, usesOf } from './rewrite';
import { tokensOf } from './tokens';

/** Runs what was rewritten, with an object in the place of `$net`. */
const run = (expression: string, globals: object = {}): unknown =>
  runInNewContext(
    rewrite(expression, () => '{last: {status: 200, url: "u"}, requests: (q) => [q]}') ?? expression,
    globals,
  );

describe('what replaces $net', () => {
  test.each<[string, unknown]>([
    ['$net.last.status', 200],
    ['$net.last.status + $net.last.status', 400],
    ['$net?.last?.status', 200],
    ['$net["last"].status', 200],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what is tested
    ['`a ${$net.last.url} $net ${`${$net.last.status}`}`', 'a u $net 200'],
    ['"$net" + \'$net.last\'', '$net$net.last'],
    ['"\\"$net" + $net.last.url', '"$netu'],
    ['/$net\\/[/$net]/.test("x") || $net.last.url', 'u'],
    ['6 / 2 / $net.last.status', 0.015],
    ['(6) /$net.last.status/ 1', 0.03],
    ['/* $net */ $net.last.url // $net', 'u'],
    ['[...$net.requests("a")].length', 1],
    ['({ $net: 1 }).$net', 1],
    ['({ $net }).$net.last.url', 'u'],
    ['({ a: 1, $net }).$net.last.url', 'u'],
    ['({ a: $net.last.url }).a', 'u'],
    ['({ a: $net, b: 1 }).a.last.url', 'u'],
    ['({ [$net.last.url]: 1 }).u', 1],
    ['({ get $net() { return 7; } }).$net', 7],
    ['true ? $net.last.url : 0', 'u'],
    ['false ? 1 : $net.last.url', 'u'],
    ['typeof $net', 'object'],
    ['var $network = 1, my$net = 2; $network + my$net', 3],
    ['let é$net = 3; é$net', 3],
    ['var a = 1\n$net.last.url', 'u'],
    ['if (true)\n$net.last.url', 'u'],
    ['[1, 2].map(x => x + $net.last.status)[0]', 201],
    ['(() => { return $net.last.url })()', 'u'],
    ['((a, b = 1) => $net.last.status + a)(1)', 201],
    ['[$net, 1][0].last.url', 'u'],
    ['a = [$net.last.status]; a[0]', 200],
    ['for (const x of $net.requests("q")) x; $net.last.url', 'u'],
    ['const { last } = $net; last.url', 'u'],
    ['const { last: { status } } = $net; status', 200],
    ['({}, $net).last.url', 'u'],
    ['switch (1) { case 1: $net.last.url }', 'u'],
    ['$net.requests(`x`)[0] + 0x1f + 1_000 + .5', 'x3110000.5'],
    ['class A { #$net = 1; get() { return this.#$net } }; new A().get()', 1],
    ['label: $net.last.url', 'u'],
    ['/[$net]{2}/u.source', '[$net]{2}'],
    ['if (true) /$net/.source', '$net'],
    ['{} /$net/.source', '$net'],
    ['a = 1; a++ / $net.last.status / 1', 0.005],
  ])('%s', (expression, value) => expect(run(expression)).toEqual(value));

  test.each([
    '$net = 1; $net',
    '$net += 1',
    '$net++',
    '--$net',
    'let $net = 1',
    'var $net',
    'function $net() {}',
    '($net) => $net.last',
    '$net => $net.last',
    '(a, { $net }) => $net',
    '((a, [$net] = [1]) => $net)()',
    'function f(a, $net) { return $net }',
    'function (…$net) {}',
    'try {} catch ($net) { $net }',
    'const { $net } = {}',
    'const [$net] = [1]; $net',
    '[$net] = [5]',
    'for (const $net of []) $net',
    'const { a: { $net } } = { a: {} }',
    'import $net from "x"',
  ])('is left alone where it is declared or assigned: %s', (expression) =>
    expect(rewrite(expression, () => '{}')).toBeUndefined(),
  );

  test.each(['"$net', '`${$net', '`$net', '/$net', '/* $net', "'$net\n'"])(
    'what is cut off is left alone: %s',
    (text) => expect(rewrite(text, () => '{}')).toBeUndefined(),
  );

  test('a $net of the program itself goes before', () =>
    expect(run('$net.last', { $net: { last: 'own' } })).toBe('own'));

  test('names what is asked for, and the query where it is plain', () => {
    expect(usesOf('$net.requests("status:>=500 \\"a b\\"").length')).toEqual([
      { member: 'requests', query: 'status:>=500 "a b"' },
    ]);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what is tested
    expect(usesOf('$net?.requests(`a`); $net.requests(`${x}`); $net.requests(q); $net.last; $net')).toEqual([
      { member: 'requests', query: 'a' },
      { member: 'requests' },
      { member: 'requests' },
      { member: 'last' },
      {},
    ]);
    expect(usesOf("$net.requests('\\x41')")).toEqual([{ member: 'requests' }]);
  });

  test('any text: never throws, tokens cover it in order, nothing else is changed', () => {
    const part = fc.constantFrom(
      '$net',
      '.',
      '{',
      '}',
      '${',
      '`',
      '"',
      "'",
      '/',
      '\\',
      '\n',
      '(',
      ')',
      '=>',
      ',',
      'a',
      '1',
      ' ',
      '//',
      '/*',
      '*/',
    );
    const seen = { tokens: 0, rewritten: 0 };
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 30 }), (parts) => {
        const text = parts.join('');
        let end = 0;
        for (const token of tokensOf(text) ?? []) {
          expect(token.begin).toBeGreaterThanOrEqual(end);
          end = token.end;
          seen.tokens++;
        }
        expect(end).toBeLessThanOrEqual(text.length);
        const marked = rewrite(text, () => '\u0001');
        const value = "Object(typeof $net === 'undefined' ? \u0001 : $net)";
        if (marked !== undefined && !text.includes('\u0001')) {
          const back = marked.replaceAll(`$net: ${value}`, '$net').replaceAll(value, '$net');
          expect(back).toBe(text);
          seen.rewritten++;
        }
      }),
      { numRuns: 500 },
    );
    expect(Math.min(seen.tokens, seen.rewritten)).toBeGreaterThan(0);
  });
});
