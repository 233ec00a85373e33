/**
 * The parser. Adjacent terms are joined by `and`, which binds tighter than `or`; `not` and `-` bind tightest. What is
 * not a term with a key is searched for literally, so that text, paths, addresses and URLs can be typed without quotes.
 */
import { type FieldName, keyOf, keys, keyWords, shorthands, synonyms } from './keys';
import { nearest } from './nearest';
import { regexTest } from './regex';
import { depthLimit, Fault, lengthLimit, Scanner } from './scan';
import type { FreeWord, Query, QueryError, Term, Test } from './tree';
import { readHeader, readList, readTests, valueAfterBlanks } from './values';

/** The query of a text, or what is wrong with it. Never throws. An empty text is the query that everything passes. */
export function parseQuery(
  text: string,
):
  | { query: Query; words: readonly FreeWord[]; error?: undefined }
  | { query?: undefined; words?: undefined; error: QueryError } {
  const s = new Scanner(text);
  try {
    if (text.length > lengthLimit) {
      s.at = text.length;
      throw s.fault(lengthLimit, 'the query goes on', `at most ${lengthLimit} characters`);
    }
    s.blanks();
    if (s.done) return { query: { is: 'and', of: [] }, words: [] };
    const query = either(s, 0);
    if (!s.done) {
      s.at++;
      throw s.fault(s.at - 1, '")" that closes nothing', 'a term, or "(" before it');
    }
    return { query, words: s.words };
  } catch (e) {
    if (e instanceof Fault) return { error: e.error };
    throw e;
  }
}

const operator = (words: string): RegExp => new RegExp(`(?:${words})(?=[\\s()]|$)`, 'iy');
// As people of JavaScript write them, too.
const or = operator('or|\\|\\|');
const and = operator('and|&&');
const not = operator('not');
const binary = operator('and|or|&&|\\|\\|');

/** `a b or c d`. Ends behind the blanks after it. */
function either(s: Scanner, depth: number): Query {
  const of = [all(s, depth)];
  for (let m = s.match(or); m; m = s.match(or)) {
    const from = s.at - m[0].length;
    s.blanks();
    expectTerm(s, from, m[0]);
    of.push(all(s, depth));
  }
  return of.length === 1 ? (of[0] as Query) : { is: 'or', of };
}

/** `a b and c`. */
function all(s: Scanner, depth: number): Query {
  const of: Query[] = [];
  for (;;) {
    of.push(one(s, depth));
    s.blanks();
    const from = s.at;
    const word = s.match(and);
    if (word) {
      s.blanks();
      expectTerm(s, from, word[0]);
    } else if (s.done || s.text[s.at] === ')') break;
    else if (s.match(or)) {
      s.at = from;
      break;
    }
  }
  return of.length === 1 ? (of[0] as Query) : { is: 'and', of };
}

/** After an operator that began at `from`. */
function expectTerm(s: Scanner, from: number, word: string): void {
  const at = s.at;
  if (!s.done && s.text[at] !== ')' && !s.match(binary)) return;
  s.at = from + word.length;
  throw s.fault(from, `nothing after "${word}"`, `a term after it, or quotes: "${word}"`);
}

function one(s: Scanner, depth: number): Query {
  const from = s.at;
  if (depth > depthLimit) {
    s.at = s.text.length;
    throw s.fault(from, 'too many parentheses and negations inside each other', `at most ${depthLimit}`);
  }
  const word = s.match(binary);
  if (word) throw s.fault(from, `nothing before "${word[0]}"`, `a term before it, or quotes: "${word[0]}"`);
  const negation = s.match(not);
  if (negation) {
    s.blanks();
    expectTerm(s, from, negation[0]);
    return { is: 'not', of: one(s, depth + 1) };
  }
  if (negated(s)) return { is: 'not', of: s.text[s.at] === '(' ? group(s, depth + 1) : term(s) };
  return s.text[s.at] === '(' ? group(s, depth) : term(s);
}

/** Reads the `-` in front of a term; before a key or a parenthesis `!` says the same. */
function negated(s: Scanner): boolean {
  const from = s.at;
  if (s.take('-')) {
    if (!s.atEnd()) return true;
  } else if (s.take('!')) {
    if (s.text[s.at] === '(') return true;
    const before = s.at;
    const m = s.match(keyed) ?? s.match(spaced);
    s.at = before;
    if (m && isKey(m[1] as string)) return true;
  }
  s.at = from;
  return false;
}

function group(s: Scanner, depth: number): Query {
  const from = s.at++;
  s.depth++;
  s.blanks();
  const open = (): Fault => {
    s.at = from + 1;
    return s.fault(from, '"(" that is not closed', '")"');
  };
  if (s.done) throw open();
  if (s.take(')')) throw s.fault(from, 'nothing between the parentheses', 'a term');
  const query = either(s, depth + 1);
  if (!s.take(')')) throw open();
  s.depth--;
  return query;
}

/** A word that may be a key, and what follows it. */
const keyed = /([a-z][a-z_.-]*)(:|>=|<=|>|<|!=|==?)/iy;
/** With blanks between them: a term only if the word is a key. */
const spaced = /([a-z][a-z-]*)\s+(:|>=|<=|>|<|!=|==?)/iy;
const isKey = (word: string): boolean => {
  const w = word.toLowerCase();
  return w === 'is' || w === 'has' || w in shorthands || keyOf(w) !== undefined;
};

