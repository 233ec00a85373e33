import { describe, expect, test } from 'vitest';
import type { Row } from '../../model/rows/row';
import { urlLiteralAt } from './literals';

const row = (url: string): Pick<Row, 'url' | 'path'> => ({ url, path: new URL(url).pathname });
/** `|` is where the pointer rests. */
const at = (line: string) => urlLiteralAt(line.replace('|', ''), line.indexOf('|'));
const matches = (line: string, url: string) => at(line)?.matches(row(url));

describe('a URL in a string', () => {
  test.each<[string, string, boolean]>([
    ["fetch('http://a|.example/items')", 'http://a.example/items', true],
    ["fetch('http://a|.example/items')", 'http://a.example/items/5?x=1', true],
    ["fetch('http://a|.example/items')", 'http://a.example/itemsets', false],
    ["fetch('http://a|.example/items?page=2')", 'http://a.example/items?page=3', true],
    ["const base = 'http://a.example|'", 'http://a.example/any/thing', true],
    ["const base = 'http://a.example|/'", 'http://a.example/any', true],
    ["const base = 'http://a.example|'", 'http://a.example.org/', false],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: code that is hovered over
    ['fetch(`http://a.example/items/${id|}/parts`)', 'http://a.example/items/55/parts', true],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: code that is hovered over
    ['fetch(`http://a.example/items/${id|}/parts`)', 'http://a.example/items/55', false],
    ["get(base + '/items|/')", 'http://b.example/items', true],
    ["get(base + '/items|')", 'http://b.example/items/5', false],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: code that is hovered over
    ['get(`/items/${id}|`)', 'http://b.example/items/5', true],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: code that is hovered over
    ['get(`/items/${id ?? 1}/p|arts?page=${n}#x`)', 'http://b.example/items/5/parts', true],
    ["f(\"it's\", '/items|/')", 'http://b.example/items', true],
    ["f('a\\'b', '/items|')", 'http://b.example/items', true],
    ["f('/items|'), `", 'http://b.example/items', true],
    ["f('x', 'http://A.example/|(.*)[')", 'http://a.example/(.*)[', true],
  ])('%s means %s: %s', (line, url, yes) => expect(matches(line, url)).toBe(yes));

  test.each([
    "f('hel|lo')",
    "import x from '../x|'",
    '|const a = 1',
    "f('http://|')",
    "f('/|/ no')",
    "|f('http://a.example/')",
  ])('%s is none', (line) => expect(at(line)).toBeUndefined());

  test('has the place without its quotes', () =>
    expect(at(`get("/ite|ms")`)).toMatchObject({ begin: 5, end: 11, text: '/items' }));

  test('a very long line is not looked at', () => expect(urlLiteralAt(`'/a${'b'.repeat(5000)}'`, 3)).toBeUndefined());
});
