import { describe, expect, test } from 'vitest';
import { asBreakpoint, fillPlaces, hitTest, titleOf, unknownPlace } from './breakpoints';

const hits = (text: string) => [1, 2, 3, 4, 5, 6].filter((n) => hitTest(text)?.(n));

describe('network breakpoints', () => {
  test.each([
    ['5', [5]],
    ['== 5', [5]],
    ['===2', [2]],
    ['=2', [2]],
    ['>=3', [3, 4, 5, 6]],
    ['> 3', [4, 5, 6]],
    ['<=2', [1, 2]],
    ['<2', [1]],
    ['%2', [2, 4, 6]],
    [' % 3 ', [3, 6]],
  ])('hit condition %s', (text, expected) => expect(hits(text)).toEqual(expected));

  test.each(['', 'x', '>', '%0', '1.5', '-1', '>= a', '12345678901'])('no hit condition: %j', (text) =>
    expect(hitTest(text)).toBeUndefined(),
  );

  test('places of a log message', () => {
    const value = (p: string) => ({ method: 'GET', url: 'http://a/{b}', status: '200' })[p];
    expect(fillPlaces('{method} {url}: {status} {duration} {else} {', value)).toBe('GET http://a/{b}: 200 – {else} {');
    expect(unknownPlace('{url} {else}')).toEqual({ name: 'else', column: 7 });
    expect(unknownPlace('{url} {')).toBeUndefined();
  });

  test('titles', () => {
    expect(titleOf({ kind: 'status500' })).toBe('status ≥ 500');
    expect(titleOf({ kind: 'slowerThan' })).toBe('slow request');
    expect(titleOf({ kind: 'slowerThan', thresholdMs: 200 })).toBe('slow request (> 200 ms)');
    expect(titleOf({ kind: 'requestFails', callSite: { file: 'C:\\a\\shop.ts', line: 3 } })).toBe(
      'request fails at shop.ts:3',
    );
  });

  test('is checked, as files can be changed by anybody', () => {
    const whole = {
      id: 'a',
      kind: 'slowerThan',
      condition: 'url:*/a*',
      hitCondition: '>=2',
      logMessage: '{url}',
      thresholdMs: 20,
      callSite: { file: '/a.js', line: 2 },
    };
    expect(asBreakpoint({ ...whole, more: 1, callSite: { ...whole.callSite, more: 1 } })).toEqual(whole);
    for (const wrong of [
      undefined,
      null,
      'a',
      [],
      { ...whole, id: '' },
      { ...whole, id: 7 },
      { ...whole, kind: 'toString' },
      { ...whole, condition: 1 },
      { ...whole, condition: 'x'.repeat(5000) },
      { ...whole, hitCondition: 'often' },
      { ...whole, logMessage: {} },
      { ...whole, thresholdMs: -1 },
      { ...whole, thresholdMs: Number.NaN },
      { ...whole, thresholdMs: 2 ** 31 },
      { ...whole, callSite: null },
      { ...whole, callSite: { file: '/a.js', line: 0 } },
      { ...whole, callSite: { file: 7, line: 1 } },
    ])
      expect(asBreakpoint(wrong)).toBeUndefined();
  });
});
