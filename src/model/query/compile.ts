/** A query as a test of things, three-valued: what is not known yet leaves open what depends on it, and nothing else. */
import { type FieldName, keys } from './keys';
import { testOf } from './match';
import type { Query, Term } from './tree';

/** Not known yet: a later answer may be anything. */
export const pending: unique symbol = Symbol('pending');

/**
 * undefined: absent, and will stay so; tests on it fail. Durations in µs, sizes in bytes. Of several texts one must pass.
 * Headers: `name=value`, `name` alone where the value is not known. `text`: what free words look at, in lower case.
 */
export type FieldValue = string | number | boolean | readonly string[] | undefined | typeof pending;

/** How to read the fields of a thing. A key without a function is absent of all. */
export type Fields<T> = { readonly [key in FieldName]?: (subject: T) => FieldValue };

type Verdict = boolean | undefined;

/** The test. undefined: it depends on what is pending. */
export function compileQuery<T>(query: Query, fields: Fields<T>): (subject: T) => boolean | undefined {
  if (query.is === 'term') return term(query, fields);
  if (query.is === 'not') {
    const of = compileQuery(query.of, fields);
    return (subject) => {
      const verdict = of(subject);
      return verdict === undefined ? undefined : !verdict;
    };
  }
  const of = query.of.map((q) => compileQuery(q, fields));
  const decisive = query.is === 'or';
  return (subject): Verdict => {
    let verdict: Verdict = !decisive;
    for (const one of of) {
      const v = one(subject);
      if (v === decisive) return decisive;
      if (v === undefined) verdict = undefined;
    }
    return verdict;
  };
}

function term<T>({ key, name, any }: Term, fields: Fields<T>): (subject: T) => Verdict {
  const read = fields[key];
  if (!read) return () => false;
  const tests = any.map((t) => testOf(t, keys[key]));
  const [first = () => false] = tests;
  const passes = tests.length === 1 ? first : (value: Parameters<typeof first>[0]) => tests.some((t) => t(value));
  if (name === undefined) {
    // Free words: the text is in lower case already, and long.
    const [only] = any;
    if (key === 'text' && any.length === 1 && only?.is === 'text' && only.parts.length === 1 && !only.exact) {
      const word = (only.parts[0] as string).toLowerCase();
      return (subject) => {
        const value = read(subject);
        return value === pending ? undefined : typeof value === 'string' && value.includes(word);
      };
    }
    return (subject) => {
      const value = read(subject);
      return value === undefined ? false : value === pending ? undefined : passes(value);
    };
  }
  const present = any.some((t) => t.is === 'present');
  return (subject) => {
    const lines = read(subject);
    if (lines === pending) return undefined;
    if (!Array.isArray(lines)) return false;
    for (const line of lines as readonly string[]) {
      if (!line.toLowerCase().startsWith(name)) continue;
      const after = line[name.length];
      if (after === undefined || after === '=') {
        if (present || (after === '=' && passes(line.slice(name.length + 1)))) return true;
      }
    }
    return false;
  };
}
