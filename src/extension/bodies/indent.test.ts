/** The tokens stay, only the space between them changes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { indentJson } from './indent';

test('JSON is indented as JSON.stringify does', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.parse(indentJson(text))).toEqual(JSON.parse(text));
    }),
  );
  const value = { a: [1, { b: null }], c: 'x:{"y"}', d: {}, e: [] };
  expect(indentJson(JSON.stringify(value))).toBe(`${JSON.stringify(value, null, 2)}\n`);
});

test('numbers, duplicate keys and escapes stay as they were sent', () => {
  const text = '{"id":12345678901234567890,"id":1.0,"é":"\\u0041\\""}';
  expect(indentJson(text)).toBe('{\n  "id": 12345678901234567890,\n  "id": 1.0,\n  "é": "\\u0041\\""\n}\n');
});

test('what was cut, or is no JSON, keeps every character but the space', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(indentJson(text).replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
    }),
  );
  expect(indentJson('{"a":[1,"unfin')).toBe('{\n  "a": [\n    1,\n    "unfin\n');
  expect(indentJson('{"a":1}\n{"a":2}')).toBe('{\n  "a": 1\n}\n{\n  "a": 2\n}\n');
});

test('100,000 brackets stay small', () => {
  expect(indentJson('['.repeat(100_000)).length).toBeLessThan(10_000_000);
});
