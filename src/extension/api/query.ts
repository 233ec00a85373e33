/** The query language on rows, for those who ask with a text. */
import { compileQuery, parseQuery } from '../../model/query';
import { rowFields } from '../../model/query/rowFields';
import type { Row } from '../../model/rows/row';

/** In the order given; a text: what is wrong with the query. */
export function rowsMatching(rows: readonly Row[], text: string): readonly Row[] | string {
  const { query, error } = parseQuery(text);
  if (error) return error.message;
  const matches = compileQuery(query, rowFields);
  return rows.filter((row) => matches(row) === true);
}
