/** What a query that cannot be read says, and what is read as text. */
import { describe, expect, test } from 'vitest';
import { parsed } from '../testing/query';
import { parseQuery } from './parse';
import { printQuery } from './print';

describe('errors name the column and what was expected', () => {
  test.each<[string, number, number, string]>([
    [
      'stats:500',
      1,
      5,
      'unknown key "stats" at column 1. Did you mean status:500? To search for the text, use quotes: "stats:500"',
    ],
    [
      'a -statsu>=500',
      4,
      6,
      'unknown key "statsu" at column 4. Did you mean status:>=500? To search for the text, use quotes: "statsu>=500"',
    ],
    [
      'node:http',
      1,
      4,
      'unknown key "node" at column 1: expected a key such as status (docs/query.md lists them), or quotes: "node:http"',
    ],
    [
      'code:503',
      1,
      4,
      'unknown key "code" at column 1. Did you mean status:503? To search for the text, use quotes: "code:503"',
    ],
    [
      'code=503',
      1,
      4,
      'unknown key "code" at column 1. Did you mean status:503? To search for the text, use quotes: "code=503"',
    ],
    [
      'cart response.status:200',
      6,
      15,
      'unknown key "response.status" at column 6. Did you mean status:200? To search for the text, use quotes: "response.status:200"',
    ],
    [
      'http.status_code=404',
      1,
      16,
      'unknown key "http.status_code" at column 1. Did you mean status-code:404? To search for the text, use quotes: "http.status_code=404"',
    ],
    [
      'latency:>5',
      1,
      7,
      'unknown key "latency" at column 1. Did you mean duration:>5? To search for the text, use quotes: "latency:>5"',
    ],
    [
      'latency>=5s',
      1,
      7,
      'unknown key "latency" at column 1. Did you mean duration:>=5s? To search for the text, use quotes: "latency>=5s"',
    ],
    [
      'verb!=GET',
      1,
      4,
      'unknown key "verb" at column 1. Did you mean method:!GET? To search for the text, use quotes: "verb!=GET"',
    ],
    [
      'methd=GET',
      1,
      5,
      'unknown key "methd" at column 1. Did you mean method:GET? To search for the text, use quotes: "methd=GET"',
    ],
    [
      'foo:bar',
      1,
      3,
      'unknown key "foo" at column 1: expected a key such as status (docs/query.md lists them), or quotes: "foo:bar"',
    ],
    [
      'foo>=500',
      1,
      3,
      'unknown key "foo" at column 1: expected a key such as status (docs/query.md lists them), or quotes: "foo>=500"',
    ],
    [
      'duration=200ms',
      10,
      5,
      '"200ms" without a comparison at column 10: expected a time with a comparison (:>200ms, :<=1.5s) or a range (100ms..2s)',
    ],
    [
      'status = yes',
      10,
      3,
      '"yes" is no status at column 10: expected a status (404), a class (5xx), a comparison (:>=500) or a range (400..499)',
    ],
    ['is=failed', 3, 1, '"=" at column 3: expected "is:"'],
    ['status: is:failed', 1, 7, 'status has no value at column 1: expected a value right behind it'],
    ['status: -cart', 1, 7, 'status has no value at column 1: expected a value right behind it'],
    ['a status:', 3, 7, 'status has no value at column 3: expected a value right behind it'],
    ['method:', 1, 7, 'method has no value at column 1: expected a value right behind it'],
    ['status:404, 500', 11, 1, 'nothing after the comma at column 11: expected a value right behind it'],
    [
      'status:abc',
      8,
      3,
      '"abc" is no status at column 8: expected a status (404), a class (5xx), a comparison (:>=500) or a range (400..499)',
    ],
    ['pid:x', 5, 1, '"x" is no pid at column 5: expected a number, a comparison (:>1) or a range (1..9)'],
    [
      'duration:200ms',
      10,
      5,
      '"200ms" without a comparison at column 10: expected a time with a comparison (:>200ms, :<=1.5s) or a range (100ms..2s)',
    ],
    [
      'wait:>5kB',
      7,
      3,
      '"5kB" is no duration at column 7: expected a time with a comparison (:>200ms, :<=1.5s) or a range (100ms..2s)',
    ],
    [
      'size:>2s',
      7,
      2,
      '"2s" is no size at column 7: expected a size (1200, 10kB, 1MiB), a comparison (:>10kB) or a range (1k..9k)',
    ],
    ['status:499..400', 8, 8, 'the range "499..400" is empty at column 8: expected the smaller number first'],
    [
      'status:..',
      8,
      2,
      '".." is no status at column 8: expected a status (404), a class (5xx), a comparison (:>=500) or a range (400..499)',
    ],
    [
      'status:~5',
      8,
      1,
      '"~" at column 8: expected a status (404), a class (5xx), a comparison (:>=500) or a range (400..499)',
    ],
    ['method:>GET', 8, 1, 'method has no order, but there is ">" at column 8: expected method:VALUE'],
    ['method:~GET', 8, 1, '"~" at column 8: expected a regular expression behind it, as in ~/a+/'],
    ['direction:up', 11, 2, 'unknown direction "up" at column 11: expected one of in, out'],
    ['api:http,fech', 10, 4, 'unknown api "fech" at column 10. Did you mean fetch?'],
    ['is:fialed', 4, 6, 'unknown state "fialed" at column 4. Did you mean failed?'],
    [
      'is:blue',
      4,
      4,
      'unknown state "blue" at column 4: expected one of failed, server-error, running, slow, reused, new, unread, aborted, interrupted, queued, open, streaming, redirect, retry, incoming, mocked, sent-by-you, lost',
    ],
    ['is:', 3, 1, 'nothing behind ":" at column 3: expected a state such as failed'],
    ['has:eror', 5, 4, 'unknown key "eror" at column 5. Did you mean error?'],
    ['has:zebra', 5, 5, 'unknown key "zebra" at column 5: expected a key such as error or label'],
    ['has>3', 4, 1, '">" at column 4: expected "has:"'],
    ['reused:maybe', 8, 5, '"maybe" at column 8: expected true or false'],
    ['reused:', 1, 7, 'reused has no value at column 1: expected true or false'],
    ['header:=a', 8, 2, '"=a" is no name of a header at column 8: expected header:NAME or header:NAME=VALUE'],
    ['header:etag:x', 12, 2, '":x" after the header\'s name at column 12: expected "=" and a value, or a blank'],
    ['header:', 1, 7, 'header has no value at column 1: expected a value right behind it'],
    ['cart /(/', 6, 3, 'not a regular expression at column 6: Unterminated group'],
    ['path:/^(/', 6, 4, 'not a regular expression at column 6: Unterminated group'],
    [
      '/(a+)+$/',
      1,
      8,
      'not a regular expression at column 1: it may take exponential time: a repeated group holds a repetition or alternatives that begin alike',
    ],
    ['"abc', 1, 4, 'text that begins at column 1: expected a closing quote "'],
    ['label:"abc', 7, 4, 'text that begins at column 7: expected a closing quote "'],
    ['a ""', 3, 2, 'nothing between the quotes at column 3: expected text to search for'],
    ['(a', 1, 1, '"(" that is not closed at column 1: expected ")"'],
    ['a)', 2, 1, '")" that closes nothing at column 2: expected a term, or "(" before it'],
    ['a ()', 3, 2, 'nothing between the parentheses at column 3: expected a term'],
    ['a or', 3, 2, 'nothing after "or" at column 3: expected a term after it, or quotes: "or"'],
    ['a &&', 3, 2, 'nothing after "&&" at column 3: expected a term after it, or quotes: "&&"'],
    ['|| a', 1, 2, 'nothing before "||" at column 1: expected a term before it, or quotes: "||"'],
    ['a and or b', 3, 3, 'nothing after "and" at column 3: expected a term after it, or quotes: "and"'],
    ['or a', 1, 2, 'nothing before "or" at column 1: expected a term before it, or quotes: "or"'],
    ['not', 1, 3, 'nothing after "not" at column 1: expected a term after it, or quotes: "not"'],
    [
      `${'('.repeat(70)}a`,
      66,
      6,
      'too many parentheses and negations inside each other at column 66: expected at most 64',
    ],
    ['x'.repeat(5000), 4097, 904, 'the query goes on at column 4097: expected at most 4096 characters'],
  ])('%s', (text, column, length, message) => {
    const { error } = parseQuery(text);
    expect(error).toMatchObject({ column, length, message });
    expect(error?.expected).toBeTruthy();
  });
});

