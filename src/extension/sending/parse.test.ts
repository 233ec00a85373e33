/** Documents of requests: read back as written, and each fault reported with its line. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentOf, example } from './document';
import { parseRequests } from './parse';

const only = (text: string) => {
  const [parsed, ...others] = parseRequests(text);
  expect(others).toEqual([]);
  return parsed;
};
const faults = (text: string) => parseRequests(text).flatMap((p) => p.faults.map((f) => [f.line + 1, f.message]));

describe('a document', () => {
  test('is read as the REST Client extension does', () => {
    const text = [
      '# a comment',
      'https://a.test/one',
      '',
      '### second',
      '// another',
      'POST https://a.test/two?x=1 HTTP/1.1',
      'Content-Type: application/json',
      '# not a header',
      'X-Empty:',
      '',
      '{"a":',
      ' 1}',
      '',
      '###',
      '# nothing here',
    ].join('\r\n');
    const [first, second, ...others] = parseRequests(text).map((p) => p.request);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ line: 1, method: 'GET', url: 'https://a.test/one', headers: [] });
    expect(first).not.toHaveProperty('body');
    expect(second).toMatchObject({ line: 5, method: 'POST', url: 'https://a.test/two?x=1' });
    expect(second?.headers).toEqual([
      { name: 'Content-Type', value: 'application/json' },
      { name: 'X-Empty', value: '' },
    ]);
    expect(second?.body?.toString()).toBe('{"a":\n 1}');
  });

  test('the example is one request', () => {
    expect(only(example)?.request).toMatchObject({ method: 'GET', url: 'https://example.com/' });
  });

  test('a fault names its line', () => {
    expect(faults('\n\nGET /path')).toEqual([[3, expect.stringContaining('absolute URL')]]);
    expect(faults('GET http://a.test/ b c')).toEqual([[1, expect.stringContaining('a method and a URL')]]);
    expect(faults('GE(T http://a.test/')).toEqual([[1, expect.stringContaining('not a method')]]);
    expect(faults('GET file:///etc/passwd')).toEqual([[1, expect.stringContaining('absolute URL')]]);
    expect(faults('CONNECT http://a.test/')).toEqual([[1, expect.stringContaining('tunnel')]]);
    expect(faults('GET http://{{host}}/')).toEqual([[1, expect.stringContaining('Variables')]]);
    expect(faults('GET http://a.test/\nno header')).toEqual([[2, expect.stringContaining('Expected a header')]]);
    expect(faults('GET http://a.test/\nx: 1\ny: €')).toEqual([[3, expect.stringContaining('characters')]]);
    expect(faults('GET http://a.test/\ncontent-length: 1')).toEqual([[2, expect.stringContaining('remove this line')]]);
    expect(faults('POST http://a.test/\n\n< ./body.json')).toEqual([[3, expect.stringContaining('files')]]);
    expect(faults('# @body base64\nPOST http://a.test/\n\n*')).toEqual([[4, expect.stringContaining('base64')]]);
    expect(faults('# @body utf16\nPOST http://a.test/')).toEqual([[1, expect.stringContaining('utf16')]]);
  });

  test('a masked secret is never sent', () => {
    const masked = 'stands for a masked secret';
    expect(faults('GET http://a.test/?key=***')).toEqual([[1, expect.stringContaining(masked)]]);
    expect(faults('GET http://a.test/\nx: ***')).toEqual([[2, expect.stringContaining(masked)]]);
    expect(faults('POST http://a.test/\n\na\n"***"')).toEqual([[4, expect.stringContaining(masked)]]);
  });
});

test('any text is read without an exception; what is sent is HTTP', () => {
  const pieces = [
    '###',
    '# @body ',
    'crlf',
    'base64',
    'GET ',
    'http://a.test/',
    '\n',
    '\r\n',
    '\n\n',
    ': ',
    'x',
    '***',
  ];
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc
      .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 6 })), { maxLength: 40 })
      .map((p) => p.join('')),
  );
  let sent = 0;
  fc.assert(
    fc.property(text, (given) => {
      for (const { request, faults: found, line, endLine } of parseRequests(given)) {
        expect(request === undefined).toBe(found.length > 0);
        expect(endLine).toBeGreaterThanOrEqual(line);
        if (!request) continue;
        sent++;
        expect(new URL(request.url).protocol).toMatch(/^https?:$/);
        for (const h of request.headers) expect(`${h.name}${h.value}`).not.toMatch(/[\r\n\0]/);
        expect(JSON.stringify(request)).not.toContain('***');
      }
    }),
    { numRuns: 2000 },
  );
  expect(sent).toBeGreaterThan(20);
});

test('a recorded request, written as a document, is read back as it was sent', () => {
  const header = fc.record({
    name: fc.constantFrom('x-a', 'Accept', 'cookie', "x-'q"),
    value: fc.string({ unit: fc.constantFrom(...'ab é"#:/{ '), maxLength: 12 }).map((v) => v.trim()),
  });
  const body = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).map((t) => ({ text: t })),
    fc
      .array(fc.constantFrom('a', '\n', '\r\n', '###', '< x', ' ', '# @body', '\t', '\u202e', 'é'), { minLength: 1 })
      .map((p) => ({ text: p.join('') })),
    fc.uint8Array({ minLength: 1, maxLength: 300 }).map((b) => ({
      text: Buffer.from(b).toString('base64'),
      encoding: 'base64',
    })),
  );
  fc.assert(
    fc.property(
      fc.webUrl({ withQueryParameters: true }),
      fc.array(header),
      fc.option(body),
      (url, headers, content) => {
        const bytes = content && Buffer.from(content.text, 'encoding' in content ? 'base64' : 'utf8');
        fc.pre(![url, content?.text, ...headers.map((h) => h.value)].some((t) => t?.includes('***')));
        const recorded = { content: content ? { ...content, bytes: 0 } : undefined };
        const request = { headers, ...(recorded.content ? { body: { content: recorded.content } } : {}) };
        const row = { method: 'PUT', url };
        const text = documentOf(row, { headerLevel: 'values', request }, 'PUT it');
        const parsed = parseRequests(text);
        expect(parsed.flatMap((p) => p.faults)).toEqual([]);
        expect(parsed.length).toBe(1);
        expect(parsed[0]?.request).toMatchObject({ ...row, headers });
        expect(parsed[0]?.request?.body?.toString('hex')).toBe(bytes?.toString('hex'));
      },
    ),
    { numRuns: 500 },
  );
});
