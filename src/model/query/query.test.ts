/** The language by example: what people type and what it finds. docs/query.md tells the rules. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileQuery, pending } from './compile';
import { parseQuery } from './parse';
import { printQuery } from './print';
import { plainFields, queries, type Subject, unfinished } from './testing';
import type { Query } from './tree';

const parsed = (text: string): Query => {
  const { query, error } = parseQuery(text);
  if (!query) throw new Error(`${text}: ${error.message}`);
  return query;
};

const subjects: Record<string, Subject> = {
  list: {
    method: 'GET',
    host: ['api.shop.test', 'api.shop.test:8443'],
    port: 8443,
    path: '/api/items',
    query: 'page=2&sort=name',
    url: 'https://api.shop.test:8443/api/items?page=2&sort=name',
    scheme: 'https',
    protocol: 'h2',
    api: 'fetch',
    status: 200,
    duration: 1_500_000,
    dns: 20_000,
    wait: 1_200_000,
    received: 18_800,
    'content-type': ['application/json; charset=utf-8', 'application/json'],
    'response-header': ['etag="a1"', 'x-cache=HIT', 'content-type=application/json'],
    'remote-ip': '10.0.0.7',
    file: '/home/me/shop/src/cart/items.ts',
    line: 31,
    function: 'loadItems',
    process: 'shop',
    pid: 4711,
    thread: 0,
    label: 'checkout 81',
    connection: 5,
    ordinal: 2,
    reused: true,
    new: false,
    slow: true,
    text: 'get\nhttps://api.shop.test:8443/api/items?page=2&sort=name\n200\nitems.ts:31',
  },
  broken: {
    method: 'POST',
    host: ['pay.test'],
    port: 80,
    path: '/api/pay (draft)',
    url: 'http://pay.test/api/pay (draft)',
    scheme: 'http',
    api: 'http',
    error: ['ECONNREFUSED'],
    'error-message': 'connect ECONNREFUSED 127.0.0.1:80',
    phase: 'tcp',
    duration: 4200,
    tcp: 3000,
    'remote-ip': '127.0.0.1',
    file: 'C:\\work\\shop\\src\\pay.ts',
    function: 'pay',
    process: 'worker 2',
    pid: 4712,
    thread: 2,
    attempt: 2,
    retry: true,
    failed: true,
    new: true,
    text: 'post\nhttp://pay.test/api/pay (draft)\ntcp refused\npay.ts:7',
  },
  crash: {
    method: 'GET',
    host: ['pay.test'],
    port: 80,
    path: '/health',
    url: 'http://pay.test/health',
    scheme: 'http',
    protocol: 'http/1.1',
    api: 'http',
    status: 503,
    duration: 200_000,
    received: 0,
    'request-header': ['authorization', 'accept=*/*'],
    'response-header': ['retry-after=1'],
    'remote-ip': '::1',
    failed: true,
    reused: false,
    text: 'get\nhttp://pay.test/health\n503\nitems.ts:90',
  },
};
const all = Object.keys(subjects);

