import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eveText } from './eve/write';
import { FormatError } from './file/error';
import { scanJson } from './file/scan';
import { harText, toHar } from './har/write';
import { nativeText, parseNative } from './native/format';
import { lowered } from './shared/lower';
import { anyTrace } from './testing/arbitrary';
import { goErrors } from './testing/eveGo';
import { example, exampleText } from './testing/example';
import { harErrors } from './testing/harSchema';

const plainCopy = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('native', () => {
  test('a trace is read as it was written', () => {
    fc.assert(
      fc.property(anyTrace(), (doc) => {
        const read = parseNative(nativeText(doc));
        // Up to the order of records.
        const sorted = parseNative(nativeText(plainCopy(read) as typeof read));
        expect(read).toEqual(sorted);
        expect(nativeText(read).length).toBe(nativeText(doc).length);
        for (const [key, value] of Object.entries(doc)) {
          const back = (read as Record<string, unknown>)[key];
          if (Array.isArray(value))
            expect(new Set(value.map((v) => stable(v)))).toEqual(new Set((back as unknown[]).map((v) => stable(v))));
          else expect(back).toEqual(value);
        }
      }),
    );
  });

  test('saving again gives the same bytes', () => {
    fc.assert(
      fc.property(anyTrace(), (doc) => {
        const text = nativeText(doc);
        expect(nativeText(parseNative(text))).toBe(text);
      }),
    );
  });

  test('whatever text is given, it is read or refused with a FormatError', () => {
    const text = nativeText(example());
    const damaged = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.nat(text.length).map((n) => text.slice(0, n)),
      fc
        .tuple(fc.nat(text.length), fc.string({ minLength: 1, maxLength: 4 }))
        .map(([n, s]) => text.slice(0, n) + s + text.slice(n)),
      fc.tuple(fc.nat(text.length), fc.nat(20)).map(([n, length]) => text.slice(0, n) + text.slice(n + length)),
    );
    const seen = { read: 0, refused: 0 };
    fc.assert(
      fc.property(damaged, fc.boolean(), (bad, recover) => {
        try {
          const doc = parseNative(bad, { recover });
          expect(nativeText(parseNative(nativeText(doc)))).toBe(nativeText(doc));
          seen.read++;
        } catch (e) {
          expect(e).toBeInstanceOf(FormatError);
          expect((e as FormatError).message.length).toBeLessThan(1000);
          seen.refused++;
        }
      }),
      { numRuns: 600 },
    );
    expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(0);
  });

  test('a cut trace gives back what was whole, at every place of the cut', () => {
    const text = nativeText(example());
    const whole = parseNative(text);
    const seen = { requests: 0, refused: 0 };
    fc.assert(
      fc.property(fc.nat(text.length - 4), (n) => {
        let kept: ReturnType<typeof parseNative>;
        try {
          kept = parseNative(text.slice(0, n), { recover: true });
        } catch (e) {
          expect(e).toBeInstanceOf(FormatError);
          expect((e as FormatError).keeps).toBeUndefined();
          seen.refused++;
          return;
        }
        for (const [i, r] of kept.requests.entries()) expect(r).toEqual(whole.requests[i]);
        seen.requests += kept.requests.length;
        expect(kept.losses.at(-1)).toMatchObject({
          kind: 'truncated',
          count: whole.requests.length - kept.requests.length,
        });
      }),
      { numRuns: 300 },
    );
    expect(Math.min(seen.requests, seen.refused)).toBeGreaterThan(0);
  });
});

describe('the scanner', () => {
  test('agrees with JSON.parse on what is JSON', () => {
    const texts = fc.oneof(
      fc.json(),
      fc.string(),
      fc
        .tuple(fc.json(), fc.nat(40), fc.constantFrom('', ',', '"', '}', '0', '\\', 'e', '-'))
        .map(([s, n, c]) => s.slice(0, n) + c + s.slice(n + 1)),
    );
    const seen = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(texts, (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        expect(scanJson(text).failure === undefined).toBe(valid);
        seen[valid ? 'valid' : 'invalid']++;
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(100);
  });

  test('a text that was cut fails at its end', () => {
    fc.assert(
      fc.property(
        fc.object().map((o) => JSON.stringify(o)),
        fc.nat(),
        (text, n) => {
          const cut = text.slice(0, n % text.length);
          expect(scanJson(cut).failure).toMatchObject({ atEnd: true });
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the other formats', () => {
  test('HAR is valid whatever the trace holds, and its times sum', () => {
    fc.assert(
      fc.property(anyTrace(), (doc) => {
        expect(harErrors(JSON.parse(harText(doc)))).toEqual([]);
        for (const { timings: t, time } of toHar(doc).log.entries) {
          const parts = [t.blocked, t.dns, t.connect, t.send, t.wait, t.receive].filter((part) => part !== -1);
          expect(parts.every((part) => part >= 0)).toBe(true);
          expect(time).toBeCloseTo(
            parts.reduce((a, b) => a + b, 0),
            4,
          );
          expect(t.ssl).toBeLessThanOrEqual(t.connect);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('EVE is what the Go structure takes whatever the trace holds', () => {
    fc.assert(
      fc.property(anyTrace(), (doc) => {
        expect(goErrors(eveText(doc))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('lowering', () => {
  test('once is enough, and it is still a trace', () => {
    fc.assert(
      fc.property(anyTrace(), (doc) => {
        const once = lowered(doc);
        expect(nativeText(lowered(once))).toBe(nativeText(once));
        expect(() => parseNative(nativeText(once))).not.toThrow();
      }),
      { numRuns: 200 },
    );
  });

  test('leaves alone what has no secret', () => {
    const doc = parseNative(exampleText());
    expect(lowered(doc)).toBe(doc);
  });
});

/** JSON with sorted keys: equality up to the order of keys. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))
      : v,
  );
}
