/** Values behind a key: lists of texts with wildcards, regular expressions, numbers with units, ranges. */
import { type FieldName, type Key, keys } from './keys';
import { nearest } from './nearest';
import { readNumber } from './numbers';
import { hasSigns, regexTest } from './regex';
import type { Fault, Scanner } from './scan';
import type { NumberTest, Term, Test, TextTest } from './tree';

interface Reading {
  /** The key as it was typed, for messages. */
  word: string;
  /** Where it begins. */
  at: number;
  /** The key says the comparison: `larger-than:1k`. */
  bound?: 'above';
}

/** The tests of `a,b,…`; at least one. */
export function readTests(s: Scanner, key: FieldName, reading: Reading): Test[] {
  const tests: Test[] = [];
  do {
    tests.push(readTest(s, key, reading));
  } while (reading.bound === undefined && s.take(','));
  return tests;
}

/** What the next term begins with, where a value was left out: `label: is:failed`, `status: (`, `path: or`. */
const nextTerm = /[-()]|!\(|(?:and|or|not|&&|\|\|)(?=[\s()]|$)|[a-z][a-z-]*(?::|>|<|!=|=)/iy;

/** `status: 200`: the value may follow blanks. Reads nothing if no value follows. */
export function valueAfterBlanks(s: Scanner): void {
  const from = s.at;
  s.blanks();
  if (s.at === from) return;
  const at = s.at;
  const isOther = s.done || s.match(nextTerm) !== undefined;
  s.at = isOther ? from : at;
}

function readTest(s: Scanner, key: FieldName, reading: Reading): Test {
  const { word, bound } = reading;
  const from = s.at;
  const { kind, slashes } = keys[key];
  const op = bound ? '' : (s.match(/>=|<=|>|<|=|~/y)?.[0] ?? '');
  if (/[<>]/.test(op)) valueAfterBlanks(s);
  if (kind !== 'text') return numberTest(s, key, op, reading);
  if (s.text[s.at] === '/' && op !== '=') {
    const begin = s.at;
    const found = s.regex(true);
    if (found && (op === '~' || !slashes || hasSigns(found.source))) return regexTest(s, found);
    s.at = begin;
  }
  if (op === '~') throw s.fault(from, '"~"', 'a regular expression behind it, as in ~/a+/');
  if (op !== '' && op !== '=') throw s.fault(from, `${word} has no order, but there is "${op}"`, `${word}:VALUE`);
  return textTest(s, key, op === '=', reading);
}

function textTest(s: Scanner, key: FieldName, exact: boolean, reading: Reading): Test {
  const begin = s.at;
  const parts = pieces(s, exact);
  if (s.at === begin) throw noValue(s, reading);
  if (parts.length === 2 && parts[0] === '' && parts[1] === '') return { is: 'present' };
  const test: TextTest = { is: 'text', parts };
  if (exact) test.exact = true;
  const { values, words } = keys[key] as Key;
  if (!values || parts.length > 1) return test;
  const given = (parts[0] as string).toLowerCase();
  const value = words?.[given] ?? given;
  if (values.includes(value)) return { ...test, parts: [value] };
  const near = nearest(given, [...values, ...Object.keys(words ?? {})]);
  throw s.unknown(begin, `unknown ${reading.word} "${given}"`, near, `one of ${values.join(', ')}`);
}

/** Adjacent text and quoted text, split at wildcards. */
function pieces(s: Scanner, exact: boolean): string[] {
  const parts = [''];
  const add = (text: string): void => {
    parts[parts.length - 1] += text;
  };
  let open = 0;
  for (; !s.done; ) {
    const c = s.text[s.at] as string;
    if (c === '"') {
      add(s.quoted());
      continue;
    }
    if (/[\s,]/.test(c) || (c === ')' && open === 0)) break;
    if (c === '(') open++;
    else if (c === ')') open--;
    s.at++;
    if (c !== '*' || exact) add(c);
    else if (parts.length === 1 || parts.at(-1) !== '') parts.push('');
  }
  return parts;
}

/** The key is marked with it, as an empty place cannot be seen. */
const noValue = (s: Scanner, { word, at }: Reading): Fault =>
  s.text[s.at - 1] === ','
    ? s.fault(s.at - 1, 'nothing after the comma', 'a value right behind it')
    : s.fault(at, `${word} has no value`, 'a value right behind it');

const examples: Readonly<Record<string, string>> = {
  number: 'a number, a comparison (:>1) or a range (1..9)',
  status: 'a status (404), a class (5xx), a comparison (:>=500) or a range (400..499)',
  duration: 'a time with a comparison (:>200ms, :<=1.5s) or a range (100ms..2s)',
  size: 'a size (1200, 10kB, 1MiB), a comparison (:>10kB) or a range (1k..9k)',
};

/** `5xx`, `400..499`, `>=500`, `1.5s`. */
function numberTest(s: Scanner, key: FieldName, op: string, reading: Reading): Test {
  const { word, bound } = reading;
  const { kind } = keys[key];
  const expected = examples[key] ?? (examples[kind] as string);
  const begin = s.at;
  if (op === '~') throw s.fault(begin - 1, '"~"', expected);
  const text = s.word(',');
  if (text === '') throw noValue(s, reading);
  const wrong = () => s.fault(begin, `"${text}" is no ${kind === 'number' ? word : kind}`, expected);
  if (text === '*' && op === '' && !bound) return { is: 'present' };
  const hundred = key === 'status' && op === '' ? /^([1-9])xx$/i.exec(text) : undefined;
  if (hundred) return { is: 'number', from: Number(hundred[1]) * 100, to: Number(hundred[1]) * 100 + 99 };
  const range = op === '' && !bound ? /^(.*?)\.\.(.*)$/.exec(text) : undefined;
  if (range) {
    const [, low = '', high = ''] = range;
    // `1..2s`: the unit is that of both.
    const unit = /\d$/.test(low) ? (/(?<![a-z\u00b5])[a-z\u00b5]+$/i.exec(high)?.[0] ?? '') : '';
    const test: NumberTest = { is: 'number' };
    const min = readNumber(low + unit, kind);
    const max = readNumber(high, kind);
    if (min !== undefined) test.from = min;
    if (max !== undefined) test.to = max;
    if ((min === undefined && (low !== '' || high === '')) || (max === undefined && high !== '')) throw wrong();
    if (min !== undefined && max !== undefined && min > max)
      throw s.fault(begin, `the range "${text}" is empty`, 'the smaller number first');
    return test;
  }
  const n = readNumber(text, kind);
  if (n === undefined) throw wrong();
  if (bound || op === '>') return { is: 'number', from: n, above: true };
  if (op === '>=') return { is: 'number', from: n };
  if (op === '<') return { is: 'number', to: n, below: true };
  if (op === '<=') return { is: 'number', to: n };
  // Measured to the microsecond: nothing lasts exactly 200 ms.
  if (kind === 'duration' && op === '') throw s.fault(begin, `"${text}" without a comparison`, expected);
  return { is: 'number', from: n, to: n };
}

/** `name`, `name=value,…` of a header. */
export function readHeader(s: Scanner, key: FieldName, reading: Reading): Term {
  const { word } = reading;
  const from = s.at;
  if (s.take('*') && s.atEnd()) return { is: 'term', key, any: [{ is: 'present' }] };
  s.at = from;
  const name = s.match(/[^\s=,()"<>*/:]+/y)?.[0].toLowerCase();
  if (name === undefined) {
    const rest = s.word();
    if (rest === '') throw noValue(s, reading);
    throw s.fault(from, `"${rest}" is no name of a header`, `${word}:NAME or ${word}:NAME=VALUE`);
  }
  if (s.take('=')) return { is: 'term', key, name, any: headerTests(s, reading) };
  const after = s.at;
  if (s.atEnd()) return { is: 'term', key, name, any: [{ is: 'present' }] };
  const rest = s.word();
  throw s.fault(after, `"${rest}" after the header's name`, '"=" and a value, or a blank');
}

function headerTests(s: Scanner, reading: Reading): Test[] {
  const tests: Test[] = [];
  do {
    const from = s.at;
    const found = s.text[from] === '/' ? s.regex(true) : undefined;
    tests.push(found ? regexTest(s, found) : textTest(s, 'header', false, reading));
  } while (s.take(','));
  return tests;
}

/** Words between commas, with their places. */
export function readList(s: Scanner, word: string, expected: string): { text: string; from: number; to: number }[] {
  const list: { text: string; from: number; to: number }[] = [];
  do {
    const from = s.at;
    const text = s.word(',').toLowerCase();
    if (text === '') throw s.fault(Math.max(0, from - 1), `nothing behind "${s.text[from - 1] ?? word}"`, expected);
    list.push({ text, from, to: s.at });
  } while (s.take(','));
  return list;
}
