/** The query language on rows, for those who ask with a text. */
import { compileQuery, parseQuery, type QueryError } from '../../model/query';
import { rowFields } from '../../model/query/rowFields';
import type { Row } from '../../model/row';

/** In the order given; a text: what is wrong with the query. */
export function rowsMatching(rows: readonly Row[], text: string): readonly Row[] | string {
  const { query, error } = parseQuery(text);
  if (error) return errorText(error);
  const matches = compileQuery(query, rowFields);
  return rows.filter((row) => matches(row) === true);
}

/** `column 8: …; expected …` */
export const errorText = (e: QueryError): string =>
  `column ${e.column}: ${e.message}${e.expected === '' ? '' : `; expected ${e.expected}`}`;
