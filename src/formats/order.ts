/**
 * Keys in the order of the schema, so that a saved trace reads the same everywhere and diffs well. Fields that the
 * schema does not know (a later 1.y wrote them) follow in the order they had: they are kept, never dropped.
 */
import type { TSchema } from 'typebox';

interface Shape {
  /** Known keys in schema order, with the shape of each value; undefined where the value has no known keys inside. */
  keys: Map<string, Shape | undefined>;
  /** Shape of the elements, for an array. */
  items: Shape | undefined;
}

interface AnySchema {
  type?: string;
  properties?: Record<string, AnySchema>;
  items?: AnySchema | AnySchema[];
}

const shapes = new WeakMap<object, Shape>();

/** Nothing inside has an order of its own (texts, numbers, open maps): the value is written as it stands. */
function isPlain(shape: Shape | undefined): boolean {
  return shape === undefined || (shape.keys.size === 0 && isPlain(shape.items) && shape.items === undefined);
}

export function shapeOf(schema: TSchema): Shape {
  const known = shapes.get(schema);
  if (known) return known;
  const { properties, items } = schema as AnySchema;
  const shape: Shape = { keys: new Map(), items: undefined };
  shapes.set(schema, shape);
  for (const [key, value] of Object.entries(properties ?? {})) {
    const inner = shapeOf(value as TSchema);
    shape.keys.set(key, isPlain(inner) ? undefined : inner);
  }
  if (items !== undefined && !Array.isArray(items)) {
    const inner = shapeOf(items as TSchema);
    shape.items = isPlain(inner) ? undefined : inner;
  }
  return shape;
}

/** JSON of a value on one line, keys ordered by `shape`. Undefined for what JSON cannot say (undefined, NaN, a function). */
export function orderedJson(value: unknown, shape: Shape | undefined): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : undefined;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((v) => orderedJson(v, shape?.items) ?? 'null').join(',')}]`;
  const object = value as Record<string, unknown>;
  let out = '{';
  if (shape)
    for (const [key, inner] of shape.keys)
      if (Object.hasOwn(object, key)) out = withMember(out, key, object[key], inner);
  for (const key of Object.keys(object)) if (!shape?.keys.has(key)) out = withMember(out, key, object[key], undefined);
  return `${out}}`;
}

function withMember(out: string, key: string, value: unknown, shape: Shape | undefined): string {
  const text = orderedJson(value, shape);
  return text === undefined ? out : `${out}${out === '{' ? '' : ','}${quoted(key)}:${text}`;
}

const quotedNames = new Map<string, string>();

/** A name in quotes; remembered, as the same few stand in every record. */
function quoted(key: string): string {
  let text = quotedNames.get(key);
  if (text === undefined) {
    text = JSON.stringify(key);
    if (quotedNames.size < 1000) quotedNames.set(key, text);
  }
  return text;
}

/** The keys of an object in writing order, each with the shape of its value. */
export function* orderedEntries(value: object, shape: Shape | undefined): Generator<[string, Shape | undefined]> {
  for (const [key, inner] of shape?.keys ?? []) if (Object.hasOwn(value, key)) yield [key, inner];
  for (const key of Object.keys(value)) if (!shape?.keys.has(key)) yield [key, undefined];
}

export type { Shape };
