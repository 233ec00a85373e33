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
  const count = (meant: Term): number => {
    const passes = compileQuery(meant, fields);
    return subjects.filter((subject) => passes(subject) === true).length;
  };
  for (const term of wholeTexts(query)) {
    // It is another term that nothing has.
    if (count(term) > 0) continue;
    const several = listed(term);
    const listing = several === undefined ? 0 : count(several);
    if (listing > 0)
      hints.unshift(`| is no "or" in a value: ${printQuery(several as Term)} matches ${numberText(listing)}.`);
    const wider = widened(term);
    const found = wider === undefined ? 0 : count(wider);
    if (found > 0)
      hints.unshift(
        `${printQuery(term)} is the whole ${term.key}: ${printQuery(wider as Term)} matches ${numberText(found)}.`,
      );
  }
  return hints.slice(0, max);
}

/** Terms that ask for one text, without `*`. */
function wholeTexts(query: Query): Term[] {
  if (query.is === 'not') return [];
  if (query.is !== 'term') return query.of.flatMap(wholeTexts);
  const [test] = query.any;
  const isOne = query.any.length === 1 && test?.is === 'text' && !test.exact && test.parts.length === 1;
  return isOne && keys[query.key as FieldName].kind === 'text' ? [query] : [];
}

/** The same for a beginning of the text, or else for any part of it. */
function widened(term: Term): Term | undefined {
  const { match, values } = keys[term.key as FieldName];
  if (match === 'part' || values !== undefined) return undefined;
  const [part = ''] = textOf(term);
  // A path goes on with a folder, a host begins with a name below the domain.
  const parts = term.key === 'path' ? [part, ''] : ['', part, ''];
  return { ...term, any: [{ is: 'text', parts }] };
}

/** `GET|POST`, as in regular expressions and shells: `GET,POST`. */
function listed(term: Term): Term | undefined {
  const values = textOf(term)[0]?.split('|') ?? [];
  if (values.length < 2 || values.some((v) => v === '')) return undefined;
  return { ...term, any: values.map((v) => ({ is: 'text', parts: [v] })) };
}

const textOf = ({ any: [test] }: Term): readonly string[] => (test?.is === 'text' ? test.parts : []);
