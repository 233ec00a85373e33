/** What is said when nothing passed: only what the rows bear out. */
import { expect, test } from 'vitest';
import { plainFields, type Subject } from '../../testing/query';
import { parseQuery } from '../parse';
import { hintsFor } from './hints';

const subjects: Subject[] = [
  { path: '/api/cart', host: ['shop.example', 'shop.example:80'], status: 200, text: 'get /api/cart' },
  { path: '/api/items/7', host: ['api.shop.example', 'api.shop.example:80'], status: 503, text: 'get /api/items/7' },
];
function hints(text: string): string[] {
  const { query, words = [] } = parseQuery(text) as Extract<ReturnType<typeof parseQuery>, { query: object }>;
  return hintsFor(query, words, subjects, plainFields);
}

test.each<[string, string[]]>([
  ['path:/api', ['path:/api is the whole path: path:/api* matches 2.']],
  ['path:/api/items status:200', ['path:/api/items is the whole path: path:/api/items* matches 1.']],
  ['host:shop', ['host:shop is the whole host: host:*shop* matches 2.']],
  ['page=2', ['page=2: searched as text in URL, call site, error and the like.']],
  [
    'path:/api cat',
    [
      'path:/api is the whole path: path:/api* matches 2.',
      'cat: searched as text in URL, call site, error and the like.',
    ],
  ],
  ['path:/api/cart|/api/items/7', ['| is no "or" in a value: path:/api/cart,/api/items/7 matches 2.']],
  ['path:/a|/b', []],
  ['path:/api/cart status:503', []],
  ['path:/nowhere', []],
  ['-path:/api', []],
  ['path:=/api', []],
  ['"cat"', []],
  ['status:404', []],
])('%s', (text, expected) => expect(hints(text)).toEqual(expected));
