/** Conditions of network breakpoints, as tests of a request. */
import { compileQuery } from '../../model/query/compile';
import { parseQuery } from '../../model/query/parse';
import type { RequestRecord } from '../records/request';
import { requestFields } from './queryFields';

/** Undefined: the text is no query. */
export function conditionTest(text: string): ((r: RequestRecord) => boolean | undefined) | undefined {
  const { query } = parseQuery(text);
  return query && compileQuery(query, requestFields);
}