describe('what people type instead of key:value', () => {
  test.each([
    ['status=503', 'status:503'],
    ['status==503', 'status:503'],
    ['STATUS = 5xx', 'status:5xx'],
    ['method=GET,POST', 'method:GET,POST'],
    ['host=localhost', 'host:localhost'],
    ['path=/api/*', 'path:/api/*'],
    ['status>=500', 'status:>=500'],
    ['status >= 500', 'status:>=500'],
    ['status:> 500', 'status:>500'],
    ['status: 200', 'status:200'],
    ['status : 200', 'status:200'],
    ['method != GET', 'method:!GET'],
    ['method: !GET', 'method:!GET'],
    ['duration>1s', 'duration:>1s'],
    ['duration > 1s cart', 'duration:>1s cart'],
    ['label: "nightly import"', 'label:"nightly import"'],
    ['header=etag', 'header:etag'],
    ['failed=true', 'failed:true'],
    ['-status=503', '-status:503'],
    ['!status=503', '-status:503'],
  ])('%s is %s', (typed, meant) => expect(parsed(typed)).toEqual(parsed(meant)));
  test('in quotes it is text', () => {
    const text = { is: 'term', key: 'text', any: [{ is: 'text', parts: ['status=503'] }] };
    expect(parsed('"status=503"')).toEqual(text);
    expect(printQuery(parsed('"status=503"'))).toBe('"status=503"');
    expect(parsed(printQuery(parsed('status "=503"')))).toEqual(parsed('status "=503"'));
  });
  test('what was read without key and quotes is reported', () => {
    expect(parseQuery('cart "x y" status:200 -(page=2)')).toMatchObject({
      words: [
        { text: 'cart', column: 1 },
        { text: 'page=2', column: 25 },
      ],
    });
  });
});

describe('what is no key is text', () => {
  test.each([
    'localhost:8080',
    'http://a/b?c=d',
    'C:\\src\\a.ts',
    'fe::1',
    'https:',
    '127.0.0.1:80',
    'payment.ts:79',
    'a->b',
    'page=2',
    'sort=asc',
    'api.example.com:8080',
    'server.js:12',
    'x<5',
    '-',
    '+',
    '/',
    '/v2/config',
    '!important',
    'a"b',
    "it's",
    '#5',
  ])('%s', (text) => expect(parsed(text)).toEqual({ is: 'term', key: 'text', any: [{ is: 'text', parts: [text] }] }));
});
