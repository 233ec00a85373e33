/** Stable form of records: keys in schema order, arrays by first instant, so that a saved trace diffs well. */
import type Type from 'typebox';
import { compareIds } from './ids';

/** A copy with the keys of `schema` in its order, at every depth; keys it does not know follow as they came. */
export function canonical<T>(schema: Type.TSchema, value: T): T {
  if (Array.isArray(value)) {
    const item = (schema as { items?: Type.TSchema }).items;
    return (item && !Array.isArray(item) ? value.map((v) => canonical(item, v)) : value) as T;
  }
  const properties = (schema as { properties?: Record<string, Type.TSchema> }).properties;
  if (typeof value !== 'object' || value === null || !properties) return value;
  const from = value as Record<string, unknown>;
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(properties))
    if (Object.hasOwn(from, key) && from[key] !== undefined)
      out[key] = canonical(properties[key] as Type.TSchema, from[key]);
  for (const key of Object.keys(from))
    if (!Object.hasOwn(properties, key) && from[key] !== undefined) keep(out, key, from[key]);
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
