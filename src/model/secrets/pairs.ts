/**
 * Names with values in a text, whatever it is: JSON whole, cut or inside another JSON text, objects as they are printed,
 * variables (`DB_PASSWORD=x`), options, header lines. Found by the sign between the two, so that nothing has to be in step
 * with the text's quotes; each value is walked over once. No imports but its neighbours: the hook bundles this file.
 */
import { masked } from './masked';
import { isCount, isSecretHeader, type Secrecy, secrecyOf } from './names';

const longestName = 128;
/** Spaces round the sign of an unquoted name. */
const maxSpaces = 3;

/** A value: the text from `from` to `to` is replaced by `by`. */
interface Found {
  from: number;
  to: number;
  by: string;
}

interface Name {
  text: string;
  at: number;
  /** Its quote; empty: none. */
  quote: string;
  /** Backslashes before the quote, as in a JSON text inside another. */
  escapes: number;
}

const equalSign = 61;
const colon = 58;

export function maskPairs(text: string, extra?: readonly string[]): string {
  let out = '';
  let copied = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c !== equalSign && c !== colon) continue;
    const found = pairAt(text, at, copied, extra);
    if (found === undefined) continue;
    out += text.slice(copied, found.from) + found.by;
    copied = found.to;
    at = Math.max(at, copied - 1);
  }
  return copied === 0 ? text : out + text.slice(copied);
}

function pairAt(text: string, sign: number, low: number, extra: readonly string[] | undefined): Found | undefined {
  const isEqual = text[sign] === '=';
  const next = text[sign + 1];
  if (next === undefined || (isEqual ? next === '=' || next === '>' : next === '/' && text[sign + 2] === '/'))
    return undefined;
  const name = nameBefore(text, sign, low);
  if (name === undefined) return undefined;
  const plain = withoutDashes(name.text);
  const isOption = plain !== name.text && name.quote === '';
  const secrecy = secrecyOf(plain, extra, !isOption);
  if (secrecy === 'no') return undefined;
  let from = sign + 1;
  const max = name.quote === '' ? from + maxSpaces : text.length;
  while (from < max && isSpace(text.charCodeAt(from)) && (name.quote !== '' || text[from] !== '\n')) from++;
  return (
    quoted(text, from, name) ??
    (name.quote === '' ? bare(text, from, name, secrecy, isEqual) : unquoted(text, from, name, secrecy))
  );
}

function withoutDashes(name: string): string {
  const dashes = name.charCodeAt(0) !== 45 ? 0 : name.charCodeAt(1) !== 45 ? 1 : 2;
  return dashes === 0 ? name : name.slice(dashes);
}

function nameBefore(text: string, sign: number, low: number): Name | undefined {
  let end = sign;
  const nearest = Math.max(low, sign - maxSpaces);
  while (end > nearest && isSpace(text.charCodeAt(end - 1))) end--;
  const quote = text[end - 1];
  const min = Math.max(low, end - longestName);
  if (quote === '"' || quote === "'") {
    const escapes = backslashes(text, end - 1, low);
    if (levelOf(escapes) < 0) return undefined;
    end -= 1 + escapes;
    for (let at = text.lastIndexOf(quote, end - 1); at >= min; at = text.lastIndexOf(quote, at - 1)) {
      if (backslashes(text, at, low) === escapes)
        return { text: unescaped(text.slice(at + 1, end)), at, quote, escapes };
      if (at === 0) break;
    }
    return undefined;
  }
  let at = end;
  while (at > min && isInName(text.charCodeAt(at - 1))) at--;
  // `10:02:32`, `a ? 1 : 2`: no name.
  if (at === end || (text.charCodeAt(at) <= 57 && text[at] !== '-' && text[at] !== '.')) return undefined;
  return { text: text.slice(at, end), at, quote: '', escapes: 0 };
}

/** A value in quotes, to the end of the text if they are not closed. */
function quoted(text: string, from: number, name: Name): Found | undefined {
  const escapes = name.quote === '' ? backslashesAt(text, from) : name.escapes;
  const quote = text[from + escapes];
  if ((quote !== '"' && quote !== "'" && quote !== '`') || backslashesAt(text, from) !== escapes) return undefined;
  const begin = from + escapes + 1;
  const level = levelOf(escapes);
  if (level < 0) return undefined;
  const end = closeOf(text, begin, quote, level);
  if (end === begin) return undefined;
  if (end >= 0) return { from: begin, to: end, by: masked };
  return { from: begin, to: text.length, by: `${masked}${text.slice(from, begin)}` };
}

/** Objects, lists and numbers of JSON; other words are no secrets (`true`, `null`). */
function unquoted(text: string, from: number, name: Name, secrecy: Secrecy): Found | undefined {
  const c = text[from];
  const hidden = `${'\\'.repeat(name.escapes)}${name.quote}`;
  if (c === '{' || c === '[') {
    const { end, isEmpty, isOfTexts } = containerAt(text, from, name);
    if (isEmpty) return undefined;
    const by = `${hidden}${masked}${hidden}`;
    return { from, to: end, by: c === '[' && isOfTexts ? `[${by}]` : by };
  }
  if (secrecy === 'several') return undefined;
  const number = /^-?\d{4}[\d.eE+-]{0,60}/.exec(text.slice(from, from + 72))?.[0];
  return number === undefined ? undefined : { from, to: from + number.length, by: `${hidden}${masked}${hidden}` };
}

