import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { example } from '../testing/example';
import { nativeText } from './format';
import { publishedSchema, withTables } from './published';

const docs = join(import.meta.dirname, '../../../docs');
const read = (name: string) => readFileSync(join(docs, name), 'utf8');
const stale = 'docs are not what the schemas say: run `node scripts/schema.mjs` and look at the difference';

describe('the published schema', () => {
  test('is the one of the records', () => {
    expect(read('nettrace.schema.json') === publishedSchema(), stale).toBe(true);
  });

  test('takes the example, and what a later version adds', () => {
    const validate = new Ajv({ strict: false }).compile(JSON.parse(publishedSchema()));
    const doc = JSON.parse(nativeText(example())) as Record<string, unknown>;
    expect(validate(doc), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...doc, version: '1.9', novelty: 1, state: 'paused' })).toBe(true);
    expect(validate({ ...doc, format: 'other' })).toBe(false);
    expect(validate({ ...doc, requests: [{ thread: '1-0' }] })).toBe(false);
  });

  test('every field is described', () => {
    const bare: string[] = [];
    const walk = (schema: Record<string, unknown>, path: string) => {
      for (const [name, s] of Object.entries((schema.properties ?? {}) as Record<string, Record<string, unknown>>)) {
        if (typeof s.description !== 'string' || s.description.length < 3) bare.push(`${path}.${name}`);
        walk(s, `${path}.${name}`);
        if (s.items) walk(s.items as Record<string, unknown>, `${path}.${name}[]`);
      }
    };
    walk(JSON.parse(publishedSchema()) as Record<string, unknown>, '$');
    expect(bare).toEqual([]);
  });
});

test('the tables of docs/trace-format.md are those of the schema', () => {
  const text = read('trace-format.md');
  expect(withTables(text) === text, stale).toBe(true);
});