/** What passes, by name; `-` in front: all but. */
const table: readonly (readonly [string, string])[] = [
  // Words and expressions, as they stand.
  ['', 'list broken crash'],
  ['   ', 'list broken crash'],
  ['health', 'crash'],
  ['HEALTH', 'crash'],
  ['pay get', 'crash'],
  ['-get', 'broken'],
  ['items -page', 'crash'],
  ['"tcp refused"', 'broken'],
  ['-"tcp refused" pay', 'crash'],
  ['/api/items', 'list'],
  ['https://api.shop', 'list'],
  ['pay.ts:7', 'broken'],
  ['/items\\.ts:\\d{2}$/', 'list crash'],
  ['-/^POST/', 'list crash'],
  ['/^post|503$/', 'broken crash'],
  ['pay(draft', ''],
  ['page=2', 'list'],
  ['"(draft)"', 'broken'],
  // Keys.
  ['method:GET', 'list crash'],
  ['method:get', 'list crash'],
  ['METHOD:get', 'list crash'],
  ['method:GET,POST', 'list broken crash'],
  ['method:!GET', 'broken'],
  ['method!=GET', 'broken'],
  ['-method:GET', 'broken'],
  ['!method:GET', 'broken'],
  ['method:G*', 'list crash'],
  ['method:/^g.t$/', 'list crash'],
  ['method:=get', 'list crash'],
  ['method:=G*', ''],
  ['host:pay.test', 'broken crash'],
  ['domain:*.test', 'list broken crash'],
  ['host:api.shop.test', 'list'],
  ['host:api.shop.test:8443', 'list'],
  ['host:shop', ''],
  ['port:80', 'broken crash'],
  ['port>1024', 'list'],
  ['path:/api/*', 'list broken'],
  ['path:/api', ''],
  ['path:/api/', ''],
  ['path:"/api/pay (draft)"', 'broken'],
  ['path:/api/pay" "*', 'broken'],
  ['path:/^\\/(api|health)/', 'list broken crash'],
  ['path:~/api/', 'list broken'],
  ['query:page=2', 'list'],
  ['url:http://pay.test/*', 'broken crash'],
  ['url:shop.test', 'list'],
  ['url:=http://pay.test/health', 'crash'],
  ['scheme:http', 'broken crash'],
  ['protocol:http2', 'list'],
  ['protocol:h2,http/1.1', 'list crash'],
  ['api:fetch', 'list'],
  ['remote-ip:10.0.0.*', 'list'],
  ['remote-ip:::1', 'crash'],
  ['file:src/*.ts', 'list broken'],
  ['file:items.ts', 'list'],
  ['file:ms.ts', ''],
  ['file:/home/me/*', 'list'],
  ['file:c:\\work\\*', 'broken'],
  ['file:shop/src/pay.ts', 'broken'],
  ['function:load*', 'list'],
  ['content-type:application/json', 'list'],
  ['type:*json*', 'list'],
  ['label:"checkout 81"', 'list'],
  ['process:worker*', 'broken'],
  ['pid:4711,4712', 'list broken'],
  ['thread:>0', 'broken'],
  // Numbers.
  ['status:200', 'list'],
  ['status:>=500 path:/api/*', ''],
  ['status:>=500', 'crash'],
  ['status>=500', 'crash'],
  ['status:5xx', 'crash'],
  ['status:2xx,503', 'list crash'],
  ['status:200..299', 'list'],
  ['status:400..', 'crash'],
  ['status:..299', 'list'],
  ['status:>200', 'crash'],
  ['status:<=200', 'list'],
  ['status:<200', ''],
  ['status:!200', 'broken crash'],
  ['status:*', 'list crash'],
  ['status:<300,>=500', 'list crash'],
  ['duration:>1s', 'list'],
  ['duration:>1500ms', ''],
  ['duration:>=1.5s', 'list'],
  ['time:<200', 'broken'],
  ['duration:100..200ms', 'crash'],
  ['duration:=200ms', 'crash'],
  ['wait:>1s', 'list'],
  ['dns:>=20ms', 'list'],
  ['connect:<5ms', 'broken'],
  ['slower-than:1s', 'list'],
  ['size:>10kB', 'list'],
  ['size:0', 'crash'],
  ['size:18kB..1MiB', 'list'],
  ['larger-than:18k', 'list'],
  // States and presence.
  ['is:failed', 'broken crash'],
  ['is:reused', 'list'],
  ['reused:false', 'broken crash'],
  ['is:reused,retry', 'list broken'],
  ['-is:failed', 'list'],
  ['is:!failed', 'list'],
  ['has:error', 'broken'],
  ['-has:status', 'broken'],
  ['has:status,label', 'list crash'],
  ['error:ECONN*', 'broken'],
  ['error:econnrefused', 'broken'],
  ['message:127.0.0.1', 'broken'],
  ['phase:connect', 'broken'],
  // Headers.
  ['response-header:etag', 'list'],
  ['response-header:ETag', 'list'],
  ['response-header:x-cache=hit', 'list'],
  ['response-header:x-cache=MISS,HIT', 'list'],
  ['response-header:etag="\\"a1\\""', 'list'],
  ['response-header:content-type=*json', 'list'],
  ['response-header:etag=/a\\d/', 'list'],
  ['has-response-header:retry-after', 'crash'],
  ['request-header:authorization', 'crash'],
  ['request-header:authorization=*', 'crash'],
  ['request-header:authorization=x', ''],
  ['-response-header:etag', 'broken crash'],
  ['request-header:accept="*/*"', 'crash'],
  // Put together.
  ['status:503 or has:error', 'broken crash'],
  ['status:503 OR has:error', 'broken crash'],
  ['method:GET and status:200', 'list'],
  ['method:GET status:200 or error:*', 'list broken'],
  ['method:GET (status:200 or error:*)', 'list'],
  ['not (status:200 or error:*)', 'crash'],
  ['-(status:200 or error:*)', 'crash'],
  ['!(status:200 or error:*)', 'crash'],
  ['not not is:slow', 'list'],
  ['not is:slow and method:GET', 'crash'],
  ['(method:GET)(status:200)', 'list'],
  ['a or b or (c d)', 'list broken crash'],
];

