/** Completions at the caret: keys, states, comparisons, and the values seen. */

import { type FieldName, keyOf, keys } from '../keys';
import { printQuery } from '../print';
import { descriptions } from './describe';

export interface Completion {
  /** Text that replaces `from` to `to` when the completion is accepted. */
  insert: string;
  kind: 'key' | 'state' | 'comparison' | 'value';
  /** What it means. */
  detail?: string;
  /** Of a value: how often it was seen. */
  count?: number;
}

export interface Completions {
  /** Offsets in the text, from 0. */
  from: number;
  to: number;
  items: readonly Completion[];
}

/** Gives the values of a key, once each time seen. */
export type Seen = (key: FieldName) => Iterable<string>;

const max = 50;

/** Completions at a position (offset from 0) of a text. */
export function completions(text: string, position: number, seen: Seen): Completions {
  const term = termAt(text, position);
  const typed = text.slice(term.from, position);
  const m = /^([a-z][a-z-]*)(:|>=?|<=?|!=)/i.exec(typed);
  if (!m) return { from: term.from, to: Math.max(position, keyEnd(text, term)), items: keysLike(typed) };
  const word = (m[1] as string).toLowerCase();
  // Of a list only the item under the caret is replaced.
  const list = term.from + m[0].length;
  const from = itemBegin(text, list, position);
  const whole = { from, to: itemEnd(text, position, term.to) };
  const begun = text.slice(from, position);
  if (word === 'is' || word === 'has')
    return { ...whole, items: begin(names(word === 'is'), begun.toLowerCase().replace(/^!=?/, '')) };
  const key = keyOf(word);
  if (key === undefined) return { ...whole, items: [] };
  if (keys[key].kind === 'header') return headerItems(text, from, position, whole.to, key, seen);
  const bound = m[2] !== ':' || /^[><=!~]/.test(begun);
  if (bound) return { ...whole, from: from + (/^[><=!~]*/.exec(begun)?.[0].length ?? 0), items: [] };
  return { ...whole, items: valuesOf(key, begun, seen) };
}

interface Place {
  from: number;
  to: number;
}

/** The term around a position, without the `-` in front of it; empty between two terms. */
function termAt(text: string, position: number): Place {
  let at = 0;
  while (at < position) {
    while (at < position && /[\s()]/.test(text[at] as string)) at++;
    const from = at;
    for (let quoted = false; at < text.length; at++) {
      const c = text[at] as string;
      if (c === '\\' && quoted) at++;
      else if (c === '"') quoted = !quoted;
      else if (!quoted && /[\s)]/.test(c)) break;
    }
    if (at < position) continue;
    const sign = /^[-!]/.test(text[from] ?? '') && from < position ? 1 : 0;
    return { from: Math.min(position, from + sign), to: at };
  }
  const rest = /^[^\s()]*/.exec(text.slice(position))?.[0].length ?? 0;
  return { from: position, to: position + rest };
}

/** Behind the key and its colon, if the term has them. */
function keyEnd(text: string, { from, to }: Place): number {
  const m = /^[a-z][a-z-]*:?/i.exec(text.slice(from, to));
  return from + (m?.[0].length ?? to - from);
}

function itemBegin(text: string, list: number, position: number): number {
  let from = list;
  let quoted = false;
  for (let at = list; at < position; at++) {
    if (text[at] === '"') quoted = !quoted;
    else if (text[at] === ',' && !quoted) from = at + 1;
  }
  return from;
}

function itemEnd(text: string, position: number, end: number): number {
  const comma = text.indexOf(',', position);
  return comma < 0 || comma > end ? end : comma;
}

/** Words that begin so first, then those of which a part does. */
function begin(items: readonly Completion[], typed: string): Completion[] {
  const rank = ({ insert }: Completion): number => {
    const word = insert.toLowerCase().replace(/^(?:is|has):(?=.)/, '');
    if (insert.toLowerCase().startsWith(typed) || word.startsWith(typed)) return 0;
    return word.includes(`-${typed}`) ? 1 : 2;
  };
  return items
    .map((item) => ({ item, rank: rank(item) }))
    .filter(({ rank }) => rank < 2)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, max)
    .map(({ item }) => item);
}

/** The states, or what `has:` can ask for. */
const names = (states: boolean): Completion[] =>
  (Object.keys(keys) as FieldName[])
    .filter((key) => (keys[key].kind === 'flag') === states)
    .map((key) => ({ insert: key, kind: states ? 'state' : 'key', detail: descriptions[key][0] }));

