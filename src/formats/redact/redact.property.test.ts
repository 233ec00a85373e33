/** What is planted anywhere in a trace is nowhere in its copy, and the copy is a trace. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AnySchema } from '../../model/base/schema';
import { type Trace, trace } from '../../model/records';
import { nativeText, parseNative } from '../native/format';
import { anyTrace } from '../testing/arbitrary';
import { redacted, untreated } from './redact';

test('every text of the schema has a treatment', () => {
  expect(untreated()).toEqual([]);
});

const planted = 'Quokka7Secret';

/** Ways in which a text may have survived. */
const forms = (text: string): string[] => [
  text,
  encodeURIComponent(text),
  Buffer.from(text).toString('hex'),
  // The middle of its base64, wherever it began.
  ...[0, 1, 2].map((n) =>
    Buffer.from(`${'x'.repeat(n)}${text}`)
      .toString('base64')
      .slice(n === 0 ? 0 : 4, -4),
  ),
];

function leaksIn(text: string): string[] {
  const lower = text.toLowerCase();
  return forms(planted).filter((form) => lower.includes(form.toLowerCase()));
}

/** How a text may hold a name: alone, and in what the fields are made of. */
const carriers: ((name: string) => string)[] = [
  (name) => name,
  (name) => `https://user:${name}@${name}.example.com:8443/${name}/a?${name}=${name}&b=1#${name}`,
  (name) => `/srv/${name}/node_modules/${name}/src/${name}.ts`,
  (name) => `file:///home/${name}/app/${encodeURIComponent(`${name} x`)}.mjs`,
  (name) => `${name}.internal`,
  (name) => `DNS:*.${name}.com`,
  (name) => `TimeoutError: ${name}`,
  (name) => `socket hang up at ${name}`,
  (name) => `application/${name}+json; charset=${name}`,
  (name) => Buffer.from(name).toString('base64'),
  (name) => Buffer.from(name).toString('hex'),
  (name) => name.toUpperCase(),
  (name) => `ERR_${name}`,
  (name) => `v1.2.3-${name}`,
  (name) => `4711-0-${name}`,
];

/** A value with the name in every text, key and field of a later version. */
function filled(schema: AnySchema, carry: (name: string) => string, key = ''): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.anyOf) return filled(schema.anyOf[0] as AnySchema, carry);
  if (schema.type === 'array') return [filled(schema.items ?? {}, carry), filled(schema.items ?? {}, carry)];
  if (schema.patternProperties) {
    const [inner] = Object.values(schema.patternProperties);
    return { [carry(planted)]: filled(inner as AnySchema, carry), url: filled(inner as AnySchema, carry) };
  }
  if (schema.type === 'object') {
    const known = Object.entries(schema.properties ?? {}).map(([k, s]) => [k, filled(s, carry, k)]);
    return { ...Object.fromEntries(known), novelty: carry(planted), [carry(planted)]: { deep: [carry(planted)] } };
  }
  if (schema.pattern) return '1';
  if (schema.type === 'string' || Array.isArray(schema.type)) return key === 'version' ? '1.0' : carry(planted);
  return schema.type === 'boolean' ? true : 1;
}

test.each(carriers.map((carry) => [carry(planted), carry] as const))(
  '%s: in every field, and in no copy',
  (_, carry) => {
    const doc = { ...(filled(trace as object, carry) as Trace), version: '1.0' };
    expect(JSON.stringify(doc)).toContain(carry(planted).slice(0, 12));
    const text = nativeText(redacted(doc));
    expect(leaksIn(text)).toEqual([]);
    expect(() => parseNative(text)).not.toThrow();
    // It is no empty shape that has none.
    expect(text).toContain('"callSite"');
    expect(JSON.parse(text).requests).toHaveLength(2);
  },
);

test('addresses keep their family and kind, and are nobody’s', () => {
  const addresses = [
    '8.8.4.4',
    '10.20.30.40',
    '192.168.7.8',
    '172.20.1.2',
    '127.0.0.5',
    '::1',
    'fd12::9',
    'fe80::77%eth7',
    '2a00:1450::5',
    '::ffff:9.9.9.9',
  ];
  const local = (address: string, n: number) => ({
    id: `1-0-${n}`,
    local: { address, port: 1 },
    remote: { address, port: n },
  });
  const doc = {
    ...(filled(trace as object, carriers[0] as (n: string) => string) as Trace),
    version: '1.0',
    connections: addresses.map(local),
  };
  const out = redacted(doc as unknown as Trace).connections;
  const shown = out.map((c) => c.local?.address ?? '');
  expect(out.map((c) => c.remote?.address)).toEqual(shown);
  expect(shown[4]).toBe('127.0.0.5');
  expect(shown[5]).toBe('::1');
  for (const [i, pattern] of [
    /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/,
    /^10\./,
    /^192\.168\./,
    /^172\.20\./,
    /^127\./,
    /^::1$/,
    /^fd00::/,
    /^fe80::.*%1$/,
    /^2001:db8::/,
    /^::ffff:(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/,
  ].entries())
    expect(shown[i]).toMatch(pattern);
  expect(new Set(shown).size).toBe(addresses.length);
});

test('any trace: the copy is one, and is written again as it is', () => {
  fc.assert(
    fc.property(anyTrace(), (doc) => {
      const text = nativeText(redacted(doc));
      const again = parseNative(text);
      expect(again.requests.map((r) => r.createdAt)).toEqual(
        expect.arrayContaining(doc.requests.map((r) => r.createdAt)),
      );
      expect(again.counts.requests).toBe(doc.counts.requests);
    }),
    { numRuns: 60 },
  );
});

test('the same text has one hash in a copy, and another in the next', () => {
  const doc = { ...(filled(trace as object, carriers[1] as (n: string) => string) as Trace), version: '1.0' };
  const [a, b] = [redacted(doc), redacted(doc)];
  expect(a.requests[0]?.url).toBe(a.requests[1]?.url);
  expect(a.requests[0]?.url).not.toBe(b.requests[0]?.url);
});
