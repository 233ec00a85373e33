/**
 * Building blocks of the record schemas. From one schema come the TypeScript type, the validator at every trust
 * boundary, the published JSON Schema with its field descriptions, and, by the `x-` annotations, the shifting of clocks,
 * the check of references and the masking.
 *
 * Objects are open (a reader of 1.x keeps what a later 1.y adds) and enums are open unions (an unknown word is text).
 */
import type { TProperties, TSchema } from 'typebox';
import * as Type from 'typebox';

/** What an annotated schema may say of itself beyond JSON Schema. */
export interface Annotations {
  'x-unit'?: 'us' | 'bytes';
  /** `instant`: µs since the trace began, CLOCK_MONOTONIC. `duration`: µs, never negative. */
  'x-kind'?: 'instant' | 'duration';
  /** The array of the document that the id refers to. */
  'x-ref'?: string;
  /** How the hook masks the text before it leaves the program. */
  'x-mask'?: 'url' | 'text';
  /** Known words of an open enum. */
  'x-words'?: readonly string[];
}

/** A schema as what walks over it sees it, whatever kind it is. */
export interface AnySchema {
  type?: string;
  description?: string;
  const?: unknown;
  anyOf?: AnySchema[];
  properties?: Record<string, AnySchema>;
  required?: string[];
  items?: AnySchema;
  patternProperties?: Record<string, AnySchema>;
  minimum?: number;
  pattern?: string;
  minLength?: number;
  'x-unit'?: string;
  'x-kind'?: string;
  'x-ref'?: string;
  'x-mask'?: 'url' | 'text';
  'x-words'?: readonly string[];
}

/** An instant: µs since the trace began on CLOCK_MONOTONIC; whole from the hook, up to 3 decimals from the kernel. */
export const instant = (description: string) =>
  Type.Number({
    description: `${description} Instant: µs since the trace began.`,
    'x-unit': 'us',
    'x-kind': 'instant',
  });

/** A duration in µs, never negative. */
export const duration = (description: string) =>
  Type.Number({ minimum: 0, description: `${description} Duration in µs.`, 'x-unit': 'us', 'x-kind': 'duration' });

export const bytes = (description: string) =>
  Type.Integer({ minimum: 0, description: `${description} In bytes.`, 'x-unit': 'bytes' });

export const count = (description: string) => Type.Integer({ minimum: 0, description });
export const integer = (description: string) => Type.Integer({ description });
export const text = (description: string) => Type.String({ description });
export const flag = (description: string) => Type.Boolean({ description });
export const id = (description: string) => Type.String({ minLength: 1, description });
export const wallTime = (description: string) => Type.String({ description: `${description} RFC 3339.` });
export const decimal = (description: string) =>
  Type.String({ pattern: '^-?[0-9]+$', description: `${description} A decimal number as text.` });

/** Text that the hook has masked: user info and secret parameters of URLs are replaced by `***`. */
export const maskedText = (description: string, kind: 'url' | 'text' = 'text') =>
  Type.String({ description, 'x-mask': kind });

/** Id of a record in the document's array `to`. It may have been evicted: see `losses`. */
export const ref = (to: string, description: string) => Type.String({ minLength: 1, description, 'x-ref': to });
export const refs = (to: string, description: string) => Type.Array(ref(to, `Id in ${to}.`), { description });

/** An open enum: the words known today; a reader shows any other unchanged. */
export function words<const W extends readonly string[]>(known: W, description: string) {
  return Type.Unsafe<W[number] | (string & {})>(
    Type.String({ description: `${description} One of ${known.join(', ')}; other words may come.`, 'x-words': known }),
  );
}

export const list = <T extends TSchema>(item: T, description: string) => Type.Array(item, { description });
export const record = <P extends TProperties>(properties: P, description: string) =>
  Type.Object(properties, { description });
export const optional = Type.Optional;

/** The map `by`: field name → source, for fields that another source than the entity's own measured. */
export const by = optional(
  Type.Record(Type.String(), Type.String(), {
    description:
      'Field name → source, for the fields that another source than the usual one measured; `*`: all fields of the record.',
  }),
);
/** The map `missing`: part → reason why it could not be recorded. */
export const missing = optional(
  Type.Record(Type.String(), Type.String(), { description: 'Part → reason why this record lacks it.' }),
);
/** An entity that this version keeps and writes back, but whose fields are described by the part that records it. */
export const openEntity = (description: string) =>
  Type.Unsafe<Record<string, unknown>>(Type.Object({}, { description }));
