/**
 * A copy of a trace that can be given away: its shape, times, sizes and outcomes, without names. It is made by a walk
 * over the schema that takes what has a treatment and nothing else: no field of a later version, no unknown word.
 */
import type { TSchema } from 'typebox';
import type { AnySchema } from '../../model/base/schema';
import { type Trace, trace } from '../../model/records';
import { lowered } from '../shared/lower';
import { fields, left } from './fields';
import { type Treat, type Treatment, treatmentsOf } from './treatments';
import { ownWords } from './vocabulary';

const schemaOfTrace = trace as TSchema as AnySchema;

type Parent = Readonly<Record<string, unknown>>;
type Redact = (value: unknown, parent: Parent) => unknown;
type Treatments = Readonly<Record<Treatment, Treat>>;

/** Secrets are masked first; the key of the hashes is made here, and gone with the call. */
export function redacted(doc: Trace): Trace {
  return redactOf(schemaOfTrace, [], treatmentsOf())(lowered(doc), {}) as Trace;
}

/** Fields of the schema with text that have no treatment; none may be left. */
export function untreated(): string[] {
  const missing: string[] = [];
  redactOf(schemaOfTrace, [], treatmentsOf(), (path) => missing.push(path.join('.')));
  return missing;
}

/** What `path` leads to, redacted; its last names decide. `report`: of a text without a treatment. */
function redactOf(
  schema: AnySchema,
  path: readonly string[],
  treat: Treatments,
  report: (path: readonly string[]) => void = () => {},
): Redact {
  const [around = '', name = ''] = path.length < 2 ? ['', path[0]] : path.slice(-2);
  const treatment = (key: string): Treat => {
    const found = fields[around]?.[key];
    if (found === undefined) report(path);
    return found === undefined ? () => undefined : treat[found];
  };
  const inner = (s: AnySchema, key?: string): Redact =>
    redactOf(s, key === undefined ? path : [...path, key], treat, report);
  const isOpen =
    schema.type === 'object' && !schema.patternProperties && Object.keys(schema.properties ?? {}).length === 0;
  if (left.has(name) || (isOpen && left.has(`${name}{}`))) return () => undefined;
  if (isOpen) {
    report(path);
    return () => undefined;
  }
  if (schema.const !== undefined) return () => schema.const;
  if (schema.anyOf) return oneOf(schema.anyOf.map((s) => [s, inner(s)]));
  if (schema.patternProperties) return mapOf(schema.patternProperties, treatment(`${name}{}`), treat);
  if (schema.items) return listOf(inner(schema.items));
  if (schema.properties) {
    const members = Object.entries(schema.properties).map(([key, s]): [string, Redact] => [key, inner(s, key)]);
    return objectOf(members, new Set(schema.required));
  }
  const words = schema['x-words'];
  if (words) return textOf((text) => (words.includes(text) ? text : treat.hash(text, {})));
  const ref = schema['x-ref'];
  if (ref !== undefined) return textOf(ref === 'certificates' ? treat.fingerprint : treat.id);
  if (schema.type === 'string') return textOf(treatment(name));
  return (value) => (typeof value === 'number' || typeof value === 'boolean' ? value : undefined);
}

const textOf =
  (treat: Treat): Redact =>
  (value, parent) =>
    typeof value === 'string' ? treat(value, parent) : undefined;

const oneOf =
  (parts: readonly [AnySchema, Redact][]): Redact =>
  (value, parent) =>
    parts.find(([s]) => s.type === typeof value)?.[1](value, parent);

/** Members that are dropped leave no hole. */
const listOf =
  (item: Redact): Redact =>
  (value, parent) => {
    if (!Array.isArray(value)) return undefined;
    const out = value.map((v) => item(v, parent)).filter((v) => v !== undefined);
    return out.length === 0 && value.length > 0 && typeof value[0] === 'string' ? undefined : out;
  };

function mapOf(patterns: Record<string, AnySchema>, treat: Treat, treatments: Treatments): Redact {
  const isText = Object.values(patterns).every((s) => s.type === 'string');
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const entries = Object.entries(value).map(([key, v]) => {
      // Names of fields are the schema's.
      const shown = fieldNames.has(key) ? key : treat(key, {});
      return [shown, isText ? treatments.ownWord(String(v), {}) : v] as const;
    });
    return Object.fromEntries(entries.filter(([key, v]) => key !== undefined && (isText || typeof v === 'number')));
  };
}

const objectOf =
  (members: readonly [string, Redact][], required: ReadonlySet<string>): Redact =>
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const given = value as Record<string, unknown>;
    const out: Record<string, unknown> = {};
    for (const [key, redact] of members) {
      if (!Object.hasOwn(given, key)) continue;
      const after = redact(given[key], given);
      if (after !== undefined) out[key] = after;
      else if (required.has(key)) return undefined;
    }
    // The size of a header's value is kept where the value is not.
    if (typeof given.value === 'string' && !('value' in out) && 'name' in out && members.some(([k]) => k === 'length'))
      out.length ??= given.value.length;
    return out;
  };

/** Every name of a field in the schema, and words of Net Trace: what maps have as keys. */
const fieldNames: ReadonlySet<string> = new Set([...namesIn(schemaOfTrace), ...ownWords]);

function namesIn(schema: AnySchema): string[] {
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, s]) => [key, ...namesIn(s)]),
    ...(schema.items ? namesIn(schema.items) : []),
  ];
}