function term(s: Scanner): Query {
  const from = s.at;
  const first = s.text[from];
  if (first === '"') {
    const text = s.quoted();
    if (text === '') throw s.fault(from, 'nothing between the quotes', 'text to search for');
    return free({ is: 'text', parts: [text] });
  }
  if (first === '/') {
    const found = s.regex();
    if (found) return free(regexTest(s, found));
  }
  const m = s.match(keyed);
  if (m) {
    const [, word = '', op = ''] = m;
    if (isKey(word)) return withKey(s, word.toLowerCase(), from, op);
    unknownKey(s, word, op, from);
    s.at = from;
  }
  const apart = s.match(spaced);
  if (apart && isKey(apart[1] as string))
    return withKey(s, (apart[1] as string).toLowerCase(), from, apart[2] as string);
  s.at = from;
  const text = s.word();
  s.words.push({ text, column: from + 1 });
  return free({ is: 'text', parts: [text] });
}

const free = (test: Test): Term => ({ is: 'term', key: 'text', any: [test] });

/** Throws unless the text is plainly no try at a key: a URL, an address with its port, a drive, `a<b`, `page=2`. */
function unknownKey(s: Scanner, word: string, op: string, from: number): void {
  const rest = s.word();
  const near = meant(word, op);
  if (word.length === 1 || /^[/\\:]/.test(rest)) return;
  if (near === undefined) {
    // Also for `http:`, as long as nothing follows it.
    if (op === ':' ? rest === '' || /^\d/.test(rest) || /[_.]/.test(word) : op[0] === '=' || !/^\d/.test(rest)) return;
  } else if (op !== ':' && rest === '') return;
  s.at = from + word.length;
  const plain = rest.replaceAll('"', '');
  const quotes = `quotes: "${word}${op}${plain}"`;
  if (near === undefined)
    throw s.fault(from, `unknown key "${word}"`, `a key such as status (docs/query.md lists them), or ${quotes}`);
  // A comparison is written in front of the value, whatever stood between.
  const right = `${near}:${op === ':' || op[0] === '=' ? '' : op === '!=' ? '!' : op}${plain}`;
  throw s.fault(from, `unknown key "${word}"`, right, `. Did you mean ${right}? To search for the text, use ${quotes}`);
}

/** Parts of other tools' names for what a key says: `response.status`, `http.method`. */
const prefix = /^(?:https?|req(?:uest)?|res(?:ponse)?|timings?)[._]/i;

/** The key that an unknown word probably means, if that is clear: search text must not be refused. */
function meant(word: string, op: string): string | undefined {
  const own = word.replace(prefix, '').replaceAll('_', '-').toLowerCase();
  if (own !== word.toLowerCase() && keyOf(own) !== undefined) return own;
  if (Object.hasOwn(synonyms, own)) return synonyms[own];
  // Of `sort=asc` the key is not `port`.
  return /[_.]/.test(word) || (op[0] === '=' && word.length < 5) ? undefined : nearest(word, keyWords());
}

/** Behind the operator. */
function withKey(s: Scanner, word: string, from: number, op: string): Query {
  if (word === 'is' || word === 'has') {
    if (op !== ':') throw s.fault(s.at - op.length, `"${op}"`, `"${word}:"`);
    return stated(s, word);
  }
  // A comparison belongs to the value.
  if (op === ':' || op[0] === '=') valueAfterBlanks(s);
  else s.at -= op.length;
  const shorthand = shorthands[word];
  if (shorthand !== undefined) {
    const [test] = readTests(s, shorthand, { word, at: from, bound: 'above' });
    return { is: 'term', key: shorthand, any: [test as Test] };
  }
  const key = keyOf(word) as FieldName;
  const no = s.match(/!=?/y) !== undefined;
  if (no) valueAfterBlanks(s);
  const found = read(s, key, word, from);
  return no ? { is: 'not', of: found } : found;
}

function read(s: Scanner, key: FieldName, word: string, from: number): Query {
  const { kind } = keys[key];
  if (kind === 'header') return readHeader(s, key, { word, at: from });
  if (kind !== 'flag') return { is: 'term', key, any: readTests(s, key, { word, at: from }) };
  const at = s.at;
  const value = s.word().toLowerCase();
  const flag: Term = { is: 'term', key, any: [{ is: 'present' }] };
  if (value === 'true' || value === 'yes') return flag;
  if (value === 'false' || value === 'no') return { is: 'not', of: flag };
  throw s.fault(value === '' ? from : at, value === '' ? `${word} has no value` : `"${value}"`, 'true or false');
}

/** `is:failed,slow`, `has:error`; with `!` in front of all of them. */
function stated(s: Scanner, word: 'is' | 'has'): Query {
  const no = s.match(/!=?/y) !== undefined;
  const terms = readList(s, `${word}:`, word === 'is' ? 'a state such as failed' : 'a key such as error').map(
    ({ text, from, to }): Term => {
      const key = keyOf(text);
      if (key !== undefined && (keys[key].kind === 'flag') === (word === 'is'))
        return { is: 'term', key, any: [{ is: 'present' }] };
      const known = (Object.keys(keys) as FieldName[]).filter((k) => (keys[k].kind === 'flag') === (word === 'is'));
      const near = nearest(
        text,
        known.flatMap((k) => [k, ...(keys[k].aliases ?? [])]),
      );
      s.at = to;
      throw word === 'is'
        ? s.unknown(from, `unknown state "${text}"`, near, `one of ${known.join(', ')}`)
        : s.unknown(from, `unknown key "${text}"`, near, 'a key such as error or label');
    },
  );
  const query: Query = terms.length === 1 ? (terms[0] as Term) : { is: 'or', of: terms };
  return no ? { is: 'not', of: query } : query;
}
