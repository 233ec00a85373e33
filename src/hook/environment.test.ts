/** What the session wrote into the environment may have been changed by the program: any value leaves settings that fit. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fits, type Kind } from '../model/options/kinds';
import { recorded } from '../model/options/recorded';
import { readEnvironment } from './environment';

const kinds = Object.entries<Kind>(recorded);
const value = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>('all', 'values', -1, 1.5, 1e308, true, [], {}, 'x'.repeat(5000)),
);
const conf = fc.oneof(
  fc
    .dictionary(fc.constantFrom(...kinds.map(([name]) => name), 'gap', 'host', 'faults', 'resolverFiles'), value)
    .map((more) => JSON.stringify({ v: 1, ...more })),
  fc.json(),
  fc.string(),
  fc.constantFrom('{"v":1,"__proto__":{"headers":"values"}}', '{"v":2}', 'null', '[]', '1', '"v"'),
);

test('any NETTRACE_CONF: no settings, or settings of their kinds, with the names of those that did not fit', () => {
  const seen = { none: 0, some: 0, unfit: 0 };
  fc.assert(
    fc.property(conf, (text) => {
      const settings = readEnvironment({ NETTRACE_SPOOL: '/spool', NETTRACE_CONF: text });
      if (settings === undefined) return void seen.none++;
      seen.some++;
      for (const [name, kind] of kinds)
        expect({ name, fits: fits(kind, Reflect.get(settings, name)) }).toEqual({ name, fits: true });
      const { unfit } = settings as unknown as { unfit: string[] };
      if (unfit.length > 0) seen.unfit++;
    }),
    { numRuns: 500 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
});

test('without a spool folder nothing is traced, whatever else is there', () => {
  expect(readEnvironment({ NETTRACE_CONF: '{"v":1}' })).toBeUndefined();
  expect(readEnvironment({ NETTRACE_SPOOL: '' })).toBeUndefined();
});
