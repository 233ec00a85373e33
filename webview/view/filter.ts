/**
 * The filter box's text as a test of rows. This module is the only one that knows the text's grammar: today free words,
 * `/regex/` and `-` before either, all of which must hold; the query language takes its place behind `compileFilter`.
 */
import type { Row } from '../types';

export interface Filter {
  test(row: Row): boolean;
  /** Nothing to test: every row passes. */
  empty: boolean;
  /** What is wrong, in words, with the column (from 0) and length of the bad term; the other terms still apply. */
  error?: { message: string; column: number; length: number };
}

const texts = new WeakMap<Row, string>();

/** Everything of a row that free text looks at, in lower case; kept as long as the row lives. */
export function searchText(row: Row): string {
  let text = texts.get(row);
  if (text === undefined) {
    text = [
      row.method,
      row.url,
      row.stateText,
      row.status,
      row.callSite?.text,
      row.callSite?.function,
      row.process,
      row.protocol,
      row.remote,
      row.error?.code,
      row.error?.message,
    ]
      .filter((part) => part !== undefined)
      .join('\n')
      .toLowerCase();
    texts.set(row, text);
  }
  return text;
}

interface Term {
  text: string;
  column: number;
}

/** Terms parted by blanks; quotes keep blanks, and a regular expression ends at its closing slash. */
function termsOf(text: string): Term[] {
  const terms: Term[] = [];
  const pattern = /-?\/(?:[^/\\\s]|\\.|\[(?:[^\]\\]|\\.)*\])+\/[imsu]*(?=\s|$)|-?"[^"]*"?|\S+/g;
  for (const m of text.matchAll(pattern)) terms.push({ text: m[0], column: m.index });
  return terms;
}

/** Compiles the box's text. Never throws: a bad term is told in `error` and left out. */
export function compileFilter(text: string): Filter {
  const tests: ((t: string) => boolean)[] = [];
  let error: Filter['error'];
  for (const term of termsOf(text)) {
    const negated = term.text.startsWith('-') && term.text.length > 1;
    const body = negated ? term.text.slice(1) : term.text;
    const expression = /^\/(.+)\/([imsu]*)$/.exec(body);
    let test: (t: string) => boolean;
    if (expression) {
      try {
        const flags = [...new Set(`${expression[2]}im`)].join('');
        const regex = new RegExp(expression[1] ?? '', flags);
        test = (t) => regex.test(t);
      } catch (e) {
        const why = (e as Error).message.replace(/^Invalid regular expression: (?:\/.*\/\w*: )?/s, '');
        error ??= {
          message: `not a regular expression at column ${term.column + 1}: ${why}`,
          column: term.column,
          length: term.text.length,
        };
        continue;
      }
    } else {
      const word = body.replace(/^"|"$/g, '').toLowerCase();
      if (!word) continue;
      test = (t) => t.includes(word);
    }
    tests.push(negated ? (t) => !test(t) : test);
  }
  const filter: Filter = {
    empty: tests.length === 0,
    test(row) {
      const t = searchText(row);
      for (const one of tests) if (!one(t)) return false;
      return true;
    },
  };
  if (error) filter.error = error;
  return filter;
}
