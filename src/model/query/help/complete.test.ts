/** What is offered where, and that what is taken can be read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { onlyInTrace } from '../../traceRules';
import { keys } from '../keys';
import { parseQuery } from '../parse';
import { completions } from './complete';
import { descriptions, keyTable } from './describe';

const values: Record<string, readonly string[]> = {
  method: ['GET', 'POST', 'GET'],
  host: ['api.shop.test', 'pay.test', 'pay.test', 'pay.test'],
  status: ['200', '404', '200'],
  path: ['/api/a b', '/api/x', '/"q"', '/a*b'],
  header: ['etag=1', 'etag=2', 'x-cache=HIT', 'etag=1'],
  label: ['', 'nightly'],
};
const seen = (key: string): readonly string[] => values[key] ?? [];

/** `|` marks the caret. */
function at(marked: string) {
  const position = marked.indexOf('|');
  const text = marked.replace('|', '');
  const { from, to, items } = completions(text, position, seen);
  return { text, from, to, items, inserts: items.map((i) => i.insert) };
}

describe('completions', () => {
  test.each<[string, string[]]>([
    ['stat|', ['status:', 'grpc-status:']],
    ['STAT|', ['status:', 'grpc-status:']],
    ['-stat|', ['status:', 'grpc-status:']],
    ['a (stat|', ['status:', 'grpc-status:']],
    ['dom|', ['domain:']],
    ['fai|', ['is:failed']],
    ['is:ab|', ['aborted']],
    ['is:failed,ab|', ['aborted']],
    ['has:lab|', ['label']],
    ['method:|', ['GET', 'POST']],
    ['method:p|', ['POST']],
    ['method:GET,|', ['GET', 'POST']],
    ['host:|', ['pay.test', 'api.shop.test']],
    ['host:shop|', ['api.shop.test']],
    ['status:|', ['>=400', '5xx', '4xx', '200', '404']],
    ['status:4|', ['4xx', '404']],
    ['status:>=|', []],
    ['duration:|', ['>100ms', '>1s', '<10ms', '100ms..1s']],
    ['direction:|', ['in', 'out']],
    ['reused:|', ['true', 'false']],
    ['path:/api|', ['/api/x', '"/api/a b"']],
    ['path:|', ['/"q"', '"/a*b"', '/api/x', '"/api/a b"'].map((v) => (v === '/"q"' ? '"/\\"q\\""' : v))],
    ['label:|', ['nightly']],
    ['header:|', ['etag', 'x-cache']],
    ['header:etag=|', ['1', '2']],
    ['header:x-cache=h|', ['HIT']],
    ['stats:|', []],
    ['cart|', []],
    ['"stat|', []],
  ])('%s', (marked, inserts) => expect([...at(marked).inserts].sort()).toEqual([...inserts].sort()));

  test('the frequent ones first, with how often; those that begin so before those that hold it', () => {
    expect(at('host:|').items[0]).toEqual({ insert: 'pay.test', kind: 'value', count: 3 });
    expect(at('host:sh|').inserts).toEqual(['api.shop.test']);
    expect(at('host:p|').inserts).toEqual(['pay.test', 'api.shop.test']);
  });
  test('nothing typed: all keys, each with its meaning', () => {
    const { items } = at('|');
    expect(items.length).toBeGreaterThan(40);
    expect(items.every((i) => i.detail)).toBe(true);
  });
  test.each([
    ['sta|', 0, 3],
    ['a sta|tus:5', 2, 9],
    ['method:GE|T,POST x', 7, 10],
    ['host:pay.te|st) or a', 5, 13],
  ])('%s: what is replaced', (marked, from, to) => expect(at(marked)).toMatchObject({ from, to }));

  test('whatever is typed: nothing throws, and what is taken for a value can be read', () => {
    const pieces = fc.constantFrom(
      'method:',
      'is:',
      'has:',
      'path:',
      'header:',
      'etag=',
      'status:',
      '>=',
      ',',
      '"',
      '(',
      ')',
      ' ',
      '-',
      'a',
      'p',
      '/',
      'or ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces, { maxLength: 8 }).map((all) => all.join('')),
        ),
        fc.nat(40),
        (text, n) => {
          const position = Math.min(n, text.length);
          const { from, to, items } = completions(text, position, seen);
          expect(from).toBeGreaterThanOrEqual(0);
          expect(from).toBeLessThanOrEqual(position);
          expect(to).toBeGreaterThanOrEqual(position);
          expect(to).toBeLessThanOrEqual(text.length);
          expect(new Set(items.map((i) => i.insert)).size).toBe(items.length);
        },
      ),
      { numRuns: 1000 },
    );
    for (const key of ['method', 'host', 'path', 'status', 'label', 'is', 'has', 'duration', 'size'])
      for (const { insert } of at(`${key}:|`).items)
        expect(parseQuery(`${key}:${insert}`).error, insert).toBeUndefined();
  });
});

test('every key is described, with an example that uses it', () => {
  for (const [key, [meaning, example]] of Object.entries(descriptions)) {
    expect(meaning).toMatch(/^[A-Z`].*[^.]$/);
    const { query } = parseQuery(example);
    expect(query, example).toMatchObject({ is: 'term', key });
  }
  expect(Object.keys(descriptions)).toEqual(Object.keys(keys));
});

const page = readFileSync(join(__dirname, '../../../../docs/query.md'), 'utf8');

test('docs/query.md has the table of keys', () => {
  expect(page).toContain(`\n${keyTable()}\n`);
});

test('every query in docs/query.md can be parsed', () => {
  const block = page.split('```')[1] as string;
  const queries = block
    .trim()
    .split('\n')
    .map((line) => line.split('   ')[0] as string);
  const table = page.slice(page.indexOf('| write |'), page.indexOf('**Together'));
  const cells = table
    .split('\n')
    .slice(2)
    .map((line) => line.split(' | ')[0] as string);
  const terms = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((m) => m[1] as string));
  const wrong = [...queries, ...terms].flatMap((text) => parseQuery(text).error?.message ?? []);
  expect(wrong).toEqual([]);
  expect(queries.length).toBe(4);
  expect(terms.length).toBeGreaterThan(20);
});

test('docs/query.md names the keys that only a trace knows', () => {
  const reported = page.slice(page.indexOf('as only a'), page.indexOf('An unknown word before a colon'));
  expect(reported.match(/`[^`]+`/g)).toEqual(
    [...onlyInTrace].map((k) => `\`${keys[k].kind === 'flag' ? 'is:' : ''}${k}\``),
  );
});
