/** A query as plain data: what the parser makes, the printer writes and the evaluator compiles. */
import type { FieldName } from './keys';

/** Terms that must all hold (`and`; of none: everything) or of which one must (`or`); two or more otherwise. */
export interface Group {
  is: 'and' | 'or';
  of: readonly Query[];
}

export interface Not {
  is: 'not';
  of: Query;
}

/** `key:a,b`: the field passes one of the tests. */
export interface Term {
  is: 'term';
  key: FieldName;
  /** Name of the header that is meant, in lower case; of header keys only. */
  name?: string;
  any: readonly Test[];
}

/** Text between wildcards `*`: one part, none is in it; never empty inside. */
export interface TextTest {
  is: 'text';
  parts: readonly string[];
  /** `:=`: the whole value and nothing else, whatever the key. One part only. */
  exact?: true;
}

/** Matching ignores case, and `^` and `$` match at lines: flags `i` and `m` are always on and not stored. */
export interface RegexTest {
  is: 'regex';
  source: string;
  flags: '' | 's' | 'u' | 'su';
}

/** In the key's unit (µs, bytes, or none), both ends included unless said; one end at least. */
export interface NumberTest {
  is: 'number';
  from?: number;
  to?: number;
  /** `from` (`to`) itself is out; only where the other end is open. */
  above?: true;
  below?: true;
}

/** `has:key`, `key:*`, `is:flag`: the field is there; a flag is true. */
export interface PresentTest {
  is: 'present';
}

export type Test = TextTest | RegexTest | NumberTest | PresentTest;
export type Query = Group | Not | Term;

/** A word without key and quotes: it is searched for, and may have been meant otherwise. */
export interface FreeWord {
  text: string;
  /** Where it begins, from 1. */
  column: number;
}

/** What is wrong with a text. */
export interface QueryError {
  /** In words, with the column, and what to write instead where that is known. */
  message: string;
  /** Where it begins, from 1, in UTF-16 units. */
  column: number;
  /** Of the part that is wrong; 0 at the end of the text. */
  length: number;
  /** What was expected there. */
  expected: string;
  /** Only a closing quote is missing, perhaps not typed yet. */
  unclosed?: true;
}
