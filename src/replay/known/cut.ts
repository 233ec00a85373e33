/** A record as it was known at an instant: what came later is absent, at every depth. */
import type * as Type from 'typebox';
import type { Knowledge } from './known';

interface Schema {
  'x-kind'?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema | Schema[];
}

/**
 * The record as of `until` (µs since the trace began; Infinity: whole). Undefined: nothing of it was known then.
 * The record itself is left as it is.
 */
export function knownOf<T extends object>(
  schema: Type.TSchema,
  knowledge: Knowledge<T>,
  record: T,
  until: number,
): T | undefined {
  const reached = reachedBy(knowledge, record, until);
  if (reached.size === 0) return undefined;
  if (until === Number.POSITIVE_INFINITY) return record;
  const milestones = knowledge.milestones(record);
  const last = milestones.at(-1)?.[0] ?? '';
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(record)) {
    if (!reached.has(own(knowledge.fields, key) ?? last)) continue;
    const inner = knowledge.nested && own(knowledge.nested, key);
    const kept = inner && isObject(value) ? pick(value, inner, reached, last) : value;
    const known = cutLater(own(properties(schema), key), kept, until);
    // An object that was there for what came later alone says nothing yet.
    if (known === undefined || (inner && isObject(known) && Object.keys(known).length === 0)) continue;
    Object.defineProperty(out, key, { value: known, enumerable: true, writable: true, configurable: true });
  }
  return out as T;
}

/** Milestones that were reached: by their own instants, or by that of the next one that has any. */
function reachedBy<T>(knowledge: Knowledge<T>, record: T, until: number): Set<string> {
  const reached = new Set<string>();
  let at = Number.POSITIVE_INFINITY;
  for (const [name, instant] of knowledge.milestones(record).toReversed()) {
    at = instant ?? at;
    if (at <= until) reached.add(name);
  }
  // Whatever is known of a record, it has begun; foreign traces have instants in any order.
  const first = knowledge.milestones(record)[0]?.[0];
  if (reached.size > 0 && first !== undefined) reached.add(first);
  return reached;
}

function pick(
  value: Record<string, unknown>,
  fields: Readonly<Record<string, string>>,
  reached: ReadonlySet<string>,
  last: string,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => reached.has(own(fields, key) ?? last)));
}

/** Without instants after `until`; what cannot be without its instant goes with it. */
export function cutLater(schema: Schema | Type.TSchema | undefined, value: unknown, until: number): unknown {
  const s = schema as Schema | undefined;
  if (!s || !holdsInstants(s)) return value;
  if (s['x-kind'] === 'instant') return typeof value === 'number' && value <= until ? value : undefined;
  if (s['x-kind'] === 'marks')
    return Array.isArray(value) ? value.filter((m) => ((m as number[])[0] as number) <= until) : value;
  if (Array.isArray(value)) {
    const items = s.items;
    if (!items || Array.isArray(items)) return value;
    return value.flatMap((v) => cutLater(items, v, until) ?? []);
  }
  return isObject(value) ? cutObject(s, value, until) : value;
}

function cutObject(schema: Schema, value: Record<string, unknown>, until: number): unknown {
  const out: Record<string, unknown> = {};
  for (const [key, v] of Object.entries(value)) {
    const field = own(schema.properties ?? {}, key);
    const known = cutLater(field, v, until);
    if (known === undefined) {
      if (schema.required?.includes(key)) return undefined;
      continue;
    }
    Object.defineProperty(out, key, { value: known, enumerable: true, writable: true, configurable: true });
  }
  return countedMarks(value, out);
}

/** Of chunks whose later marks were cut, count and size are those of what is left; with gaps between marks, unknown. */
function countedMarks(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): Record<string, unknown> | undefined {
  const marks = after.marks;
  if (!Array.isArray(marks) || !Array.isArray(before.marks) || marks.length === before.marks.length) return after;
  if (marks.length === 0) return undefined;
  const { count: _count, bytes: _bytes, droppedMarks, ...rest } = after;
  if (droppedMarks !== undefined) return rest;
  return { count: marks.length, bytes: marks.reduce((sum: number, m) => sum + ((m as number[])[1] ?? 0), 0), ...rest };
}

const known = new WeakMap<object, boolean>();

/** Whether there is an instant anywhere in values of a schema. */
function holdsInstants(schema: Schema): boolean {
  const before = known.get(schema);
  if (before !== undefined) return before;
  known.set(schema, false);
  const inner = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.items && !Array.isArray(schema.items) ? [schema.items] : []),
  ];
  const holds = schema['x-kind'] === 'instant' || schema['x-kind'] === 'marks' || inner.some(holdsInstants);
  known.set(schema, holds);
  return holds;
}

const properties = (schema: Type.TSchema): Record<string, Schema> => (schema as Schema).properties ?? {};

/** A field’s name may be any text, `constructor` too. */
function own<V>(map: Readonly<Record<string, V>>, key: string): V | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
