/** Stable form of records: keys in schema order, arrays by first instant, so that a saved trace diffs well. */
import type * as Type from 'typebox';
import { compareIds } from './ids';

/** What a schema says of its keys, looked up once a schema and not once a record. */
interface Keys {
  order: Map<string, number>;
  of: Map<string, Type.TSchema>;
}
const known = new WeakMap<object, Keys>();

function keysOf(properties: Record<string, Type.TSchema>): Keys {
  const before = known.get(properties);
  if (before) return before;
  const entries = Object.entries(properties);
  const made = { order: new Map(entries.map(([key], i) => [key, i])), of: new Map(entries) };
  known.set(properties, made);
  return made;
}

/** A copy with the keys of `schema` in its order, at every depth; keys it does not know follow as they came. */
export function canonical<T>(schema: Type.TSchema, value: T): T {
  if (Array.isArray(value)) {
    const item = (schema as { items?: Type.TSchema }).items;
    return (item && !Array.isArray(item) ? value.map((v) => canonical(item, v)) : value) as T;
  }
  const properties = (schema as { properties?: Record<string, Type.TSchema> }).properties;
  if (typeof value !== 'object' || value === null || !properties) return value;
  const { order, of } = keysOf(properties);
  const from = value as Record<string, unknown>;
  const out: Record<string, unknown> = {};
  // A record has few of its schema's keys: its own are put in order, rather than each of the schema's looked for.
  const keys = Object.keys(from);
  const named = keys.filter((key) => order.has(key));
  named.sort((a, b) => (order.get(a) as number) - (order.get(b) as number));
  for (const key of named) if (from[key] !== undefined) out[key] = canonical(of.get(key) as Type.TSchema, from[key]);
  if (named.length === keys.length) return out as T;
  for (const key of keys) if (!order.has(key) && from[key] !== undefined) keep(out, key, from[key]);
  return out as T;
}

/** An unknown field may have any name, `__proto__` too: define it, do not assign. */
function keep(out: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(out, key, { value, enumerable: true, writable: true, configurable: true });
}

/** First instant by which records sort: what is absent goes last. */
export function firstInstant(value: Record<string, unknown>): number {
  for (const key of ['createdAt', 'beginAt', 'startAt', 'at', 'capturedAt']) {
    const v = value[key];
    if (typeof v === 'number') return v;
  }
  const connect = value.connect as { beginAt?: number; endAt?: number } | undefined;
  return connect?.beginAt ?? connect?.endAt ?? Number.POSITIVE_INFINITY;
}

/** Sorted by first instant, then id. */
export function sorted<T extends object>(values: Iterable<T>): T[] {
  const idOf = (v: T) => String((v as { id?: string }).id ?? '');
  return [...values]
    .map((v) => ({ v, at: firstInstant(v as Record<string, unknown>) }))
    .sort((a, b) => (a.at === b.at ? compareIds(idOf(a.v), idOf(b.v)) : a.at - b.at))
    .map(({ v }) => v);
}
