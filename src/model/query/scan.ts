/** The parser's scanner: its position in the text, the tokens it reads, and errors. */
import type { FreeWord, QueryError } from './tree';

/** Characters of a query. */
export const lengthLimit = 4096;
/** Parentheses and negations inside each other. */
export const depthLimit = 64;

/** Thrown within the parser only. */
export class Fault {
  constructor(readonly error: QueryError) {}
}

/** A regular expression as it is typed: no blanks outside of classes and escapes. Group 1: its source, 2: its flags. */
const regex = /\/((?:[^/\\\s[]|\\.|\[(?:[^\]\\]|\\.)*\])+)\/([imsu]*)/y;

export class Scanner {
  at = 0;
  /** Open parentheses around. */
  depth = 0;
  /** What was read without key and quotes. */
  readonly words: FreeWord[] = [];

  constructor(readonly text: string) {}

  get done(): boolean {
    return this.at >= this.text.length;
  }

  blanks(): void {
    while (/\s/.test(this.text[this.at] ?? 'x')) this.at++;
  }

  /** Reads what the pattern (sticky) matches here. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const m = pattern.exec(this.text);
    if (m) this.at = pattern.lastIndex;
    return m ?? undefined;
  }

  take(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  /** At a blank, the end, or a parenthesis that closes: where a term ends. */
  atEnd(at = this.at): boolean {
    const c = this.text[at];
    return c === undefined || c === ')' || /\s/.test(c);
  }

  /** Reads up to a blank, or one of `stops`, or a parenthesis that was not opened on the way. */
  word(stops = ''): string {
    const from = this.at;
    let open = 0;
    for (; !this.done; this.at++) {
      const c = this.text[this.at] as string;
      if (/\s/.test(c) || stops.includes(c)) break;
      if (c === '(') open++;
      else if (c === ')' && open-- === 0) break;
    }
    return this.text.slice(from, this.at);
  }

  /** Reads `"…"`, in which `\"` and `\\` are escapes for their second character. */
  quoted(): string {
    const from = this.at++;
    let out = '';
    for (; !this.done; this.at++) {
      const c = this.text[this.at] as string;
      if (c === '"') {
        this.at++;
        return out;
      }
      const next = this.text[this.at + 1];
      if (c === '\\' && (next === '"' || next === '\\')) {
        out += next;
        this.at++;
      } else out += c;
    }
    const fault = this.fault(from, 'text that begins', 'a closing quote "');
    fault.error.unclosed = true;
    throw fault;
  }

  /** Reads `/source/flags` if there is one here that ends with the term or, with `comma`, before a comma. */
  regex(comma = false): { source: string; flags: string; from: number } | undefined {
    const from = this.at;
    const m = this.match(regex);
    if (!m) return undefined;
    const next = this.text[this.at];
    if ((comma && next === ',') || (this.atEnd() && (next !== ')' || this.depth > 0)))
      return { source: m[1] as string, flags: m[2] as string, from };
    this.at = from;
    return undefined;
  }

  /** A fault in the text from `from` to here; `hint` takes the place of what was expected in its message. */
  fault(from: number, what: string, expected: string, hint = `: expected ${expected}`): Fault {
    const column = from + 1;
    return new Fault({ message: `${what} at column ${column}${hint}`, column, length: this.at - from, expected });
  }

  /** A fault in a word that is not known; `near`: the one that may be meant. */
  unknown(from: number, what: string, near: string | undefined, expected: string): Fault {
    return near === undefined
      ? this.fault(from, what, expected)
      : this.fault(from, what, near, `. Did you mean ${near}?`);
  }
}
