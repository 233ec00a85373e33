/**
 * A scanner of JSON text that builds nothing. `JSON.parse` is fast but says little when it fails, and what it says
 * differs from one Node to the next; this runs only then, and reports the exact place, its path, and how much of a file
 * that was cut off is whole. It also finds the place of a path, for a value that is not what the schema says.
 *
 * No recursion: a file of a million brackets must not overflow the stack.
 */
import type { Place } from './error';

export type PathStep = string | number;

export interface ScanFailure {
  /** UTF-16 units before the place. */
  offset: number;
  path: PathStep[];
  /** The text ended before the value did: it was cut off. */
  atEnd: boolean;
  /** In words: `a value`, `',' or ']'`. */
  expected: string;
}

/** The whole part of a document that was cut off: `text.slice(0, end) + closing` is valid JSON. */
export interface WholePart {
  end: number;
  closing: string;
  /** Complete elements of the arrays at the first level. */
  records: number;
}

export interface Scan {
  /** Absent: the text is valid JSON. */
  failure?: ScanFailure;
  /** Absent: not one member of a top-level object was complete. */
  whole?: WholePart;
  /** Offset of the value at the path asked for, if it was met. */
  found?: number;
}

interface Level {
  array: boolean;
  /** The member or element being read. */
  step: PathStep;
}

const space = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** Possible ends of a text that was cut off inside a number, a word or an escape. */
const partOfNumber = /-?\d*(?:\.\d*)?(?:[eE][+-]?\d*)?/y;
const words = ['true', 'false', 'null'];
const partOfEscape = /^\\(?:u[0-9a-fA-F]{0,3})?$/;
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/**
 * End of a string's characters from `at`: its closing quote, or a character that is not allowed there. A loop, as a
 * pattern over millions of escapes would overflow its stack.
 */
function charactersEnd(text: string, at: number): number {
  for (let i = at; i < text.length; ) {
    const c = text.charCodeAt(i);
    if (c === 0x22 || c < 0x20) return i;
    const next = c === 0x5c ? match(escapeSequence, text, i) : i + 1;
    if (next === i) return i;
    i = next;
  }
  return text.length;
}

/** Scans `text`; with `path`, stops at the value there. */
export function scanJson(text: string, path?: readonly PathStep[]): Scan {
  const stack: Level[] = [];
  const scan: Scan = {};
  let at = 0;
  let records = 0;

  const fail = (expected: string, offset = at): Scan => {
    scan.failure = { offset, path: stack.map((l) => l.step), atEnd: offset >= text.length, expected };
    return scan;
  };
  const failInText = (expected: string, end: number): Scan =>
    partOfEscape.test(text.slice(end, end + 6)) && text.length - end < 6
      ? fail(expected, text.length)
      : fail(text[end] === '\\' ? 'a valid escape' : expected, end);
  const isAsked = (): boolean =>
    path !== undefined && path.length === stack.length && stack.every((l, i) => l.step === path[i]);

  for (;;) {
    // One value begins here.
    at = match(space, text, at);
    if (isAsked()) {
      scan.found = at;
      return scan;
    }
    const c = text[at];
    if (c === '{' || c === '[') {
      const next = match(space, text, at + 1);
      if (text[next] === (c === '{' ? '}' : ']')) {
        at = next + 1;
      } else if (c === '[') {
        stack.push({ array: true, step: 0 });
        at = next;
        continue;
      } else {
        at = next;
        stack.push({ array: false, step: '' });
        const key = readKey(text, at);
        if (key.error) return failInText(key.error, key.end);
        (stack[stack.length - 1] as Level).step = key.name;
        at = key.end;
        continue;
      }
    } else if (c === '"') {
      const end = charactersEnd(text, at + 1);
      if (text[end] !== '"') return failInText('the end of a text', end);
      at = end + 1;
    } else {
      const word = words.find((w) => text.startsWith(w, at));
      const end = word ? at + word.length : match(number, text, at);
      // A number that the text ends with may have lost digits.
      if (!word && end > at && end === text.length && stack.length > 0) return fail('the end of a number', end);
      if (end === at || (!word && match(partOfNumber, text, at) > end)) return fail('a value', endIfCut(text, at));
      at = end;
    }

    // A value has ended: close what ends with it, go to the next one.
    for (;;) {
      const level = stack[stack.length - 1];
      if (!level) {
        at = match(space, text, at);
        return at === text.length ? scan : fail('the end of the file');
      }
      if (stack.length === 2 && level.array && typeof stack[0]?.step === 'string') records++;
      if (stack.length === 1 && !level.array) scan.whole = { end: at, closing: '}', records };
      else if (stack.length === 2 && level.array && !stack[0]?.array) scan.whole = { end: at, closing: ']}', records };
      at = match(space, text, at);
      const after = text[at];
      if (after === ',') {
        at = match(space, text, at + 1);
        if (level.array) {
          level.step = (level.step as number) + 1;
        } else {
          const key = readKey(text, at);
          if (key.error) return failInText(key.error, key.end);
          level.step = key.name;
          at = key.end;
        }
        break;
      }
      if (after !== (level.array ? ']' : '}')) return fail(level.array ? "',' or ']'" : "',' or '}'");
      stack.pop();
      at++;
    }
  }
}

/** A member's name and its colon; `end` is the place of the fault when there is one. */
function readKey(text: string, at: number): { name: string; end: number; error?: string } {
  if (text[at] !== '"') return { name: '', end: at, error: 'a name in quotes' };
  const close = charactersEnd(text, at + 1);
  if (text[close] !== '"') return { name: '', end: close, error: 'the end of a name' };
  const name = JSON.parse(text.slice(at, close + 1)) as string;
  const colon = match(space, text, close + 1);
  return text[colon] === ':' ? { name, end: colon + 1 } : { name, end: colon, error: "':'" };
}

/** The end of the text if it was cut off inside the value that begins at `at`; else `at`. */
function endIfCut(text: string, at: number): number {
  const rest = text.slice(at, at + 5);
  const isCut = match(partOfNumber, text, at) === text.length || words.some((w) => w.startsWith(rest));
  return isCut ? text.length : at;
}

/** A path as people write it: `requests[3].response.status`. */
export function pathText(path: readonly PathStep[]): string {
  let out = '';
  // Nothing in a trace is nested that deep: the middle of such a path is left out.
  if (path.length > 12) return `${pathText(path.slice(0, 8))}…${pathText(path.slice(-3))}`;
  for (const step of path) {
    if (typeof step === 'number') out += `[${step}]`;
    else if (/^[A-Za-z_$][\w$]*$/.test(step)) out += out === '' ? step : `.${step}`;
    else out += `[${JSON.stringify(step.length > 60 ? `${step.slice(0, 60)}…` : step)}]`;
  }
  return out;
}

/** Byte, line and column of an offset. */
export function placeAt(text: string, offset: number, path: readonly PathStep[]): Place {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let i = before.indexOf('\n'); i >= 0; i = before.indexOf('\n', i + 1)) line++;
  return { byte: Buffer.byteLength(before), line, column: offset - lineStart + 1, path: pathText(path) };
}