/** Headers whose value goes on to the end of the line. */
const wholeLine = /^(?:proxy-)?authorization$|cookie$/i;
const scheme = /^[a-z]{4,12}[ \t]{1,3}(?=[^\s"'`])/i;

/** A value without quotes of a name without: to the next space, or to the end of the line for some headers. */
function bare(text: string, from: number, name: Name, secrecy: Secrecy, isEqual: boolean): Found | undefined {
  const plain = withoutDashes(name.text);
  if (!isEqual) {
    if (wholeLine.test(plain)) {
      const begin = from + (scheme.exec(text.slice(from, from + 20))?.[0].length ?? 0);
      return to(text, begin, /[\r\n"'`]/g);
    }
    const isHeader =
      /[-_]/.test(plain) ||
      (isSecretHeader(plain) && !/^(?:key|code|session|pin|sid|sig|token|secret|password)$/i.test(plain));
    if (!isHeader && !isLine(text, name.at, from)) return undefined;
  }
  // Values of options end at a space only: any other character is part of the value.
  const found = to(text, from, name.text.startsWith('-') ? /[\s"'`]/g : /[\s"'`<>&;]/g);
  return found === undefined || (secrecy === 'several' && isCount(text.slice(found.from, found.to)))
    ? undefined
    : found;
}

function to(text: string, from: number, end: RegExp): Found | undefined {
  end.lastIndex = from;
  const at = end.exec(text)?.index ?? text.length;
  return at === from ? undefined : { from, to: at, by: masked };
}

/** `password: x` alone in its line, as in YAML: in a sentence it mostly says something about a password. */
function isLine(text: string, at: number, value: number): boolean {
  let from = at;
  while (from > 0 && at - from < 64 && (text[from - 1] === ' ' || text[from - 1] === '-')) from--;
  if (from > 0 && text[from - 1] !== '\n') return false;
  return /^[^\s]{1,512}[ \t\r]{0,8}(?:\n|$)/.test(text.slice(value, value + 528));
}

/** Where a list or object ends: behind its bracket, or where the text around it does. */
function containerAt(
  text: string,
  from: number,
  { quote, escapes }: Name,
): { end: number; isEmpty: boolean; isOfTexts: boolean } {
  const level = levelOf(escapes);
  let depth = 0;
  let isOfTexts = true;
  let isEmpty = true;
  const next = quote === '"' ? /[[\]{}"]|[^\s,[\]{}"\\]/g : /[[\]{}']|[^\s,[\]{}'\\]/g;
  next.lastIndex = from;
  for (let m = next.exec(text); m !== null; m = next.exec(text)) {
    const c = m[0];
    if (c === '[' || c === '{') {
      if (depth++ > 0 || c === '{') isOfTexts = false;
      if (depth > 1) isEmpty = false;
    } else if (c === ']' || c === '}') {
      if (--depth === 0) return { end: m.index + 1, isEmpty, isOfTexts };
    } else if (c === quote) {
      isEmpty = false;
      const before = backslashes(text, m.index, from);
      if (before < escapes) return { end: m.index - before, isEmpty, isOfTexts: false };
      const end = closeOf(text, m.index + 1, quote, level);
      if (end < 0) break;
      next.lastIndex = end + escapes + 1;
    } else {
      isEmpty = false;
      isOfTexts = false;
    }
  }
  return { end: text.length, isEmpty: false, isOfTexts };
}

/** Where a text in quotes ends: before its closing quote or that of the text around it; -1: nowhere. */
function closeOf(text: string, from: number, quote: string, level: number): number {
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 1)) {
    const before = backslashes(text, at, from);
    if (closes(before, level)) return before % 2 === 0 ? at : at - Math.min(before, 2 ** level - 1);
  }
  return -1;
}

const closes = (before: number, level: number): boolean =>
  before % 2 === 0 || (level > 0 && closes((before - 1) / 2, level - 1));

/** How deep a text is in others, by the backslashes before its quotes: 0, 1, 3, 7; -1: none of these. */
const levelOf = (escapes: number): number => [0, 1, -1, 2, -1, -1, -1, 3][escapes] ?? -1;

function backslashes(text: string, at: number, low: number): number {
  let from = at;
  while (from > low && text[from - 1] === '\\') from--;
  return at - from;
}

function backslashesAt(text: string, at: number): number {
  let to = at;
  while (to < at + 8 && text[to] === '\\') to++;
  return to - at;
}

const unescaped = (name: string): string =>
  name.includes('\\')
    ? name
        .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
        .replaceAll('\\', '')
    : name;

const isSpace = (c: number): boolean => c === 32 || (c >= 9 && c <= 13);

const inName = new Uint8Array(128);
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.[]%$') inName[c.charCodeAt(0)] = 1;
const isInName = (c: number): boolean => c < 128 && inName[c] === 1;