describe('expressions', () => {
  test.each(table)('%s', (text, passing) => {
    const query = parsed(text);
    const passes = compileQuery(query, plainFields);
    expect(all.filter((name) => passes(subjects[name] as Subject))).toEqual(passing === '' ? [] : passing.split(' '));
    expect(parsed(printQuery(query))).toEqual(query);
  });
  test('there are 60 and more', () => expect(table.length).toBeGreaterThan(60));
});

describe('errors name the column and what was expected', () => {
  test.each<[string, number, number, string]>([
    ['stats:500', 1, 5, 'unknown key "stats" at column 1. Did you mean status?'],
    ['a -statsu>=500', 4, 6, 'unknown key "statsu" at column 4. Did you mean status?'],
    ['node:http', 1, 4, 'unknown key "node" at column 1: expected a key such as status, or quotes: "node:http"'],
    ['a status:', 3, 7, 'status has no value at column 3: expected a value right behind it'],
    ['status: 500', 1, 7, 'status has no value at column 1: expected a value right behind it'],
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
      'unknown state "blue" at column 4: expected one of failed, running, slow, reused, new, unread, aborted, interrupted, queued, open, streaming, redirect, retry, incoming, lost',
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

describe('what is no key is text', () => {
  test.each([
    'localhost:8080',
    'http://a/b?c=d',
    'C:\\src\\a.ts',
    'fe::1',
    '127.0.0.1:80',
    'payment.ts:79',
    'a->b',
    'size=20',
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

describe('regular expressions that may take exponential time are refused', () => {
  test.each([
    '(a+)+',
    '(a*)*b',
    '(?:a|a)*',
    '(a|ab)+c',
    '([a-z]+)*',
    '(?<n>x+){20,}',
    '((ab)*)*',
    '(\\w|\\d)+',
    '(a?b?)*',
    '(a|)+',
  ])('%s', (source) => expect(parseQuery(`/${source}/`).error?.message).toContain('exponential'));
  test.each([
    'a+b+',
    '(ab)+',
    '(?:foo|bar)+',
    '\\/orders\\/\\d+$',
    '(a+)?',
    '(x{1,3}y)*'.replace('1,3', '2'),
    '[(+]+',
    '\\(a+\\)+',
    '(?=a+)b',
    'a{2,}',
  ])('but not %s', (source) => expect(parseQuery(`/${source}/`).error).toBeUndefined());
});

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
  test('texts: parsing never throws; an error lies within the text; what is printed is the same query', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { query, error } = parseQuery(text);
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

test('pending decides nothing that something else decides', () => {
  const passes = (text: string) => compileQuery(parsed(text), plainFields)({ method: 'GET', status: pending });
  expect(passes('status:500')).toBeUndefined();
  expect(passes('-status:500')).toBeUndefined();
  expect(passes('method:POST status:500')).toBe(false);
  expect(passes('method:GET status:500')).toBeUndefined();
  expect(passes('method:GET or status:500')).toBe(true);
  expect(passes('-(method:GET or status:500)')).toBe(false);
  expect(passes('has:label')).toBe(false);
});
