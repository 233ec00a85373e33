import type { Query, QueryError } from './tree';

/** The query of a text, or what is wrong with it. Never throws. An empty text is the query that everything passes. */
export function parseQuery(
  _text: string,
): { query: Query; error?: undefined } | { query?: undefined; error: QueryError } {
  return { query: { is: 'and', of: [] } };
}
