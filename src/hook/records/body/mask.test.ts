import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskedBody } from './mask';

const json = 'application/json';
const types = [json, 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/xml', 'text/plain'];
const names = ['password', 'accessToken', 'client_secret', 'X-Api-Key', 'Authorization', 'tokens'];

describe('secrets of bodies', () => {
  test.each([
    ['{"a":1,"password":"p","b":[true]}', json, '{"a":1,"password":"***","b":[true]}'],
    ['{"code":"E1","key":"k","tokenCount":3}', json, '{"code":"E1","key":"k","tokenCount":3}'],
    ['{"secret" : "a\\"b" }', json, '{"secret" : "***" }'],
    ['{"credentials":{"user":"u","pin":"1"}}', json, '{"credentials":"***"}'],
    ['data: {"token":"t"}\n\ndata: {"id":1}\n\n', 'text/event-stream', 'data: {"token":"***"}\n\ndata: {"id":1}\n\n'],
    ['{"cut":1,"refresh_token":"abc', json, '{"cut":1,"refresh_token":"***"'],
    ['a=1&token=t&b=2', types[1], 'a=1&token=***&b=2'],
    [
      '<a><ns:Password x="1">p</ns:Password><b>c</b></a>',
      'text/xml',
      '<a><ns:Password x="1">***</ns:Password><b>c</b></a>',
    ],
    [
      '--x\r\nContent-Disposition: form-data; name="pwd"\r\n\r\nsecret\r\nmore\r\n--x--',
      types[2],
      '--x\r\nContent-Disposition: form-data; name="pwd"\r\n\r\n***\r\n--x--',
    ],
    ['see Bearer abcdefgh.ijk and eyJhbGciOiJI.eyJzdWIiOiIx.sig', 'text/plain', 'see Bearer *** and ***'],
  ])('%s', (text, type, masked) => {
    expect(maskedBody(text, type as string)).toBe(masked);
  });

  test('masking removes each value under a secret name, at any depth', () => {
    const value = fc.string({ minLength: 4 }).map((s) => `§${s}§`);
    const leaf = fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.string());
    const secret = fc.tuple(fc.constantFrom(...names), fc.oneof(value, fc.array(value), fc.record({ of: value })));
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom('a', 'id', 'name', 'ü'), tie('node')),
        secret.map(([name, v]) => ({ [name]: v })),
      ),
    })).node;
    let compared = 0;
    fc.assert(
      fc.property(tree, fc.constantFrom(undefined, 1, '\t'), (node, space) => {
        const text = JSON.stringify({ first: node }, null, space);
        const out = maskedBody(text, json);
        expect(out).not.toContain('§');
        // Nothing else changes.
        const hidden = JSON.stringify(node, (name, v) => (names.includes(name) ? undefined : v));
        const kept = JSON.stringify(JSON.parse(out).first, (name, v) => (names.includes(name) ? undefined : v));
        if (/bearer|basic|eyJ/i.test(text)) return;
        compared++;
        expect(kept).toBe(hidden);
      }),
    );
    expect(compared).toBeGreaterThan(0);
  });

  test.each([
    ['quotes', '"'.repeat(300_000)],
    ['backslashes', `"a":"${'\\'.repeat(300_000)}`],
    ['open fields', '"password":"'.repeat(30_000)],
    ['lists', '"tokens":["a",'.repeat(30_000)],
    ['elements', '<a'.repeat(150_000)],
    ['form fields', 'name="a"\r\nb\r\n'.repeat(30_000)],
    ['spaces', `"a"${' '.repeat(300_000)}`],
    ['dots', `eyJ${'a'.repeat(300_000)}.`],
    ['bearers', 'bearer '.repeat(40_000)],
  ])('a hostile body takes no longer than its length: %s', (_, text) => {
    // Work that grows with the square of 300,000 characters exceeds the test's limit of a minute.
    for (const type of types) expect(maskedBody(text, type)).toBeDefined();
  });
});
