/** Merging of a line's fields into a record, and shifting of its instants to the trace's clock. */
import type * as Type from 'typebox';

/** `base` with the fields of `more`, objects merged field by field, the last writer winning; arrays are replaced. */
export function merge<T extends object>(base: T, more: Partial<T>): T {
  const out = { ...base } as Record<string, unknown>;
  for (const key of Object.keys(more) as (keyof T & string)[]) {
    const value: unknown = more[key];
    if (value === undefined) continue;
    const before = out[key];
    out[key] = isPlain(before) && isPlain(value) ? merge(before, value) : value;
  }
  return out as T;
}

const isPlain = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);

interface Annotated {
  'x-kind'?: string;
  properties?: Record<string, Annotated>;
  items?: Annotated;
}

/**
 * A copy of `value` with `offset` added to every field that its schema marks as an instant. Walks the value, not the
 * schema: a line carries few of its kind's fields.
 */
export function shifted<T>(schema: Type.TSchema, value: T, offset: number): T {
  return offset === 0 ? value : (shift(schema as Annotated, value, offset) as T);
}

/** As `shifted`, of one field of a record. */
export function shiftedField(schema: Type.TSchema, key: string, value: unknown, offset: number): unknown {
  return offset === 0 ? value : shift((schema as Annotated).properties?.[key], value, offset);
}

function shift(schema: Annotated | undefined, value: unknown, offset: number): unknown {
  if (schema === undefined || value === null) return value;
  const kind = schema['x-kind'];
  if (kind === 'instant') return typeof value === 'number' ? value + offset : value;
  if (kind === 'marks')
    return Array.isArray(value) ? value.map((m) => (Array.isArray(m) ? [m[0] + offset, ...m.slice(1)] : m)) : value;
  if (Array.isArray(value)) return schema.items ? value.map((v) => shift(schema.items, v, offset)) : value;
  if (typeof value !== 'object' || !schema.properties) return value;
  const out: Record<string, unknown> = {};
  for (const key in value) out[key] = shift(schema.properties[key], (value as Record<string, unknown>)[key], offset);
  return out;
}
