import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sampled } from './sampled';

test('1 in N of each kind, the first of each among them, however the kinds are mixed', () => {
  const kinds = fc.array(fc.constantFrom('request' as const, 'close' as const), { maxLength: 200 });
  fc.assert(
    fc.property(kinds, fc.integer({ min: 1, max: 20 }), (events, oneIn) => {
      const sampled = new Sampled(oneIn);
      const sent = events.filter((event) => sampled.takes({ event }));
      for (const kind of ['request', 'close'] as const) {
        const count = events.filter((event) => event === kind).length;
        expect(sampled.seen[kind]).toBe(count);
        expect(sent.filter((event) => event === kind)).toHaveLength(Math.ceil(count / oneIn));
      }
      expect(sampled.total).toBe(events.length);
    }),
  );
});
