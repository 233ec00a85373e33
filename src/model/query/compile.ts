/** A query as a test of things, three-valued: what is not known yet leaves open what depends on it, and nothing else. */
import type { FieldName } from './keys';
import type { Query } from './tree';

/** Not known yet: a later answer may be anything. */
export const pending: unique symbol = Symbol('pending');

/** undefined: absent, and will stay so. Of several texts one must pass. */
export type FieldValue = string | number | boolean | readonly string[] | undefined | typeof pending;

/** How to read the fields of a thing. A key without a function is absent of all. */
export type Fields<T> = { readonly [key in FieldName]?: (subject: T) => FieldValue };

/** The test. undefined: it depends on what is pending. */
export function compileQuery<T>(_query: Query, _fields: Fields<T>): (subject: T) => boolean | undefined {
  return () => true;
}