function keysLike(typed: string): Completion[] {
  const words = (Object.keys(keys) as FieldName[]).flatMap((key): Completion[] => {
    const { kind, aliases = [] } = keys[key];
    const [detail] = descriptions[key];
    if (kind === 'flag') return [{ insert: `is:${key}`, kind: 'state', detail }];
    const asked = typed.toLowerCase();
    // An alias only if it is what is being typed.
    const names = [key, ...aliases.filter((a) => asked !== '' && a.startsWith(asked) && !key.startsWith(asked))];
    return names.slice(-1).map((name) => ({ insert: `${name}:`, kind: 'key', detail }));
  });
  const has: Completion = { insert: 'has:', kind: 'key', detail: 'It has a value of that name' };
  return begin([...words, has], typed.toLowerCase());
}

const comparisons: Readonly<Partial<Record<string, readonly (readonly [string, string])[]>>> = {
  status: [
    ['>=400', 'client and server errors'],
    ['5xx', '500 to 599'],
    ['4xx', '400 to 499'],
  ],
  number: [
    ['>', 'more than'],
    ['<', 'less than'],
  ],
  duration: [
    ['>100ms', 'longer'],
    ['>1s', 'longer'],
    ['<10ms', 'shorter'],
    ['100ms..1s', 'between'],
  ],
  size: [
    ['>10kB', 'more'],
    ['>1MB', 'more'],
    ['<1kB', 'less'],
  ],
};

function valuesOf(key: FieldName, begun: string, seen: Seen): Completion[] {
  const { kind, values } = keys[key];
  if (kind === 'flag')
    return begin(
      ['true', 'false'].map((insert) => ({ insert, kind: 'value' })),
      begun,
    );
  const typed = begun.replaceAll('"', '').toLowerCase();
  const ready = (kind === 'text' ? [] : (comparisons[key] ?? comparisons[kind] ?? []))
    .filter(([insert]) => insert.startsWith(begun))
    .map(([insert, detail]): Completion => ({ insert, kind: 'comparison', detail }));
  if (kind === 'duration' || kind === 'size') return ready;
  const counts = counted(seen(key), typed, (value) => value);
  for (const value of values ?? []) if (value.includes(typed) && !counts.has(value)) counts.set(value, 0);
  const items = ordered(counts, typed, (value) => (kind === 'text' ? written(key, value) : value));
  return [...ready, ...items].slice(0, max);
}

/** How often each value that has the typed text in it was seen. */
function counted(
  values: Iterable<string>,
  typed: string,
  part: (value: string) => string | undefined,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) {
    const text = part(value);
    if (text !== undefined && text !== '') counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  for (const value of counts.keys()) if (!value.toLowerCase().includes(typed)) counts.delete(value);
  return counts;
}

/** Those that begin as typed first, then the frequent ones. */
function ordered(counts: ReadonlyMap<string, number>, typed: string, write: (value: string) => string): Completion[] {
  const starts = (value: string): number => (value.toLowerCase().startsWith(typed) ? 0 : 1);
  return [...counts]
    .sort(([a, m], [b, n]) => starts(a) - starts(b) || n - m || (a < b ? -1 : 1))
    .slice(0, max)
    .map(([value, count]) => ({ insert: write(value), kind: 'value', ...(count > 0 ? { count } : {}) }));
}

/** A value as it is typed behind its key: quoted where it must be. */
const written = (key: FieldName, value: string, name?: string): string =>
  printQuery({ is: 'term', key, any: [{ is: 'text', parts: [value] }], ...(name === undefined ? {} : { name }) }).slice(
    key.length + 1 + (name === undefined ? 0 : name.length + 1),
  );

function headerItems(
  text: string,
  from: number,
  position: number,
  to: number,
  key: FieldName,
  seen: Seen,
): Completions {
  const begun = text.slice(from, position);
  const [, name, value] = /^([^=,]+)=(.*)$/s.exec(text.slice(text.lastIndexOf(':', from) + 1, position)) ?? [];
  if (name === undefined) {
    const counts = counted(seen(key), begun.toLowerCase(), (line) => line.split('=', 1)[0]);
    return { from, to, items: ordered(counts, begun.toLowerCase(), (n) => n) };
  }
  const begins = Math.max(from, text.lastIndexOf('=', position - 1) + 1);
  const typed = (value ?? '').replaceAll('"', '').toLowerCase();
  const prefix = `${name.toLowerCase()}=`;
  const counts = counted(seen(key), typed, (line) => (line.startsWith(prefix) ? line.slice(prefix.length) : undefined));
  return { from: begins, to, items: ordered(counts, typed, (v) => written(key, v, name)) };
}
