import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLine } from '../../model/lines/lines';
import { bounded, cutText, line, maskedText, maskedUrl, quoted, setUpMasks } from './json';

const bytes = (s: string) => Buffer.byteLength(s);

describe('texts of lines', () => {
  test('quoted is a JSON string of the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (s) => {
        expect(JSON.parse(quoted(s))).toBe(s);
      }),
    );
  });

  test('a cut text is a prefix of whole code points', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (s, max) => {
        const cut = cutText(s, max);
        expect(bytes(cut)).toBeLessThanOrEqual(max);
        expect(s.startsWith(cut)).toBe(true);
        expect(cut).not.toContain('\ufffd');
      }),
    );
  });

  const text = fc.string({ unit: 'binary', maxLength: 6000 });
  const error = fc.record({
    code: text,
    message: text,
    causes: fc.array(fc.record({ message: text }), { maxLength: 6 }),
  });

  test('no line reaches 4,096 bytes, whatever the program gives; each is valid and keeps id and outcome', () => {
    let cut = 0;
    fc.assert(
      fc.property(text, text, error, fc.array(text, { maxLength: 5 }), (url, method, e, list) => {
        const whole = `${JSON.stringify({
          k: 'req',
          id: 7,
          createdAt: 12,
          method,
          url,
          t: [1, 2, 3, 4, 5],
          response: { status: 200, contentType: list[0], statusText: list[1] },
          error: e,
          outcome: 'failed',
        })}\n`;
        const out = bounded(whole);
        expect(bytes(out)).toBeLessThan(4096);
        expect(out.endsWith('}\n')).toBe(true);
        expect(parseLine(out.trimEnd())).toHaveProperty('line.id', 7);
        expect(JSON.parse(out)).toMatchObject({ k: 'req', outcome: 'failed', t: [1, 2, 3, 4, 5] });
        expect('cut' in JSON.parse(out)).toBe(out !== whole);
        if (out !== whole) cut++;
      }),
      { numRuns: 60, examples: [['x'.repeat(6000), 'GET', { code: '', message: '', causes: [] }, []]] },
    );
    expect(cut).toBeGreaterThan(0);
  });

  test('a line names its fields that are cut', () => {
    const out = JSON.parse(line({ k: 'end', id: 1, error: { message: 'x'.repeat(5000) }, outcome: 'failed' }));
    expect(out).toMatchObject({ id: 1, outcome: 'failed', cut: ['message'] });
    expect(out.error.message).toHaveLength(512);
    const many = { k: 'proc', v: 1, argv: Array.from({ length: 400 }, (_, i) => `argument-${i}`) };
    expect(JSON.parse(line(many)).argv.length).toBeLessThanOrEqual(16);
    expect(JSON.parse(line(many)).cut).toContain('argv');
  });

  test('masks: user info, secret parameters, also those the user named', () => {
    expect(maskedUrl('http://user:pass@h/p?token=abc&x=1')).toBe('http://***@h/p?token=***&x=1');
    expect(maskedUrl('http://h/p')).toBe('http://h/p');
    expect(maskedText('connect to http://u:p@h/?api_key=1 failed', 512)).toBe(
      'connect to http://***@h/?api_key=*** failed',
    );
    setUpMasks(['custom']);
    expect(maskedUrl('http://h/p?custom=1')).toBe('http://h/p?custom=***');
    setUpMasks([]);
  });
});
