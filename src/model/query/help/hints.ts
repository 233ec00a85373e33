/**
 * Why nothing passed: a word that was read as text although a key may have been meant, a value that is only a part of what
 * is there. Asked when no row matches, so it may look at all rows once more.
 */
import { numberText } from '../../base/text';
import { compileQuery, type Fields } from '../compile';
import { type FieldName, keys } from '../keys';
import { printQuery } from '../print';
import type { FreeWord, Query, Term } from '../tree';

const max = 3;

/** Sentences, the most useful first; `words`: what was read without key and quotes. */
export function hintsFor<T>(
  query: Query,
  words: readonly FreeWord[],
  subjects: readonly T[],
  fields: Fields<T>,
): string[] {
  const hints = words.map(({ text }) => `${text}: searched as text in URL, call site, error and the like.`);
  for (const { term, wider } of widened(query)) {
    const passes = compileQuery(wider, fields);
    const found = subjects.filter((subject) => passes(subject) === true).length;
    if (found > 0)
      hints.unshift(`${printQuery(term)} is the whole ${term.key}: ${printQuery(wider)} matches ${numberText(found)}.`);
  }
  return hints.slice(0, max);
}

/** Terms that ask for a whole text, with the same that ask for a beginning, or else for any part of it. */
function widened(query: Query): { term: Term; wider: Term }[] {
  if (query.is === 'not') return [];
  if (query.is !== 'term') return query.of.flatMap(widened);
  const [test] = query.any;
  const { kind, match, values } = keys[query.key as FieldName];
  if (query.any.length !== 1 || test?.is !== 'text' || test.exact || test.parts.length !== 1) return [];
  if (kind !== 'text' || match === 'part' || values !== undefined) return [];
  const [part = ''] = test.parts;
  // A path goes on with a folder, a host begins with a name below the domain.
  const parts = query.key === 'path' ? [part, ''] : ['', part, ''];
  return [{ term: query, wider: { ...query, any: [{ is: 'text', parts }] } }];
}
