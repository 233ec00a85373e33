/**
 * A text of a trace, of an answer or of a file may be hostile. No expression of the product may take longer for it than in
 * proportion to its length: each is found in the sources, so that a new one is tested without a word here.
 */
import { describe, expect, test } from 'vitest';
import { attacksOn, expressionsOf, sources } from '../support/expressions';
import { runOf, superlinearWithin } from '../support/growth';

const { expressions, made } = expressionsOf(sources());

/** Expressions that are put together at run time, each with the reason why they are no danger. */
const atRunTime: Record<string, string> = {
  'src/extension/notes/literals.ts: new RegExp(`^${body}${isUrl ? "(?:[/?#]|$)" : "/?(?:[?#]|$)"}`, "i")':
    'fixed texts with `[^?#]*` between, of a line below 2,000 characters',
  'src/extension/debug/launch/fileLaunch.ts: new RegExp(`(?:from|import|require\\\\()\\\\s*[\'"\\`]${name.replace("/", "\\\\/")}[\'"\\`]`)':
    'begins with a fixed word, and no space is part of one',
  'src/extension/debug/launch/fileLaunch.ts: new RegExp(`"${name}"\\\\s*:\\\\s*"([^"]+)"`)':
    'begins with the name of a test runner, which holds no space',
  'src/model/query/parse.ts: new RegExp(`(?:${words})(?=[\\\\s()]|$)`, "iy")': 'sticky alternatives of fixed words',
  'src/model/query/regex.ts: new RegExp(source, `im${flags}`)':
    'the user’s own, refused when slow: src/model/query/regex.ts',
};

describe('regular expressions of the product', () => {
  test('all are found, also those of the page', () => {
    expect(expressions.length).toBeGreaterThan(300);
    expect(expressions.filter(({ name }) => name.startsWith('webview/'))).not.toEqual([]);
    expect(made.filter((one) => !(one in atRunTime))).toEqual([]);
  });

  test('the test distinguishes linear work from quadratic and from worse', () => {
    const verdict = (regex: RegExp, limitMs?: number) => superlinearWithin(runOf(regex), attacksOn(regex), limitMs);
    expect(verdict(/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>`]+/gi)).toMatch(/take/);
    expect(verdict(/(--?[\w-]*)=("[^"]*"|'[^']*'|[^\s]+)/g)).toMatch(/take/);
    expect(verdict(/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/g)).toMatch(/take/);
    // The only one that has to be stopped; the others end, on a busy machine later than on another.
    expect(verdict(/^(?:a+)+$/, 3000)).toMatch(/take|no end/);
    expect(verdict(/[?&]([^=&?#]+)=\*\*\*/)).toBeUndefined();
  });

  test('each takes time in proportion to the length of the text', { timeout: 900_000 }, () => {
    // Without a repetition that has no end, a match has a greatest length: no text makes it slow.
    const repeats = ({ source }: RegExp) => /[*+]|\{\d+,\}/.test(source.replace(/\\./g, '').replace(/\[[^\]]*\]/g, ''));
    const distinct = new Map(expressions.map((e) => [String(e.regex), e]));
    const tried = [...distinct.values()].filter(({ regex }) => repeats(regex));
    expect(tried.length).toBeGreaterThan(150);
    const wrong = tried.flatMap(({ name, regex }) => {
      const why = superlinearWithin(runOf(regex), attacksOn(regex));
      return why === undefined ? [] : [`${name}\n    ${why}`];
    });
    expect(wrong.join('\n')).toBe('');
  });
});
