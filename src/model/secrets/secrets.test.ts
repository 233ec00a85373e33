import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { examples, letters, pem, placed, tokens, webToken } from '../testing/secrets';
import { maskArguments } from './arguments';
import { maskBody } from './bodyMask';
import { maskBeginning, maskHeader, maskQuery, maskText, maskUrl } from './mask';
import { isSecretName } from './names';
import { maskShapes, places, shapes, shortestToken } from './shapes';

describe('shapes', () => {
  test('each has an example', () => {
    expect(Object.keys(examples).sort()).toEqual(Object.keys(shapes).sort());
    expect(Object.keys(placed).sort()).toEqual(Object.keys(places).sort());
  });

  test.each(Object.entries({ ...examples, webToken: [webToken] }))('%s is found anywhere in a text', (_, list) => {
    for (const token of list) {
      const rest = [
        maskUrl(`https://a.example/v1/${token}/items`),
        maskUrl(`https://a.example/v1?x=${token}&y=1`),
        maskUrl(`https://a.example/r?to=${encodeURIComponent(`https://b.example/${token}/x`)}`),
        maskText(`failed with ${token}, try again`),
        maskHeader('x-thing', token),
        maskBody(JSON.stringify({ a: { note: `it is ${token}` } }), 'application/json'),
        maskBody(`a=1&b=${token}`, 'application/x-www-form-urlencoded'),
        maskBody(`--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n${token}\r\n--x--`, 'multipart/form-data'),
        maskBody(`<a><b c="${token}">${token}</b></a>`, 'text/xml'),
        maskArguments(['node', 'x.js', token]).join(' '),
      ];
      for (const text of rest) {
        expect(text).not.toContain(token.slice(0, 16));
        expect(text).toContain('***');
      }
    }
  });

  test.each(Object.entries(placed))('%s by its place', (_, [before, token]) => {
    const shown = maskText(`${before}${token} x`);
    expect(shown).toBe(`${before}*** x`);
    expect(maskUrl(`${before}${token}`)).toBe(`${before}***`);
  });

  // The search looks at their first characters alone, so these must be all that there are.
  test.each(Object.entries(shapes))('%s: whatever its form allows is found', (_, { heads, form }) => {
    const source = form.source.replaceAll('(?<![A-Za-z0-9])', '');
    fc.assert(
      fc.property(fc.stringMatching(new RegExp(`^(?:${source})$`)), (token) => {
        expect(maskShapes(` ${token.padEnd(shortestToken, '0')} `)).toBe(' *** ');
      }),
      { numRuns: 400 },
    );
    for (const head of heads.split(' ')) expect(head).toMatch(/^(?=.*[^0-9a-f-])[\w-]{3}$/);
  });

  test.each(Object.entries(places))('%s is found after anything that may precede it', (_, { before, min }) => {
    const source = before.source.slice('(?<='.length, -1).replaceAll('\\b', '');
    fc.assert(
      fc.property(fc.stringMatching(new RegExp(`^(?:${source})$`)), (place) => {
        // What is long enough in the place itself may be masked too.
        expect(maskShapes(` ${place}${'0'.repeat(min)} `).slice(-5)).toMatch(/.\*{3} /);
      }),
      { numRuns: 200 },
    );
  });

  test('private keys, also cut and in JSON', () => {
    expect(maskText(`key:\n${pem}\nend`)).toBe(
      'key:\n-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----\nend',
    );
    expect(maskText(pem.slice(0, 70))).toBe('-----BEGIN RSA PRIVATE KEY-----***');
    expect(maskBody(JSON.stringify({ a: pem }), 'application/json')).not.toContain(letters(64));
    expect(maskText('-----BEGIN CERTIFICATE-----\nMIIB')).toBe('-----BEGIN CERTIFICATE-----\nMIIB');
  });
});

describe('URLs in URLs', () => {
  const inner = 'https://user:pw@h.example/cb?access_token=abc&x=1';
  test.each([
    `https://a.example/login?next=${encodeURIComponent(inner)}`,
    `https://a.example/login?next=${encodeURIComponent(`https://b.example/?u=${encodeURIComponent(inner)}`)}`,
    `https://a.example/proxy/${encodeURIComponent(inner)}`,
    `https://a.example/proxy/${inner}`,
    `https://a.example/login?next=/cb?access_token=abc`,
    `https://a.example/login?f=${encodeURIComponent('{"access_token":"abc"}')}`,
    `https://a.example/x;jsessionid=abc/y?user[password]=abc`,
  ])('%s', (url) => {
    const shown = maskUrl(url);
    expect(decodeURIComponent(decodeURIComponent(shown))).not.toMatch(/abc|pw@/);
    expect(maskUrl(shown)).toBe(shown);
  });
  test('text without a secret is unchanged', () => {
    const url = `https://a.example/?next=${encodeURIComponent('https://b.example/ü?a=1')}&q=%zz%e4`;
    expect(maskUrl(url)).toBe(url);
  });
});

describe('texts', () => {
  test.each([
    ["{ user: 'u', password: 'p w', port: 5432 }", "{ user: 'u', password: '***', port: 5432 }"],
    ['{"a":"{\\"token\\":\\"x\\",\\"b\\":1}"}', '{"a":"{\\"token\\":\\"***\\",\\"b\\":1}"}'],
    ['Server=h;Database=d;Password=p;Timeout=5', 'Server=h;Database=d;Password=***;Timeout=5'],
    ['invalid x-api-key: abc, sent', 'invalid x-api-key: *** sent'],
    ['Cookie: a=b; c=d\nHost: h', 'Cookie: ***\nHost: h'],
    ['  password: hunter2\n  host: h', '  password: ***\n  host: h'],
    ['Invalid password: must have 8 characters', 'Invalid password: must have 8 characters'],
    ['Unexpected token undefinedx in JSON', 'Unexpected token undefinedx in JSON'],
    ['Basic authentication failed at 10:02:32', 'Basic authentication failed at 10:02:32'],
    ['{"max_tokens":4096,"tokens":"12","session":true}', '{"max_tokens":4096,"tokens":"***","session":true}'],
    ['{"otp":123456,"password":null}', '{"otp":"***","password":null}'],
    ['a == b && token == c', 'a == b && token == c'],
  ])('%s', (text, shown) => {
    expect(maskText(text)).toBe(shown);
    expect(maskText(shown)).toBe(shown);
  });

  test('a secret that straddles the cut is masked, never half shown', () => {
    const secrets = [...tokens, `https://user:${'p'.repeat(2000)}@h/`, `"password": "${'q w '.repeat(600)}"`, pem];
    for (const secret of secrets) {
      for (const before of [0, 1, 5, 20, 90, 99, 100]) {
        const text = `${'. '.repeat(60).slice(0, before)}${secret} and more ${'. '.repeat(2000)}`;
        const shown = maskBeginning(text, 100, (some, isCut) => maskText(some, undefined, isCut));
        expect(shown.length).toBeLessThanOrEqual(100 + 512);
        for (const part of [secret.slice(0, 12), 'pppp', 'q w q']) {
          if (!/^(?:https|"pass|-----)/.test(part)) expect(shown).not.toContain(part);
        }
      }
    }
  });
});

describe('whatever is round it', () => {
  const secret = fc.constantFrom(...tokens);
  const around = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom('"', "'", '=', ':', '\\', '%', '?', '&', '://', '{"a":', '<a>', '\n', 'x=', '-', '.', ' '),
  );
  const functions: Record<string, (text: string) => string> = {
    maskText: (text) => maskText(text),
    maskUrl: (text) => maskUrl(text),
    maskQuery: (text) => maskQuery(text),
    json: (text) => maskBody(text, 'application/json'),
    form: (text) => maskBody(text, 'application/x-www-form-urlencoded'),
    markup: (text) => maskBody(`<x>${text.replace(/^(?:<x>)+/, '')}`, 'text/xml'),
    arguments: (text) => maskArguments([text, text]).join(' '),
  };

  test.each(Object.keys(functions))('%s: a token is never in what comes out, and once is enough', (name) => {
    const mask = functions[name] as (text: string) => string;
    fc.assert(
      fc.property(
        fc.array(around, { maxLength: 4 }),
        secret,
        fc.array(around, { maxLength: 4 }),
        (before, token, after) => {
          // A letter or digit right before some of them makes them part of a longer word.
          const text = `${before.join('').replace(/[A-Za-z0-9_-]+$/, '')}${token}${after.join('')}`;
          expect(mask(text)).not.toContain(token);
        },
      ),
      { numRuns: 400 },
    );
    if (name === 'arguments') return;
    fc.assert(
      fc.property(
        fc.array(fc.oneof(around, secret, fc.constantFrom('token', 'password', 'Bearer ', 'key')), { maxLength: 8 }),
        (parts) => {
          const once = mask(parts.join(''));
          expect(mask(once)).toBe(once);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('a value under a secret name is never in what comes out', () => {
    const value = fc.stringMatching(/^[A-Za-z0-9!$^*_.~-]{6,30}$/).map((s) => `S3${s}`);
    const name = fc.constantFrom('password', 'api_key', 'DB_PASSWORD', 'accessToken', 'client-secret', 'sessid');
    const noise = fc.constantFrom('', 'a=1&', 'x ', '{"a":1,', '\n', '"b":"c",', "'q' ", 'http://h/p?z=1&');
    fc.assert(
      fc.property(noise, name, value, noise, (before, n, v, after) => {
        expect(maskText(`${before}"${n}": "${v}"${after}`)).not.toContain(v);
        expect(maskText(`${before}${n}=${v} ${after}`)).not.toContain(v);
        expect(maskText(`${before}--${n}=${v} ${after}`)).not.toContain(v);
        expect(maskText(`${before}${n}: '${v}' ${after}`)).not.toContain(v);
        expect(maskUrl(`http://h/?${n}=${v}&${after.trim()}`)).not.toContain(v);
        expect(maskArguments(['x', `--${n}`, v]).join(' ')).not.toContain(v);
      }),
      { numRuns: 500 },
    );
  });

  test('a text without a sign of one comes back as it was', () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/).filter((w) => !isSecretName(w));
    const text = fc.array(
      fc.oneof(word, fc.nat().map(String), fc.constantFrom(',', '.', '(', ')', '"', '/', '10:30', 'a=b')),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(text, (words) => {
        for (const between of [' ', '/', ', ']) {
          const given = words.join(between);
          expect(maskText(given)).toBe(given);
        }
      }),
    );
  });
});
