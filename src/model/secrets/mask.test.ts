import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskArguments } from './arguments';
import { maskText, maskUrl } from './mask';

describe('maskUrl', () => {
  test.each([
    ['http://a.example/x?y=1', 'http://a.example/x?y=1'],
    ['http://user:pass@a.example/x', 'http://***@a.example/x'],
    ['http://user:p@ss@a.example/x', 'http://***@a.example/x'],
    ['https://a.example?token=abc', 'https://a.example?token=***'],
    ['https://a.example/?access_token=abc&b=2', 'https://a.example/?access_token=***&b=2'],
    ['https://a.example/?Access-Token=abc', 'https://a.example/?Access-Token=***'],
    ['https://a.example/?%74oken=abc', 'https://a.example/?%74oken=***'],
    ['https://a.example/?github_token=abc;x=1', 'https://a.example/?github_token=***;x=1'],
    ['https://a.example/?X-Amz-Signature=abc', 'https://a.example/?X-Amz-Signature=***'],
    ['https://a.example/#access_token=abc', 'https://a.example/'],
    ['/path?token=abc', '/path?token=***'],
    ['https://a.example/mail@b.example', 'https://a.example/mail@b.example'],
    ['https://a.example/?q=a@b', 'https://a.example/?q=a@b'],
    ['https://a.example/?tokens=3&monkey=1', 'https://a.example/?tokens=3&monkey=1'],
    ['http:\\\\user:pass@a.example\\x', 'http:\\\\***@a.example\\x'],
    ['not a url', 'not a url'],
    ['', ''],
  ])('%s → %s', (url, expected) => {
    expect(maskUrl(url)).toBe(expected);
  });

  test('masks the names the user added', () => {
    expect(maskUrl('http://a/?card=4711&x=1', ['card'])).toBe('http://a/?card=***&x=1');
  });

  test('masking removes a planted secret in any context, and is idempotent', () => {
    const secret = 'sEcReT4711';
    fc.assert(
      fc.property(
        fc.webUrl({ withQueryParameters: true }),
        fc.constantFrom('token', 'api_key', 'password', 'client_secret'),
        (url, name) => {
          const [plain] = url.split('#') as [string];
          const masked = maskUrl(
            `${plain.replace('://', `://u:${secret}@`)}${plain.includes('?') ? '&' : '?'}${name}=${secret}#t=${secret}`,
          );
          expect(masked).not.toContain(secret);
          expect(maskUrl(masked)).toBe(masked);
        },
      ),
    );
  });
});

describe('maskText', () => {
  test.each([
    ['getaddrinfo ENOTFOUND db.internal', 'getaddrinfo ENOTFOUND db.internal'],
    ['Failed: http://u:p@h/x?token=1 (500)', 'Failed: http://***@h/x?token=***'],
    ['GET /x?api_key=77 failed', 'GET /x?api_key=*** failed'],
    ['--api-token=77 --port=80', '--api-token=*** --port=80'],
    ['Authorization: Bearer abcdefgh12345', 'Authorization: Bearer ***'],
  ])('%s', (text, expected) => {
    expect(maskText(text).startsWith(expected)).toBe(true);
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (s) => typeof maskText(s) === 'string'));
  });
});

test('masks the value after a secret option', () => {
  expect(
    maskArguments(['node', 'x.js', '--token', 'abc', '--port', '80', '--password=1', '--key', '--verbose']),
  ).toEqual(['node', 'x.js', '--token', '***', '--port', '80', '--password=***', '--key', '--verbose']);
});
