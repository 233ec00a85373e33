/** Plain subjects for tests of queries: an object with fields. */
import type { Fields, FieldValue } from '../query/compile';
import { type FieldName, keys } from '../query/keys';
import { parseQuery } from '../query/parse';
import type { Query } from '../query/tree';

export type Subject = { readonly [key in FieldName]?: FieldValue };
export const names = Object.keys(keys) as FieldName[];
export const plainFields: Fields<Subject> = Object.fromEntries(
  names.map((name) => [name, (subject: Subject) => subject[name]]),
);

export function parsed(text: string): Query {
  const { query, error } = parseQuery(text);
  if (!query) throw new Error(`${text}: ${error.message}`);
  return query;
}
