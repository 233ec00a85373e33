/** Names of body files: of a fixed form and length, whatever the server and the URL say. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyFileOf } from './kinds';

const of = (contentType: string | undefined, more: Partial<Parameters<typeof bodyFileOf>[0]> = {}) =>
  bodyFileOf({
    method: 'GET',
    path: '/a/items',
    side: 'response',
    contentType,
    isBinary: false,
    isCut: false,
    ...more,
  });

test('the content type chooses the suffix', () => {
  expect(of('application/json; charset=utf-8')).toEqual({ name: 'GET items response.json', kind: 'text' });
  expect(of('application/problem+json').name).toMatch(/\.json$/);
  expect(of('application/atom+xml').name).toMatch(/\.xml$/);
  expect(of('TEXT/HTML').name).toMatch(/\.html$/);
  expect(of('text/plain').name).toMatch(/\.txt$/);
  expect(of(undefined).name).toMatch(/\.txt$/);
  expect(of('constructor').name).toMatch(/\.txt$/);
  expect(of('image/png', { isBinary: true })).toEqual({ name: 'GET items response.png', kind: 'image' });
  // What is text is never given to the viewer of images, and SVG is text.
  expect(of('image/png')).toMatchObject({ kind: 'text' });
  expect(of('image/svg+xml')).toEqual({ name: 'GET items response.xml', kind: 'text' });
  expect(of('application/pdf', { isBinary: true })).toEqual({ name: 'GET items response.bin', kind: 'binary' });
  expect(of('application/json', { isCut: true }).name).toBe('GET items response (beginning).json');
});

test('any content type, path and method give a short name without separators', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  fc.assert(
    fc.property(text, text, text, fc.boolean(), fc.boolean(), (contentType, path, method, isBinary, isCut) => {
      const { name } = of(contentType, { path, method, isBinary, isCut });
      expect(name).toMatch(/^[\w. -]+( \(beginning\))?\.[a-z]+$/);
      expect(name.length).toBeLessThan(110);
      expect(name).not.toMatch(/^\.|\.\./);
    }),
  );
  expect(of('text/plain', { path: '/a..b...c' }).name).toBe('GET a.b.c response.txt');
  expect(of('text/plain', { path: '/../../.bashrc' }).name).toBe('GET bashrc response.txt');
  expect(of('text/plain', { path: `/${'x'.repeat(100_000)}` }).name.length).toBeLessThan(110);
});
