/** The filter box's text as a test of rows: the query language, forgiving what is being typed. */
import {
  compileQuery,
  type FreeWord,
  hintsFor,
  parseQuery,
  type Query,
  type QueryError,
} from '../../../src/model/query';
import { rowFields } from '../../../src/model/query/rowFields';
import type { Row } from '../types';

export interface Filter {
  /** What is applied: the text without its bad terms. */
  query: Query;
  test(row: Row): boolean;
  /** Why nothing passed, as far as the rows show it. */
  hints(rows: readonly Row[]): string[];
  /** Nothing to test: every row passes. */
  empty: boolean;
  /** What is wrong; the other terms still apply. */
  error?: QueryError;
}

/** Compiles the box's text. Never throws: a bad term is reported in `error` and left out. */
export function compileFilter(text: string): Filter {
  const { query, words, error } = forgiving(text);
  const passes = compileQuery(query, rowFields);
  return {
    query,
    test: (row) => passes(row) === true,
    hints: (rows) => hintsFor(query, words, rows, rowFields),
    empty: query.is === 'and' && query.of.length === 0,
    ...(error ? { error } : {}),
  };
}

const everything: Query = { is: 'and', of: [] };

/** The query of a text without its bad terms, and what is wrong with the first of them. */
function forgiving(text: string): { query: Query; words: readonly FreeWord[]; error?: QueryError } {
  let rest = text;
  let first: QueryError | undefined;
  for (let tries = 0; tries < 16; tries++) {
    const { query, words, error } = parseQuery(rest);
    if (query) return { query, words, ...(first ? { error: first } : {}) };
    // A quote that is not closed yet: the text after it is searched for while it is typed.
    const closed = error.unclosed ? parseQuery(`${rest}"`).query : undefined;
    if (closed) return { query: closed, words: [], ...(first ? { error: first } : {}) };
    first ??= error;
    const cut = without(rest, error);
    if (cut === rest) break;
    rest = cut;
  }
  return { query: everything, words: [], ...(first ? { error: first } : {}) };
}

/** The text with the term that has the error replaced by blanks. */
function without(text: string, { column, length }: QueryError): string {
  let from = column - 1;
  let to = from + length;
  if (!/[()]/.test(text.slice(from, to)) || length > 2) {
    while (from > 0 && /[^\s()]/.test(text[from - 1] as string)) from--;
    while (to < text.length && /[^\s()]/.test(text[to] as string)) to++;
  }
  return text.slice(0, from) + ' '.repeat(to - from) + text.slice(to);
}
