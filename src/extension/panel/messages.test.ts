/** What the page may send: any value is decided without a throw, and what passes is one of the messages, bounded. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageMessage } from '../../model/panel/pageMessage';
import { isPageMessage } from './messages';

/** Each kind as it is written in the schema. */
const kinds = (pageMessage as unknown as { anyOf: { properties: Record<string, { const?: string }> }[] }).anyOf.map(
  ({ properties }) => ({ type: properties.type?.const ?? '', keys: Object.keys(properties) }),
);
const keys = [...new Set(kinds.flatMap((kind) => kind.keys))];

/** Right names with wrong values, and right values that are too long or too many. */
const value = fc.oneof(
  fc.jsonValue(),
  fc.string({ maxLength: 300 }),
  fc.constantFrom('x'.repeat(201), 'clear', 'headers', 'request', 1001, -1, Number.NaN, Infinity, true, null),
  fc.array(fc.string({ maxLength: 210 }), { maxLength: 4 }),
);
const message = fc
  .tuple(
    fc.constantFrom(...kinds.map((kind) => kind.type), '__proto__', ''),
    fc.dictionary(fc.constantFrom(...keys), value),
  )
  .map(([type, more]) => ({ ...more, type }));

test('any message: decided, never a throw', () => {
  const seen = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(fc.oneof(message, message, fc.jsonValue(), fc.anything()), (sent) => {
      const isTaken = isPageMessage(sent);
      seen[isTaken ? 'taken' : 'refused']++;
      if (!isTaken) return;
      const { type, ...rest } = sent as { type: string; id?: unknown; ids?: unknown };
      expect(kinds.map((kind) => kind.type)).toContain(type);
      if (kinds.find((kind) => kind.type === type)?.keys.includes('id') === true) {
        expect(typeof rest.id).toBe('string');
        expect((rest.id as string).length).toBeLessThanOrEqual(200);
      }
    }),
    { numRuns: 2000 },
  );
  expect(seen.taken).toBeGreaterThan(20);
  expect(seen.refused).toBeGreaterThan(20);
});
