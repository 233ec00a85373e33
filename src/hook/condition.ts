/** Conditions of network breakpoints, as tests of a request. */
import { compileQuery, type Fields, parseQuery } from '../model/query';
import type { RequestRecord } from './record';

const requestFields: Fields<RequestRecord> = {};

/** Undefined: the text is no query. */
export function conditionTest(text: string): ((r: RequestRecord) => boolean | undefined) | undefined {
  const { query } = parseQuery(text);
  return query && compileQuery(query, requestFields);
}
