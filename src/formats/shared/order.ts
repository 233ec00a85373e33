/**
 * Keys in the order of the schema, so that a saved trace reads the same everywhere and diffs well. Fields that the
 * schema does not know (a later 1.y wrote them) follow in the order they had: they are kept, never dropped.
 */
import type { TSchema } from 'typebox';
import type { AnySchema } from '../../model/base/schema';

interface Place {
  at: number;
  /** Shape of the value; undefined where it has no known keys inside. */
  inner: Shape | undefined;
}

interface Shape {
  /** Of each known key. */
  places: Map<string, Place>;
  /** Known keys in schema order, with the shape of each value; undefined where the value has no known keys inside. */
  keys: Map<string, Shape | undefined>;
  /** Shape of the elements, for an array. */
  items: Shape | undefined;
}

/** Arrays whose records have instants. The others (sources, certificates, losses, findings …) keep the order they have. */
export const byInstant = new Set([
  'clockSamples',
  'processes',
  'requests',
  'dials',
  'lookups',
  'dnsExchanges',
  'connections',
  'tlsTunnels',
  'socketOperations',
  'kernelSamples',
  'kernelEvents',
  'conntrackEntries',
  'captures',
  'packets',
  'pauses',
  'eventLoopDelays',
]);

const shapes = new WeakMap<object, Shape>();

/** Nothing inside has a schema order (texts, numbers, open maps): the value is written unchanged. */
function isPlain(shape: Shape | undefined): boolean {
  return shape === undefined || (shape.keys.size === 0 && isPlain(shape.items) && shape.items === undefined);
}

export function shapeOf(schema: TSchema): Shape {
  const known = shapes.get(schema);
  if (known) return known;
  const { properties, items } = schema as AnySchema;
  const shape: Shape = { places: new Map(), keys: new Map(), items: undefined };
  shapes.set(schema, shape);
  for (const [key, value] of Object.entries(properties ?? {})) {
    const inner = shapeOf(value as TSchema);
    const known = isPlain(inner) ? undefined : inner;
    shape.places.set(key, { at: shape.places.size, inner: known });
    shape.keys.set(key, known);
  }
  if (items !== undefined && !Array.isArray(items)) {
    const inner = shapeOf(items as TSchema);
    shape.items = isPlain(inner) ? undefined : inner;
  }
  return shape;
}

/** JSON of a value on one line, keys ordered by `shape`. Undefined for what JSON cannot say (undefined, NaN, a function). */
export function orderedJson(value: unknown, shape: Shape | undefined): string | undefined {
  // Records of a store have their keys in order already: JSON's own writer is several times faster.
  return isOrdered(value, shape) ? JSON.stringify(value) : reordered(value, shape);
}

/** Whether `JSON.stringify` writes the value as it should be. */
function isOrdered(value: unknown, shape: Shape | undefined): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value !== 'object') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every((v) => isOrdered(v, shape?.items));
  let last = -1;
  for (const key of Object.keys(value)) {
    // A key of a later version comes after all known ones.
    const place = shape?.places.get(key);
    const at = place?.at ?? Number.MAX_SAFE_INTEGER;
    if (at < last || !isOrdered((value as Record<string, unknown>)[key], place?.inner)) return false;
    last = at;
  }
  return true;
}

function reordered(value: unknown, shape: Shape | undefined): string | undefined {
  const ordered = inOrder(value, shape);
  return ordered === undefined ? undefined : JSON.stringify(ordered);
}

/** A copy with its keys in order, without what JSON cannot say: its own writer then does the rest. */
function inOrder(value: unknown, shape: Shape | undefined): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'object') return undefined;
  if (Array.isArray(value)) return value.map((v) => inOrder(v, shape?.items) ?? null);
  const object = value as Record<string, unknown>;
  const keys = Object.keys(object);
  const places = shape ? sortByPlace(keys, shape) : undefined;
  const out: Record<string, unknown> = {};
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    const place = places?.[i];
    const inner = inOrder(object[key], place?.inner);
    if (inner === undefined) continue;
    // A key of the schema is no `__proto__`; another one may have any name.
    if (place) out[key] = inner;
    else Object.defineProperty(out, key, { value: inner, enumerable: true, configurable: true, writable: true });
  }
  return out;
}

/** Sorted in place, by insertion: a record has few keys, and most are where they should be. Gives the place of each. */
function sortByPlace(keys: string[], shape: Shape): (Place | undefined)[] {
  const places = keys.map((key) => shape.places.get(key));
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] as string;
    const place = places[i];
    const at = place?.at ?? Number.MAX_SAFE_INTEGER;
    let j = i - 1;
    for (; j >= 0 && (places[j]?.at ?? Number.MAX_SAFE_INTEGER) > at; j--) {
      keys[j + 1] = keys[j] as string;
      places[j + 1] = places[j];
    }
    keys[j + 1] = key;
    places[j + 1] = place;
  }
  return places;
}

/** The keys of an object in writing order, each with the shape of its value. */
export function* orderedEntries(value: object, shape: Shape | undefined): Generator<[string, Shape | undefined]> {
  for (const [key, inner] of shape?.keys ?? []) if (Object.hasOwn(value, key)) yield [key, inner];
  for (const key of Object.keys(value)) if (!shape?.keys.has(key)) yield [key, undefined];
}

export type { Shape };
