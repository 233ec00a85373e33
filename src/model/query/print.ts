/** The text of a query, as one would type it. */
import { keys } from './keys';
import { writeNumber } from './numbers';
import { hasSigns } from './regex';
import type { NumberTest, Query, RegexTest, Term, Test } from './tree';

/** The text of a query: parsed again, it is that query. */
export function printQuery(query: Query): string {
  return print(query, 0);
}

/**
 * `around` is the binding of the parent: 0 none or `or`'s parenthesis, 1 a term of `or`, 2 of `and`, 3 of a negation.
 */
function print(query: Query, around: 0 | 1 | 2 | 3): string {
  if (query.is === 'term') return term(query);
  if (query.is === 'not') return around === 3 ? `(${print(query, 0)})` : `-${print(query.of, 3)}`;
  const or = query.is === 'or';
  const text = query.of.map((q) => print(q, or ? 1 : 2)).join(or ? ' or ' : ' ');
  return around === 0 || (around === 1 && !or) ? text : `(${text})`;
}

function term({ key, name, any }: Term): string {
  const [test] = any;
  const one = any.length === 1 ? test : undefined;
  const { kind } = keys[key];
  if (kind === 'flag') return `is:${key}`;
  if (name !== undefined) {
    if (one?.is === 'present') return `${key}:${name}`;
    return `${key}:${name}=${any.map((t) => value(t, key)).join()}`;
  }
  if (one?.is === 'present') return `has:${key}`;
  if (key === 'text' && one?.is === 'text' && one.parts.length === 1 && one.parts[0] !== '' && !one.exact)
    return word(one.parts[0] as string);
  if (key === 'text' && one?.is === 'regex') return regex(one);
  return `${key}:${any.map((t) => value(t, key)).join()}`;
}

const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;
const regex = ({ source, flags }: RegexTest): string => `/${source}/${flags}`;
/** What the parser may take for a regular expression. */
const likeRegex = /^\/.*\/[imsu]*$/s;

/** A free word: quoted if it would be read as anything else. */
function word(text: string): string {
  const plain =
    !/[\s()"]/.test(text) &&
    !/^(?:[-!/:<>=]|(?:and|or|not|&&|\|\|)$)/i.test(text) &&
    !/^[a-z][a-z_.-]*(?::|>|<|!?=)/i.test(text);
  return plain || (/^\/[^\s()"[\\]*$/.test(text) && !likeRegex.test(text)) ? text : quote(text);
}

function value(test: Test, key: Term['key']): string {
  const { slashes } = keys[key];
  if (test.is === 'present') return '*';
  if (test.is === 'number') return number(test, key);
  if (test.is === 'regex') return `${slashes && !hasSigns(test.source) ? '~' : ''}${regex(test)}`;
  const all = test.parts.join('*');
  const doubtful = /^[=<>!~]/.test(all) || (!test.exact && all.startsWith('/') && (!slashes || hasSigns(all)));
  const several = test.parts.length > 1;
  const plain = (part: string): boolean => (part === '' ? several : !/[\s,"*()]/.test(part));
  const parts = test.parts.map((part, i) => (plain(part) && !(doubtful && i === 0) ? part : quote(part)));
  return `${test.exact ? '=' : ''}${parts.join('*')}`;
}

function number({ from, to, above, below }: NumberTest, key: Term['key']): string {
  const { kind } = keys[key];
  const write = (n: number): string => writeNumber(n, kind);
  if (from === undefined) return `<${below ? '' : '='}${write(to as number)}`;
  if (to === undefined) return `>${above ? '' : '='}${write(from)}`;
  if (from === to) return `${kind === 'duration' ? '=' : ''}${write(from)}`;
  if (key === 'status' && from % 100 === 0 && to === from + 99 && from >= 100 && from <= 900) return `${from / 100}xx`;
  return `${writeNumber(from, kind, true)}..${write(to)}`;
}
