/** The checks that the build makes say of each value what the schemas themselves say. */
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import fc from 'fast-check';
import { Check } from 'typebox/value';
import { beforeAll, describe, expect, test } from 'vitest';
import { rulesFile } from '../src/analysis/check/rulesFile';
import { eveInput } from '../src/formats/eve/input';
import { harInput } from '../src/formats/har/input';
import { kernelSchemas } from '../src/helper/kernelMessages';
import { messageSchemas } from '../src/helper/protocol';
import { lineSchemas } from '../src/model/lines/lines';
import { trace } from '../src/model/records';
import { moduleOfChecks } from './checks.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const tables = { 'line.': lineSchemas, 'message.': messageSchemas, 'kernel.': kernelSchemas };
const others = { trace, har: harInput, eve: eveInput, rules: rulesFile };
/** Each schema by the first of its names. */
const schemas = new Map();
for (const [prefix, table] of [...Object.entries(tables), ['', others]])
  for (const [key, schema] of Object.entries(table))
    if (![...schemas.values()].includes(schema)) schemas.set(prefix + key, schema);

let built;
beforeAll(async () => {
  const { outputFiles } = await esbuild.build({
    stdin: { contents: await moduleOfChecks(), resolveDir: root },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  const text = Buffer.from(outputFiles[0].contents).toString('base64');
  built = (await import(`data:text/javascript;base64,${text}`)).builtChecks;
});

/** Values that a schema accepts. */
function valid(schema) {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(valid));
  if (schema.allOf) return fc.tuple(...schema.allOf.map(valid)).map((all) => Object.assign({}, ...all));
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.pattern) return fc.stringMatching(new RegExp(schema.pattern, 'u'));
  if (schema.type === 'array' && Array.isArray(schema.items)) return fc.tuple(...schema.items.map(valid));
  if (schema.type === 'array') return fc.array(valid(schema.items), { minLength: schema.minItems ?? 0, maxLength: 2 });
  if (schema.type === 'integer') return schema.minimum === undefined ? fc.integer() : fc.nat();
  if (schema.type === 'number') return fc.double({ min: schema.minimum, noNaN: true, noDefaultInfinity: true });
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'string') return fc.string({ minLength: schema.minLength, maxLength: 16 });
  if (schema.type === 'null') return fc.constant(null);
  if (schema.patternProperties) {
    const [[pattern, value]] = Object.entries(schema.patternProperties);
    return fc.dictionary(fc.stringMatching(new RegExp(pattern)), valid(value), { maxKeys: 2, noNullPrototype: true });
  }
  if (!schema.properties) return fc.jsonValue();
  const properties = Object.entries(schema.properties).map(([key, value]) => [key, valid(value)]);
  return fc.record(Object.fromEntries(properties), { requiredKeys: schema.required ?? [], noNullPrototype: true });
}

/** A copy in which one part, the nth, is another value, or is left out. */
function changed(value, n, other) {
  let left = n % partsOf(value);
  const copy = (part) => {
    if (left-- === 0) return other;
    if (Array.isArray(part)) return part.map(copy);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, each]) => [key, copy(each)]));
  };
  return copy(value);
}

function partsOf(value) {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum, part) => sum + partsOf(part), 1);
}

describe('checks made by the build', () => {
  test('one for each schema', () => {
    expect(Object.keys(built)).toEqual([...schemas.keys()]);
  });

  test.each([...schemas])('%s', (name, schema) => {
    const check = built[name]();
    const counts = { accepted: 0, refused: 0 };
    const agree = (value) => {
      const expected = Check(schema, value);
      counts[expected ? 'accepted' : 'refused']++;
      expect(check(value)).toBe(expected);
    };
    const other = fc.option(fc.jsonValue(), { nil: undefined });
    fc.assert(
      fc.property(valid(schema), fc.nat(), other, (value, n, instead) => {
        agree(value);
        agree(changed(value, n, instead));
      }),
    );
    expect(counts.accepted).toBeGreaterThan(20);
    expect(counts.refused).toBeGreaterThan(0);
  });
});
