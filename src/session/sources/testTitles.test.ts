import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { titleAt, titledCalls } from './testTitles';

/** Title at the first `HERE` of a text. */
function at(text: string): string | undefined {
  const calls = titledCalls(text);
  return calls && titleAt(calls, text.indexOf('HERE'));
}

describe('the title of the test around a place', () => {
  test.each([
    [`test('asks', async () => { HERE; });`, 'asks'],
    [
      `describe("shop", () => { beforeEach(start); it.only('asks', { timeout: 5 }, function () { HERE }) })`,
      'shop › asks',
    ],
    [`test('outer', (t) => { t.test(\`inner\`, () => HERE); })`, 'outer › inner'],
    [`it.each([[1], [2]])('adds %i', (n) => HERE)`, 'adds %i'],
    [
      `test('first', () => {}); test('it\\'s the second', () => { const a = "(" + \`\${f('}')} )\`; HERE })`,
      "it's the second",
    ],
    [`test('quotes in an expression', () => { if (/['"(]/.test(a)) HERE })`, 'quotes in an expression'],
    [`test('comments', () => { // don't (\n /* ' { */ HERE })`, 'comments'],
    [`const half = a / 2, b = "x" / 3; test('division', () => HERE)`, 'division'],
  ])('%s', (text, title) => expect(at(text)).toBe(title));

  test.each([
    ['a hook', `describe('shop', () => { beforeEach(() => HERE) })`],
    ['beside tests', `test('a', () => {}); HERE; test('b', () => {});`],
    ['a title that is computed', `test(\`asks \${n}\`, () => HERE)`],
    ['a title by a name', 'test(title, () => HERE)'],
    ['one of its suites is computed', "describe(name, () => test('a', () => HERE))"],
    ['a helper below the tests', `test('a', () => get()); function get() { HERE }`],
    ['a call of another name', `attest('a', () => HERE)`],
    ['an expression tested', `/a/.test('a'); HERE`],
    ['brackets that do not match', `test('a', () => { HERE ]); `],
    ['a text that ends too early', `test('a', () => { HERE `],
    ['text of JSX with a quote', `test('a', () => <p>it's</p>); test('b', () => HERE)`],
  ])('there is none: %s', (_, text) => expect(at(text)).toBeUndefined());

  test('of generated files: the test that the place is in, whatever stands around', () => {
    const noise = fc.constantFrom(
      "const a = '(';",
      `f(\`\${g({ a: [1] })}\`);`,
      'const r = /[(\'"`]/g;',
      "// it's { ( [\n",
      "describe('other', () => { it('x', () => {}) });",
      'x = y / z / 2;',
    );
    const title = fc.stringMatching(/^[a-z ()'"{}/]{1,20}$/);
    const parts = fc.array(noise, { maxLength: 6 }).map((list) => list.join('\n'));
    fc.assert(
      fc.property(title, title, parts, parts, parts, (suite, name, before, inside, after) => {
        const text = `${before}\ndescribe(${JSON.stringify(suite)}, () => {\n${inside}\ntest(${JSON.stringify(name)}, async () => {\n${inside}\nHERE;\n${after}});\n${after}});`;
        const clean = (t: string) => t.replace(/\s+/g, ' ');
        expect(at(text)).toBe(`${clean(suite)} › ${clean(name)}`);
      }),
    );
  });

  test('any text is read to its end', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', ...'`{}()[]\'"/\\*\n a', 'test(', "'t',") }), (text) => {
        for (const { begin, end } of titledCalls(text) ?? []) expect(text[begin] + (text[end] ?? '')).toBe('()');
      }),
    );
  });
});
