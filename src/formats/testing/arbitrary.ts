/**
 * Random traces by the schemas: every field sometimes there, sometimes not; instants in any order; references that lead
 * somewhere, elsewhere or nowhere; words and fields of a later version; names that break careless code (`__proto__`).
 * What the schema allows, the formats must take.
 */
import fc from 'fast-check';
import type { AnySchema } from '../../model/base/schema';
import { type Trace, trace } from '../../model/records';

/** Where each array's ids begin, so that references can meet them. */
const bases: Record<string, number> = {
  requests: 0,
  dials: 10,
  lookups: 20,
  connections: 30,
  tlsTunnels: 40,
  dnsExchanges: 50,
};
const max = 4;

const times = ['2026-01-02T03:04:05.000001Z', '1970-01-01T00:00:00Z', '2024-02-29T23:59:59.999999+01:00'];
const urls = [
  'http://a.example/',
  'https://b.example:8443/x?a=1&token=***',
  'http://***@c.example/p%20q?x=%zz#f',
  'ws://d.example',
  'https://[::1]:443/',
];
/** Text of any characters, and some that matter somewhere. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '',
    'a b',
    '"\\\n',
    '\ud83d',
    '😀',
    '__proto__',
    'https://x.example/y',
    'lookup',
    '::1',
    '127.0.0.1',
    'fe80::1%2',
  ),
);
const fieldName = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'novelty', '7', 'at', 'x y'),
  fc.string({ maxLength: 6 }),
);

/** Never -0: JSON has none. */
const real = fc
  .oneof(fc.integer({ min: -3000, max: 20_000_000 }), fc.double({ min: -1e4, max: 1e9, noNaN: true }))
  .map((n) => n + 0);
const positive = fc.oneof(fc.nat(20_000_000), fc.double({ min: 0, max: 1e9, noNaN: true })).map((n) => n + 0);
const whole = fc.oneof(fc.nat(70_000), fc.constantFrom(0, 1, 80, 200, 404, 65_535, Number.MAX_SAFE_INTEGER));

const anyValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    anyText,
    real,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fieldName, tie('value'), { maxKeys: 4 }),
})).object;

const idIn = (array: string): fc.Arbitrary<string> =>
  array === 'threads'
    ? fc.constantFrom('1-0', '2-0', '9-9')
    : array === 'processes'
      ? fc.constantFrom('1', '2', '9')
      : array === 'certificates'
        ? fc.constantFrom('AA:0', 'AA:1', 'ZZ')
        : fc.nat(max).map((n) => `1-0-${(bases[array] ?? 60) + n}`);

function anythingOf(schema: AnySchema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(anythingOf));
  const words = schema['x-words'];
  if (words) return fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...words) }, { weight: 1, arbitrary: anyText });
  if (schema['x-ref'] !== undefined) return idIn(schema['x-ref']);
  if (schema['x-mask'] === 'url') return fc.constantFrom(...urls);
  switch (schema.type) {
    case 'string':
      return schema.pattern
        ? fc.bigInt({ min: 0n, max: 10n ** 18n }).map(String)
        : (schema.minLength ?? 0) > 0
          ? anyText.filter((t) => t !== '')
          : anyText;
    case 'integer':
      return whole;
    case 'number':
      return schema.minimum === 0 ? positive : real;
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(anythingOf(schema.items ?? {}), { maxLength: 3 });
    case 'object':
      return schema.properties && Object.keys(schema.properties).length > 0
        ? objectOf(schema)
        : schema.patternProperties
          ? mapOf(schema)
          : anyValue;
    default:
      return anyText;
  }
}

function mapOf(schema: AnySchema): fc.Arbitrary<unknown> {
  const [inner] = Object.values(schema.patternProperties ?? {});
  return fc.dictionary(fieldName, anythingOf(inner ?? {}), { maxKeys: 3 });
}

function objectOf(
  schema: AnySchema,
  fixed: Record<string, fc.Arbitrary<unknown>> = {},
): fc.Arbitrary<Record<string, unknown>> {
  const model = Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([k, s]) => [k, fixed[k] ?? anythingOf(s)]),
  );
  const known = fc.record(model, { requiredKeys: schema.required ?? [] }) as fc.Arbitrary<Record<string, unknown>>;
  const later = fc.dictionary(
    fieldName.filter((n) => !Object.hasOwn(schema.properties ?? {}, n)),
    fc.oneof(anyText, real),
    { maxKeys: 1 },
  );
  // A field of a later version, now and then.
  return fc.oneof(
    { weight: 9, arbitrary: known },
    { weight: 1, arbitrary: fc.tuple(known, later).map(([a, b]) => merged(a, b)) },
  );
}

function merged(a: Record<string, unknown>, b: Record<string, unknown>): Record<string, unknown> {
  const out = { ...a };
  for (const key of Object.keys(b))
    Object.defineProperty(out, key, { value: b[key], enumerable: true, writable: true, configurable: true });
  return out;
}

/** Records with ids of their own, so that no two have the same. */
function records(name: string, schema: AnySchema, idOf: (i: number) => string, field = 'id'): fc.Arbitrary<unknown[]> {
  return fc
    .array(objectOf(schema.items ?? {}), { maxLength: max })
    .map((list) => list.map((r, i) => ({ ...r, [field]: idOf(i) })))
    .map((list) => (name === 'processes' ? list.map(withThread) : list));
}

function withThread(process: Record<string, unknown>): Record<string, unknown> {
  const threads = (process.threads as Record<string, unknown>[])
    .slice(0, 1)
    .map((t) => ({ ...t, id: `${process.id}-0` }));
  return { ...process, threads };
}

/** A random trace of version 1.x. */
export function anyTrace(): fc.Arbitrary<Trace> {
  const schema = JSON.parse(JSON.stringify(trace)) as AnySchema;
  const fixed: Record<string, fc.Arbitrary<unknown>> = {
    version: fc.constantFrom('1.0', '1.7', '1.12'),
    beginTime: fc.constantFrom(...times),
  };
  for (const [name, s] of Object.entries(schema.properties ?? {})) {
    const base = bases[name];
    if (base !== undefined) fixed[name] = records(name, s, (i) => `1-0-${base + i}`);
    else if (name === 'processes') fixed[name] = records(name, s, (i) => String(i + 1));
    else if (name === 'certificates') fixed[name] = records(name, s, (i) => `AA:${i}`, 'fingerprint256');
  }
  return objectOf(schema, fixed) as fc.Arbitrary<unknown> as fc.Arbitrary<Trace>;
}
